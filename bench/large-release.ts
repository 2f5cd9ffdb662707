// A release of 100 MB in 50 files, for benchmarks.
import { closeSync, mkdirSync, openSync, readSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILES = 50;
const FILE_BYTES = 2_000_000;
/** Of each file, bytes that do not compress, so that all of it packs to about half, as real packages do. */
const RANDOM_BYTES = 500_000;

/** Writes the release below `root`; its files are parts of a real program, this Bun. */
export function writeLargeRelease(root: string, ident: string): void {
  const directory = join(root, "hab/pkgs", ident);
  mkdirSync(join(directory, "lib"), { recursive: true });
  writeFileSync(join(directory, "IDENT"), `${ident}\n`);
  writeFileSync(join(directory, "TARGET"), "x86_64-linux\n");
  writeFileSync(join(directory, "MANIFEST"), `# ${ident}\n`);
  const program = openSync(process.execPath, "r");
  const piece = Buffer.alloc(FILE_BYTES);
  const step = Math.floor(statSync(process.execPath).size / FILES);
  for (let index = 0; index < FILES; index++) {
    readSync(program, piece, 0, FILE_BYTES, Math.min(index * step, FILES * step - FILE_BYTES));
    for (let at = 0; at < RANDOM_BYTES; at += 50_000)
      crypto.getRandomValues(new Uint8Array(piece.buffer, piece.byteOffset + at, 50_000));
    writeFileSync(join(directory, "lib", `part${index}.so`), piece);
  }
  closeSync(program);
}
