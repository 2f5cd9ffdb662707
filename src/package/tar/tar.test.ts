import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { HabError } from "../../error/index.ts";
import { parseFullIdent } from "../ident.ts";
import { Unpacker } from "../unpack.ts";
import { byteString, type TarEntry } from "./format.ts";
import { TarReader, type TarVisitor } from "./reader.ts";
import { tarPieces } from "./writer.ts";

const scratch = mkdtempSync(join(tmpdir(), "hab-tar-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Members with their content. */
class Collector implements TarVisitor {
  readonly members: { entry: TarEntry; content: Buffer }[] = [];
  #pieces: Uint8Array[] = [];
  #entry: TarEntry | undefined;

  begin(entry: TarEntry): void {
    this.#entry = entry;
    this.#pieces = [];
  }
  data(piece: Uint8Array): void {
    this.#pieces.push(piece.slice());
  }
  end(): void {
    if (this.#entry !== undefined)
      this.members.push({ entry: this.#entry, content: Buffer.concat(this.#pieces) });
  }
}

function read(archive: Uint8Array, pieceSize = archive.length): Collector["members"] {
  const collector = new Collector();
  const reader = new TarReader(collector);
  for (let at = 0; at < archive.length; at += Math.max(1, pieceSize))
    reader.push(archive.subarray(at, at + pieceSize));
  reader.finish();
  return collector.members;
}

function write(directory: string): Buffer {
  const pieces = tarPieces({ directory, name: "hab/pkgs/o/n/1/2", epochSeconds: 7 });
  return Buffer.concat(Array.from(pieces, (piece) => Buffer.from(piece)));
}

const component = fc
  .stringMatching(/^[a-zA-Z0-9äé._ -]{1,60}$/)
  .filter((name) => name !== "." && name !== "..");
const files = fc.uniqueArray(
  fc.tuple(fc.array(component, { minLength: 1, maxLength: 4 }), fc.uint8Array({ maxLength: 2000 })),
  {
    maxLength: 8,
    selector: ([path]) => path[0],
  },
);
let run = 0;

describe("a directory", () => {
  test("comes back whole, whatever pieces the archive comes in", () => {
    fc.assert(
      fc.property(files, fc.integer({ min: 1, max: 3000 }), (tree, pieceSize) => {
        const directory = join(scratch, `tree${run++}`);
        mkdirSync(directory);
        for (const [path, content] of tree) {
          mkdirSync(join(directory, ...path.slice(0, -1)), { recursive: true });
          writeFileSync(join(directory, ...path), content);
        }
        const members = read(write(directory), pieceSize).filter(({ entry }) => entry.kind === "file");
        expect(members.length).toBe(tree.length);
        for (const [path, content] of tree) {
          const name = byteString(`hab/pkgs/o/n/1/2/${path.join("/")}`);
          expect(members.find(({ entry }) => entry.path === name)?.content.equals(content)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("names and link targets of any length are kept", () => {
    const directory = join(scratch, "long");
    const name = `${"a".repeat(200)}/${"b".repeat(200)}`;
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), "x");
    symlinkSync("t".repeat(300), join(directory, "link"));
    const members = read(write(directory));
    expect(members.some(({ entry }) => entry.path === `hab/pkgs/o/n/1/2/${name}`)).toBe(true);
    expect(members.find(({ entry }) => entry.kind === "symlink")?.entry.link).toBe("t".repeat(300));
  });
});

describe("archives from strangers", () => {
  const directory = join(scratch, "good");
  mkdirSync(directory);
  writeFileSync(join(directory, "file"), Buffer.alloc(1500, "content "));
  chmodSync(join(directory, "file"), 0o640);
  const archive = write(directory);

  test("never fail otherwise than by our error", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { maxLength: 20 }),
        fc.nat(archive.length),
        (edits, length) => {
          const damaged = Buffer.from(archive);
          for (const [at, value] of edits) damaged[at] = value;
          try {
            read(damaged.subarray(0, length), 700);
          } catch (error) {
            expect(error).toBeInstanceOf(HabError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("a size that lies is an error, not an allocation", () => {
    const lying = Buffer.from(archive.subarray(0, 1024));
    const header = lying.subarray(512);
    header.write("77777777777\0", 124, "latin1");
    header.fill(" ", 148, 156);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, "0")}\0 `,
      148,
      "latin1",
    );
    expect(() => read(lying)).toThrow(HabError);
  });

  test("nothing is written outside, whatever the names are", () => {
    const part = fc.constantFrom("..", ".", "", "a", "b", "hab", "pkgs", "o", "n", "1", "2", "/", "etc");
    const entry = fc.record({
      path: fc.array(part, { maxLength: 9 }).map((parts) => parts.join("/")),
      inside: fc.boolean(),
      kind: fc.constantFrom("file", "directory", "symlink", "hard link", "other"),
      link: fc.array(part, { maxLength: 9 }).map((parts) => parts.join("/")),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
        const place = join(scratch, `unpack${run++}`);
        const target = join(place, "target");
        mkdirSync(target, { recursive: true });
        writeFileSync(join(place, "a"), "untouched");
        const before = statSync(join(place, "a")).ino;
        const unpacker = new Unpacker(target, parseFullIdent("o/n/1/2"));
        try {
          for (const { path, inside, kind, link } of entries) {
            unpacker.begin({
              kind: kind as TarEntry["kind"],
              type: "0",
              path: inside ? `hab/pkgs/o/n/1/2/${path}` : path,
              link: inside ? `hab/pkgs/o/n/1/2/${link}` : link,
              mode: 0o644,
              mtimeSeconds: 0,
              size: 1,
            });
            unpacker.data(Buffer.from("x"));
            unpacker.end();
          }
          unpacker.finish();
        } catch (error) {
          expect(error).toBeInstanceOf(HabError);
        } finally {
          unpacker.abandon();
        }
        expect(readFileSync(join(place, "a"), "utf8")).toBe("untouched");
        expect(statSync(join(place, "a")).nlink).toBe(1);
        expect(statSync(join(place, "a")).ino).toBe(before);
        chmodSync(target, 0o755);
        rmSync(place, { recursive: true, force: true });
      }),
      { numRuns: 100 },
    );
  });
});
