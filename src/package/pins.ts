// Packages that `hab pkg gc` never removes and `hab pkg uninstall` refuses to: `hab/etc/pins`, one ident per line, `#` begins a comment. A partial ident pins
// every release that satisfies it. Editing the file by hand is fine: comments and order stay.
import { dirname, join } from "node:path";
import { HabError } from "../error/index.ts";
import {
  ensureSharedDirectory,
  type FileLock,
  fsRoot,
  lockFile,
  readTextIfPresent,
  writeFileWhole,
} from "../host/index.ts";
import { packageErrors } from "./errors.ts";
import { formatIdent, isPathSafe, type PackageIdent, parseIdent, sameIdent } from "./ident.ts";
import type { StoreOptions } from "./store.ts";
import { splitLines } from "./text.ts";

/** Where pins are kept, with the root. */
export function pinsPath(root: string = fsRoot()): string {
  return join(root, "hab", "etc", "pins");
}

/** What is pinned, in the order of the file. Throws HAB-PKG-064, since a pin that is passed over loses a package. */
export function readPins({ root = fsRoot() }: StoreOptions = {}): PackageIdent[] {
  return readLines(root).flatMap(
    (line, index) => pinOf(line, `line ${index + 1} of ${pinsPath(root)}`) ?? [],
  );
}

/** Pins. Answers false when it was pinned already. Throws HAB-PKG-064, -058. */
export function addPin(ident: PackageIdent, { root = fsRoot() }: StoreOptions = {}): boolean {
  return oneAtATime(root, () => {
    if (readPins({ root }).some((pin) => sameIdent(pin, ident))) return false;
    writePins([...readLines(root), formatIdent(ident)], root);
    return true;
  });
}

/** Takes the pin of just this ident away. Throws HAB-PKG-065 when there is none, HAB-PKG-064, -058. */
export function removePin(ident: PackageIdent, { root = fsRoot() }: StoreOptions = {}): void {
  if (!readPins({ root }).some((pin) => sameIdent(pin, ident)))
    throw new HabError(packageErrors.notPinned, `${formatIdent(ident)} is not pinned`);
  const stays = (line: string) => {
    const pin = pinOf(line, pinsPath(root));
    return pin === undefined || !sameIdent(pin, ident);
  };
  oneAtATime(root, () => writePins(readLines(root).filter(stays), root));
}

/** Two changes at once must not lose one: each reads what the other has written. Throws HAB-PKG-058. */
function oneAtATime<Result>(root: string, change: () => Result): Result {
  const path = pinsPath(root);
  let lock: FileLock | undefined;
  try {
    ensureSharedDirectory(dirname(path));
    lock = lockFile(`${path}.lock`, { exclusive: true, wait: true });
  } catch (error) {
    const cause = error instanceof HabError && error.cause !== undefined ? error.cause : error;
    throw new HabError(packageErrors.unwritableFile, `${path} cannot be written`, { cause });
  }
  try {
    return change();
  } finally {
    lock?.release();
  }
}

function readLines(root: string): string[] {
  const path = pinsPath(root);
  let text: string | undefined;
  try {
    text = readTextIfPresent(path);
  } catch (cause) {
    throw new HabError(packageErrors.pinsUnreadable, `${path} cannot be read`, { cause });
  }
  const lines = splitLines(text ?? "");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function pinOf(line: string, place: string): PackageIdent | undefined {
  const text = line.replace(/#.*/, "").trim();
  if (text === "") return undefined;
  try {
    const ident = parseIdent(text);
    if (isPathSafe(ident)) return ident;
  } catch {
    // Said below, with its place.
  }
  throw new HabError(packageErrors.pinsUnreadable, `${place} is not a package identifier: "${text}"`);
}

function writePins(lines: readonly string[], root: string): void {
  const path = pinsPath(root);
  try {
    ensureSharedDirectory(dirname(path));
    writeFileWhole(path, lines.map((line) => `${line}\n`).join(""), { mode: 0o644 });
  } catch (cause) {
    throw new HabError(packageErrors.unwritableFile, `${path} cannot be written`, { cause });
  }
}
