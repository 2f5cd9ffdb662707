// Archives that lie, each by a name: what is refused, and with which words. Whatever is refused leaves nothing outside.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HabError } from "../../src/error/index.ts";
import { removeTree } from "../../src/package/staging.ts";
import { member, pax, RELEASE } from "./tar-maker.ts";
import { unpack } from "./targets/tar.ts";

const a = `${RELEASE}/a`;
const long = (type: string, name: string) => member({ type, path: "././@LongLink", data: `${name}\0` });
const binary = (...bytes: number[]) => Uint8Array.from([...bytes, ...Array(12 - bytes.length).fill(0)]);

/** Answer to an archive: the code of the error and what its message says, or "ok". */
function answer(archive: Uint8Array): string {
  const place = mkdtempSync(join(tmpdir(), "hab-hostile-"));
  try {
    mkdirSync(join(place, "target"));
    writeFileSync(join(place, "canary"), "untouched");
    try {
      unpack(archive, join(place, "target"));
      return "ok";
    } catch (error) {
      if (!(error instanceof HabError)) throw error;
      return `${error.code} ${error.message}`;
    } finally {
      expect(readFileSync(join(place, "canary"), "utf8")).toBe("untouched");
      expect(statSync(join(place, "canary")).nlink).toBe(1);
      expect(existsSync(join(place, "a"))).toBe(false);
    }
  } finally {
    removeTree(place);
  }
}

describe("refused", () => {
  test.each<[string, Uint8Array[], RegExp]>([
    [".. in a name", [member({ path: `${RELEASE}/../../a` })], /PKG-022 .*"\.\." in a name/],
    [".. in a GNU long name", [long("L", `${RELEASE}/../a`), member({ path: a })], /PKG-022/],
    [".. in a pax path", [pax({ path: `${RELEASE}/../a` }), member({ path: a })], /PKG-022/],
    [
      "a hard link to outside",
      [member({ type: "1", path: a, link: "/etc/passwd" })],
      /hard link to what is not/,
    ],
    [
      "a GNU long hard link",
      [long("K", "/etc/passwd"), member({ type: "1", path: a })],
      /hard link to what is not/,
    ],
    ["a pax hard link", [pax({ linkpath: "../canary" }), member({ type: "1", path: a })], /PKG-022/],
    [
      "a file through an earlier symlink",
      [member({ type: "2", path: a, link: "../" }), member({ path: `${a}/a` })],
      /goes through a symlink/,
    ],
    [
      "a symlink in place of a directory",
      [member({ type: "5", path: a }), member({ type: "2", path: a, link: ".." })],
      /takes the place of a directory/,
    ],
    ["a character device", [member({ type: "3", path: a })], /of a type/],
    ["a block device", [member({ type: "4", path: a })], /of a type/],
    ["a FIFO", [member({ type: "6", path: a })], /of a type/],
    ["a GNU sparse file", [member({ type: "S", path: a })], /of a type/],
    ["a pax sparse file", [pax({ "GNU.sparse.major": "1" }), member({ path: a })], /PKG-021 .*sparse/],
    ["a NUL in a pax path", [pax({ path: `${a}\0b` }), member({ path: a })], /PKG-022 .*NUL/],
    ["a NUL in a pax link", [pax({ linkpath: "b\0c" }), member({ type: "2", path: a })], /PKG-022 .*NUL/],
    ["a negative size", [member({ path: a, size: Uint8Array.from(Array(12).fill(255)) })], /PKG-021/],
    ["a size beyond all numbers", [member({ path: a, size: binary(0x80, 0xff, 0xff) })], /PKG-021/],
    ["a size of words", [member({ path: a, size: "1e3" })], /PKG-021/],
    ["a pax size that is negative", [pax({ size: "-1" }), member({ path: a })], /PKG-021/],
    ["a pax size beyond the end", [pax({ size: "99999" }), member({ path: a })], /PKG-021/],
    ["10,000 levels", [long("L", `${RELEASE}/${"d/".repeat(5000)}`), member({ path: a })], /too long a name/],
    [
      "a component of 300 bytes",
      [long("L", `${RELEASE}/${"d".repeat(300)}`), member({ path: a })],
      /PKG-022/,
    ],
  ])("%s", (_, members, message) => {
    expect(answer(Buffer.concat(members))).toMatch(message);
  });
});

describe("harmless", () => {
  test.each<[string, Uint8Array[]]>([
    ["an absolute path elsewhere", [member({ path: "/etc/passwd", data: "x" })]],
    ["a file twice", [member({ path: a, data: "1" }), member({ path: a, data: "2" })]],
    ["names that differ in case", [member({ path: a }), member({ path: `${RELEASE}/A` })]],
    ["a name that is not UTF-8", [member({ path: `${RELEASE}/\xff\xfe` })]],
    ["setuid", [member({ path: a, mode: 0o4755 })]],
    ["an endless time", [pax({ mtime: "-Infinity" }), member({ path: a })]],
    [
      "a time before all clocks",
      [member({ path: a, mtime: binary(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf0) })],
    ],
    ["2,000 levels", [long("L", `${RELEASE}/${"d/".repeat(1500)}`), member({ path: a })]],
  ])("%s", (_, members) => {
    expect(answer(Buffer.concat(members))).toBe("ok");
  });
});
