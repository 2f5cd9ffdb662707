// Self-signed X.509 v3 certificates for ECDSA P-256 keys, in DER and PEM (RFC 5280 §4.1, RFC 5758 §3.2; X.690 §8).
// Key and signature are node:crypto's; only the encoding is here (docs/decisions/0020-certificate-encoding.md).
import { createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface CertificateParts {
  /** The O (organization) of subject and issuer. */
  readonly organization: string;
  /** Subject alternative names, ASCII; the caller has checked that they are DNS names. */
  readonly dnsNames: readonly string[];
  /** UTC, whole seconds. */
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Makes a key and its certificate; both PEM, the key as PKCS #8. The key is secret. */
export function selfSignedCertificate(parts: CertificateParts): { certificate: string; key: string } {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const algorithm = sequence(ECDSA_WITH_SHA256);
  const name = sequence(der(0x31, sequence(ORGANIZATION_NAME, der(0x0c, Buffer.from(parts.organization)))));
  const names = sequence(...parts.dnsNames.map((dnsName) => der(0x82, Buffer.from(dnsName, "ascii"))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serialNumber()),
    algorithm,
    name,
    sequence(time(parts.notBefore), time(parts.notAfter)),
    name,
    spki,
    der(0xa3, sequence(sequence(SUBJECT_ALT_NAME, der(0x04, names)))),
  );
  const signature = sign("sha256", body, privateKey);
  const whole = sequence(body, algorithm, der(0x03, Buffer.from([0]), signature));
  return { certificate: pem(whole), key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

const ECDSA_WITH_SHA256 = Buffer.from("06082a8648ce3d040302", "hex");
const ORGANIZATION_NAME = Buffer.from("060355040a", "hex");
const SUBJECT_ALT_NAME = Buffer.from("0603551d11", "hex");

function sequence(...parts: Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

/** 16 octets, positive and without a leading zero octet, as DER wants integers. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

/** RFC 5280 §4.1.2.5: two-digit years until 2049, four digits after. */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/[-:T]|\..*/g, "")}Z`;
  const isShort = date.getUTCFullYear() >= 1950 && date.getUTCFullYear() < 2050;
  return isShort ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
