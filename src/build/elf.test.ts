import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { readElf } from "./elf.ts";

const directory = mkdtempSync(join(tmpdir(), "hab-elf-"));
afterAll(() => rmSync(directory, { recursive: true }));

function read(bytes: Uint8Array) {
  const path = join(directory, "file");
  writeFileSync(path, bytes);
  return readElf(path);
}

describe("an ELF file", () => {
  test("tells its kind, interpreter and libraries", () => {
    const elf = readElf(process.execPath);
    expect(elf?.interpreter).toMatch(/\/ld-linux.*\.so\.\d$/);
    expect(elf?.needed.some((name) => name.startsWith("libc.so."))).toBe(true);
    expect(elf?.runpath).toEqual([]);
    expect(["executable", "shared"]).toContain(elf?.kind ?? "");
  });

  test("is not a text, an empty file or a bare magic number", () => {
    for (const text of ["", "#!/bin/sh\n", "\x7fELF"]) expect(read(Buffer.from(text))).toBeUndefined();
  });

  test("that is damaged throws nothing and answers soon", () => {
    const sound = readFileSync(process.execPath).subarray(0, 4096);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 5, max: 900 }), fc.integer({ min: 0, max: 255 })), {
          maxLength: 8,
        }),
        fc.integer({ min: 0, max: 4096 }),
        (changes, length) => {
          const bytes = Buffer.from(sound.subarray(0, length));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          read(bytes);
        },
      ),
      { numRuns: 300 },
    );
  });
});
