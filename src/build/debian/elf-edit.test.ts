// Programs of this machine with another loader and search path: they still run, and every reader of ELF finds them sound.
import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import fc from "fast-check";
import { HabError } from "../../error/index.ts";
import { type ElfFile, readElf } from "../elf.ts";
import { editElf } from "./elf-edit.ts";

const root = mkdtempSync(join(tmpdir(), "hab-elf-edit-"));
afterAll(() => rmSync(root, { recursive: true }));

const bash = Bun.which("bash") ?? "";
const sound = readElf(bash);
const loader = sound?.interpreter ?? "";
const libraries = dirname(realpathSync(loader));
/** Longer than anything it replaces, as paths of packages are. */
const place = join(root, "a-package-with-a-long-name/1.2.3/20260101000000/lib");
mkdirSync(place, { recursive: true });

function edit(
  path: string,
  to: string,
  change: { interpreter?: string; rpath?: string },
): ElfFile | undefined {
  const edited = editElf(readFileSync(path), { interpreter: change.interpreter, rpath: change.rpath }, path);
  writeFileSync(to, edited);
  chmodSync(to, 0o755);
  return readElf(to);
}

function run(...words: string[]): string {
  const { stdout, stderr, exitCode } = Bun.spawnSync(words, { env: { LC_ALL: "C" } });
  return `${exitCode} ${stdout.toString()}${stderr.toString()}`;
}

describe("a program", () => {
  test("runs with another loader and the libraries of its DT_RPATH", () => {
    copyFileSync(loader, join(place, basename(loader)));
    chmodSync(join(place, basename(loader)), 0o755);
    for (const name of readdirSync(libraries)) {
      if (!(sound?.needed ?? []).includes(name) && name !== "libc.so.6") continue;
      edit(join(libraries, name), join(place, name), { rpath: place });
    }
    const edited = join(root, "bash");
    const elf = edit(bash, edited, { interpreter: join(place, basename(loader)), rpath: place });
    expect(elf).toMatchObject({
      interpreter: join(place, basename(loader)),
      rpath: [place],
      runpath: [],
      needed: sound?.needed,
    });
    expect(
      run(edited, "-c", 'echo hello; while read -r _ _ _ _ _ file; do echo "$file"; done </proc/self/maps'),
    ).toSatisfy((output: string) => {
      const files = output.split("\n").filter((line) => line.startsWith("/"));
      return output.startsWith("0 hello") && files.length > 3 && files.every((file) => file.startsWith(root));
    });
  });

  test("takes its path from the place it is told, and a second edit takes the place of the first", () => {
    const edited = join(root, "twice");
    edit(bash, edited, { rpath: "/first/place" });
    expect(edit(edited, edited, { rpath: "/second" })?.rpath).toEqual(["/second"]);
    expect(edit(edited, edited, { rpath: "" })?.rpath).toEqual([]);
    expect(run(edited, "-c", "echo still here")).toBe("0 still here\n");
  });

  test("keeps what was appended to it at its end", () => {
    const whole = join(root, "whole");
    writeFileSync(whole, Buffer.concat([readFileSync(bash), Buffer.from("a trailer")]));
    edit(whole, whole, { rpath: "/somewhere/else" });
    expect(readFileSync(whole).toString("latin1")).toEndWith("a trailer");
    expect(run(whole, "-c", "echo yes")).toBe("0 yes\n");
  });

  test.skipIf(Bun.which("readelf") === null)("is sound to readelf", () => {
    const edited = join(root, "checked");
    edit(bash, edited, { interpreter: `${place}/${basename(loader)}`, rpath: place });
    const of = (path: string) => run("readelf", "-lSdVW", path);
    expect(of(edited)).toContain(`Library rpath: [${place}]`);
    const warnings = (path: string) => of(path).match(/(?:Warning|Error).*/g) ?? [];
    expect(warnings(edited)).toEqual(warnings(bash));
    // Every section but the zero-filled ones, which are in the file now, is still there.
    const names = (path: string) => [...of(path).matchAll(/^ {2}\[ *\d+\] (\S+)/gm)].map(([, name]) => name);
    expect(names(edited)).toEqual(names(bash));
  });
});

test("every program and library of this machine keeps what it needs", () => {
  let count = 0;
  for (const directory of [libraries, dirname(bash)])
    for (const name of readdirSync(directory).slice(0, 120)) {
      const path = join(directory, name);
      const elf = readable(path);
      if (elf === undefined || elf.needed.length === 0) continue;
      const bytes = readFileSync(path);
      if (bytes.length > 4_000_000) continue;
      const after = edit(path, join(root, "each"), { rpath: "/x/y:/z" });
      expect({ ...after, runpath: [] }).toEqual({ ...elf, rpath: ["/x/y", "/z"], runpath: [] });
      count++;
    }
  expect(count).toBeGreaterThan(5);
});

function readable(path: string): ElfFile | undefined {
  try {
    return readElf(path);
  } catch {
    return undefined; // a directory, or a link to nowhere
  }
}

test("what is damaged is refused, never written out as if it were sound", () => {
  const bytes = readFileSync(bash);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 4, max: 900 }), fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 6,
      }),
      (changes) => {
        const damaged = Buffer.from(bytes);
        for (const [at, value] of changes) damaged[at] = value;
        try {
          expect(editElf(damaged, { interpreter: undefined, rpath: "/x" }, "it").length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof HabError)) throw error;
        }
      },
    ),
    { numRuns: 100 },
  );
  expect(() => editElf(Buffer.from("#!/bin/sh"), { interpreter: undefined, rpath: "/x" }, "it")).toThrow(
    HabError,
  );
});
