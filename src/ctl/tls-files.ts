// Certificates and keys of the control gateway as files: what an option or a key of cli.toml names, and what is read of
// it (reference/supervisor.md §13.1).
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describeError, HabError } from "../error/index.ts";
import { ctlErrors } from "./errors.ts";

/** Where the files of a server are: each a file, or a directory whose newest generated file counts. */
export interface CtlServerTlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** Those who sign clients; makes client certificates mandatory. */
  readonly clientCa?: string;
}

export interface CtlClientTlsFiles {
  /** Those who sign Supervisors. */
  readonly serverCa: string;
  readonly key?: string;
  readonly certificate?: string;
}

/** PEM texts of a server. */
export interface CtlServerTls {
  readonly certificate: string;
  readonly key: string;
  readonly clientCa?: string;
}

/** PEM texts of a client, and the name it expects of the server in the place of the address's host. */
export interface CtlClientTls {
  readonly serverCa: string;
  readonly key?: string;
  readonly certificate?: string;
  readonly serverName?: string;
}

/** Reads and checks what a server needs. Throws HAB-CTL-012. */
export function readServerTls(files: CtlServerTlsFiles): CtlServerTls {
  const certificate = readCertificates(files.certificate);
  const key = readKey(files.key);
  assertPair(certificate, key, files);
  return {
    certificate,
    key,
    ...(files.clientCa === undefined ? {} : { clientCa: readCertificates(files.clientCa) }),
  };
}

/** Reads and checks what a client needs. Compat: a key without certificates is no error. Throws HAB-CTL-012. */
export function readClientTls(files: CtlClientTlsFiles, serverName?: string): CtlClientTls {
  const serverCa = readCertificates(files.serverCa);
  const name = serverName === undefined ? {} : { serverName };
  if (files.key === undefined || files.certificate === undefined) return { serverCa, ...name };
  const certificate = readCertificates(files.certificate);
  const key = readKey(files.key);
  assertPair(certificate, key, { certificate: files.certificate, key: files.key });
  return { serverCa, certificate, key, ...name };
}

const CERTIFICATE_SUFFIX = ".crt.pem";
const KEY_SUFFIX = ".key.pem";
const GENERATED_PREFIX = "ctl-gateway-";

const CERTIFICATE_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const KEY_BLOCK = /-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----[^-]+-----END \1-----/g;

function readCertificates(path: string): string {
  const file = fileOf(path, CERTIFICATE_SUFFIX);
  const blocks = read(file).match(CERTIFICATE_BLOCK);
  if (blocks === null) throw unusable(`${file} holds no certificate in PEM`);
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (error) {
      throw unusable(`${file} holds a certificate that cannot be read: ${describeError(error)}`, error);
    }
  }
  return `${blocks.join("\n")}\n`;
}

/** The last key of the file. The original takes PKCS#8 only; older forms are taken where it finds none. */
function readKey(path: string): string {
  const file = fileOf(path, KEY_SUFFIX);
  const blocks = [...read(file).matchAll(KEY_BLOCK)];
  const block = blocks.findLast(([, kind]) => kind === "PRIVATE KEY") ?? blocks.at(-1);
  if (block === undefined) throw unusable(`${file} holds no private key in PEM`);
  try {
    createPrivateKey(block[0]);
  } catch (error) {
    throw unusable(`${file} holds a key that cannot be read (is it encrypted?)`, error);
  }
  return `${block[0]}\n`;
}

function assertPair(certificates: string, key: string, files: { certificate: string; key: string }): void {
  const leaf = new X509Certificate(certificates);
  if (!leaf.checkPrivateKey(createPrivateKey(key)))
    throw unusable(
      `the key in ${files.key} is not that of the first certificate in ${files.certificate}`,
      undefined,
    );
}

/** The file itself, or the last by name of those `hab sup secret generate-tls` has put into the directory. */
function fileOf(path: string, suffix: string): string {
  try {
    if (!statSync(path).isDirectory()) return path;
    const newest = readdirSync(path)
      .filter((name) => name.startsWith(GENERATED_PREFIX) && name.endsWith(suffix))
      .sort()
      .at(-1);
    if (newest !== undefined) return join(path, newest);
  } catch (error) {
    throw unusable(`cannot read ${path}: ${describeError(error)}`, error);
  }
  throw unusable(`no ${GENERATED_PREFIX}*${suffix} in ${path}`);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw unusable(`cannot read ${file}: ${describeError(error)}`, error);
  }
}

function unusable(message: string, cause?: unknown): HabError {
  return new HabError(ctlErrors.tlsFiles, message, cause === undefined ? {} : { cause });
}
