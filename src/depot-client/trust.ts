// Whom we trust over TLS: the authorities built in, the system's, SSL_CERT_FILE, and every certificate in the ssl
// cache (reference/cli.md §11.1).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "../error/index.ts";
import { certificateCachePath, environmentValue } from "../host/index.ts";

export interface TlsSettings {
  readonly ca?: string[];
  readonly rejectUnauthorized?: boolean;
}

/** Settings for `fetch`. Unreadable certificates in the cache are passed over, as by the original. */
export async function tlsSettings(): Promise<TlsSettings> {
  if (environmentValue("HAB_SSL_CERT_VERIFY_NONE") !== undefined) return { rejectUnauthorized: false };
  return { ca: await trustedCertificates() };
}

/** Every certificate that is trusted, PEM. */
export async function trustedCertificates(): Promise<string[]> {
  const { getCACertificates, rootCertificates } = await import("node:tls");
  const named = environmentValue("SSL_CERT_FILE");
  const files = [...(named === undefined ? [] : [named]), ...cachedCertificates()];
  return [...rootCertificates, ...getCACertificates("system"), ...files.flatMap(pemText)];
}

function cachedCertificates(): string[] {
  const directory = certificateCachePath();
  try {
    return readdirSync(directory).map((name) => join(directory, name));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return [];
    throw error;
  }
}

/** The PEM text of a certificate file; DER is converted, anything else gives nothing. */
function pemText(path: string): string[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return [];
  }
  if (bytes.includes("-----BEGIN CERTIFICATE-----")) return [bytes.toString("utf8")];
  // A DER certificate is an ASN.1 sequence.
  if (bytes[0] !== 0x30) return [];
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`];
}
