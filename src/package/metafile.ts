// Metadata files of an installed or archived package: their names, contents and what a missing one means
// (reference/packages.md §10).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HabError, systemErrorCode } from "../error/index.ts";
import { packageErrors } from "./errors.ts";
import { type FullIdent, parseFullIdent } from "./ident.ts";
import { splitLines, splitWords, trimText } from "./text.ts";

/** Metadata files that are read from archives or installed packages. */
export type MetafileName =
  | "BINDS"
  | "BINDS_OPTIONAL"
  | "BUILD_DEPS"
  | "BUILD_TDEPS"
  | "CFLAGS"
  | "default.toml"
  | "DEPS"
  | "EXPORTS"
  | "EXPOSES"
  | "FILES"
  | "IDENT"
  | "INSTALL_HOOK_STATUS"
  | "LDFLAGS"
  | "LD_RUN_PATH"
  | "MANIFEST"
  | "PACKAGE_TYPE"
  | "PATH"
  | "PROVENANCE.json"
  | "RUNTIME_ENVIRONMENT"
  | "RUNTIME_ENVIRONMENT_PATHS"
  | "RUNTIME_PATH"
  | "SBOM.spdx.json"
  | "SHUTDOWN_SIGNAL"
  | "SHUTDOWN_TIMEOUT"
  | "SVC_GROUP"
  | "SVC_USER"
  | "TARGET"
  | "TDEPS";

/** Text of a metadata file, trimmed; undefined when there is none. Throws HAB-PKG-011 when it is not UTF-8. */
export function readMetafile(directory: string, name: MetafileName): string | undefined {
  const path = join(directory, name);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw malformed(path, "cannot be read", error);
  }
  return decodeMetafile(bytes, path);
}

/** Bytes of a metadata file as trimmed text. `place` names it in the error HAB-PKG-011. */
export function decodeMetafile(bytes: Uint8Array, place: string): string {
  try {
    return trimText(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw malformed(place, "is not UTF-8 text", error);
  }
}

function malformed(place: string, problem: string, cause?: unknown): HabError {
  return new HabError(packageErrors.metafileMalformed, `${place} ${problem}`, { cause });
}

/** One full ident a line. Throws HAB-PKG-011. */
export function parseIdentLines(text: string, place: string): FullIdent[] {
  return splitLines(text).map((line) => {
    try {
      return parseFullIdent(line);
    } catch (error) {
      throw malformed(place, `has a line that is not a full identifier: "${line}"`, error);
    }
  });
}

/** `KEY=VALUE` a line, split at the first `=`, nothing unquoted. Throws HAB-PKG-011. */
export function parsePairLines(text: string, place: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const line of splitLines(text)) {
    const at = line.indexOf("=");
    if (at < 0) throw malformed(place, `has a line without "=": "${line}"`);
    pairs.set(line.slice(0, at), line.slice(at + 1));
  }
  return pairs;
}

/** A bind a package declares: its name and the exports it needs from whoever satisfies it. */
export interface Bind {
  readonly name: string;
  readonly exports: readonly string[];
}

/** `name=export export` a line; what follows a second `=` is ignored. Throws HAB-PKG-011. */
export function parseBindLines(text: string, place: string): Bind[] {
  return splitLines(text).map((line) => {
    const [name, exports] = line.split("=");
    if (name === undefined || exports === undefined)
      throw malformed(place, `has a line without "=": "${line}"`);
    return { name, exports: splitWords(exports) };
  });
}

/** Port numbers between white space. Throws HAB-PKG-011. */
export function parsePorts(text: string, place: string): number[] {
  return splitWords(text).map((word) => {
    const port = /^\+?[0-9]{1,9}$/.test(word) ? Number(word) : Number.NaN;
    if (!(port <= 65535)) throw malformed(place, `has something that is not a port: "${word}"`);
    return port;
  });
}

export type PackageType = "standard" | "native";

/** Content of PACKAGE_TYPE; a missing file means standard. Throws HAB-PKG-005. */
export function parsePackageType(text: string | undefined): PackageType {
  if (text === undefined || text === "standard") return "standard";
  if (text === "native") return "native";
  throw new HabError(packageErrors.invalidPackageType, `"${text}" is not a package type`);
}

/** Signals a package may ask to be stopped with. */
const SHUTDOWN_SIGNALS = [
  "HUP",
  "INT",
  "QUIT",
  "ILL",
  "ABRT",
  "FPE",
  "KILL",
  "USR1",
  "SEGV",
  "USR2",
  "ALRM",
  "TERM",
  "CHLD",
] as const;

export type ShutdownSignal = (typeof SHUTDOWN_SIGNALS)[number];

/** Content of SHUTDOWN_SIGNAL, upper case without `SIG`. Throws HAB-PKG-011. */
export function parseShutdownSignal(text: string, place: string): ShutdownSignal {
  const signal = SHUTDOWN_SIGNALS.find((name) => name === text);
  if (signal === undefined) throw malformed(place, `does not name a signal to stop with: "${text}"`);
  return signal;
}

/** Content of SHUTDOWN_TIMEOUT in seconds. Throws HAB-PKG-011. */
export function parseShutdownTimeout(text: string, place: string): number {
  const seconds = /^\+?[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= 0xffff_ffff)) throw malformed(place, `is not a number of seconds: "${text}"`);
  return seconds;
}
