import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { clampTimestamps } from "./clamp-timestamps.ts";

const EPOCH = 1_700_000_000;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-clamp-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const put = (name: string, bytes: Uint8Array) => writeFileSync(join(directory, name), bytes);
const get = (name: string) => readFileSync(join(directory, name));
const changed = () => clampTimestamps(directory, EPOCH).map((path) => path.slice(directory.length + 1));

function gzip(text: string, time: number): Buffer {
  const bytes = gzipSync(text);
  bytes.writeUInt32LE(time, 4);
  return bytes;
}

function member(name: string, time: number, content: string): Buffer {
  const field = (value: string | number, width: number) => String(value).padEnd(width);
  const header = `${field(name, 16)}${field(time, 12)}${field(1000, 6)}${field(1000, 6)}${field("100664", 8)}${field(content.length, 10)}\`\n`;
  return Buffer.from(`${header}${content}${content.length % 2 === 1 ? "\n" : ""}`);
}

describe("times inside files", () => {
  test("of gzip become that of the release when they are later, and stay when they are not", () => {
    put("new.gz", gzip("text", EPOCH + 5));
    put("old.gz", gzip("text", EPOCH - 5));
    put("none.gz", gzip("text", 0));
    const old = get("old.gz");
    expect(changed()).toEqual(["new.gz"]);
    expect(get("new.gz").readUInt32LE(4)).toBe(EPOCH);
    expect(gunzipSync(get("new.gz")).toString()).toBe("text");
    expect(get("old.gz")).toEqual(old);
  });

  test("and owners of members of a static library, wherever they stand", () => {
    const old = member("old.o/", EPOCH - 1, "x");
    put(
      "lib.a",
      Buffer.concat([
        Buffer.from("!<arch>\n"),
        member("a.o/", EPOCH + 1, "odd"),
        old,
        member("b.o/", EPOCH + 2, "even"),
      ]),
    );
    expect(changed()).toEqual(["lib.a"]);
    const text = get("lib.a").toString();
    expect(text.slice(8, 66)).toBe("a.o/            0           0     0     644     3         ");
    expect(text).toContain(old.toString());
    expect(text.slice(-64)).toBe(
      "b.o/            0           0     0     644     4         `\neven".slice(-64),
    );
  });

  test("of a damaged library stay, for it is none", () => {
    const bytes = Buffer.concat([
      Buffer.from("!<arch>\n"),
      member("a.o/", EPOCH + 1, "abc").subarray(0, 59),
      Buffer.from("?"),
    ]);
    put("lib.a", bytes);
    put("short.a", Buffer.from("!<arch>\n"));
    expect(changed()).toEqual([]);
    expect(get("lib.a")).toEqual(bytes);
  });

  test("of Python's compiled modules are those that the sources will have", () => {
    const module = (flags: number, time: number) => {
      const bytes = Buffer.from([0xcb, 0x0d, 0x0d, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 99]);
      bytes.writeUInt32LE(flags, 4);
      bytes.writeUInt32LE(time, 8);
      return bytes;
    };
    put("old.pyc", module(0, EPOCH - 9));
    put("right.pyc", module(0, EPOCH));
    put("by-hash.pyc", module(3, 0x1234));
    put("else.txt", module(0, 1));
    expect(changed()).toEqual(["old.pyc"]);
    expect(get("old.pyc")).toEqual(module(0, EPOCH));
  });

  test("change in files that are read-only, and modes stay", () => {
    put("new.gz", gzip("text", EPOCH + 5));
    chmodSync(join(directory, "new.gz"), 0o4555);
    expect(changed()).toEqual(["new.gz"]);
    expect(statSync(join(directory, "new.gz")).mode & 0o7777).toBe(0o4555);
  });
});
