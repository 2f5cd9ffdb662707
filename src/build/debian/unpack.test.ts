// What a .deb may do where it is unpacked: nothing but files, directories and links below that place.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HabError } from "../../error/index.ts";
import { readControl } from "./deb.ts";
import { ar, type FakeDeb, type FakeFile, makeDeb, tar } from "./testing/fake-deb.ts";
import { unpackDebs } from "./unpack.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-deb-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function unpack(files: readonly FakeFile[], more: Partial<FakeDeb> = {}): Promise<void> {
  writeFileSync(join(root, "x.deb"), await makeDeb({ name: "x", version: "1", files, ...more }));
  await unpackDebs([join(root, "x.deb")], join(root, "out"));
}

async function problem(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof HabError
    ? `${error.code} ${error.message.slice(error.message.indexOf(": ") + 2)}`
    : String(error);
}

const content = (path: string) => readFileSync(join(root, "out", path), "utf8");

describe("a .deb", () => {
  for (const compression of ["gz", "xz", "zst", "none"] as const)
    test(`compressed with ${compression} is read`, async () => {
      await unpack([{ path: "./usr/bin/x", content: "hello", mode: 0o755 }], { compression });
      expect(content("bin/x")).toBe("hello");
      expect((await readControl(join(root, "x.deb"))).get("package")).toBe("x");
    });

  test("is laid out as a merged /usr, without documentation", async () => {
    await unpack([
      { path: "./usr/", type: "5", mode: 0o755 },
      { path: "./bin/a", content: "a" },
      { path: "./usr/bin/b", content: "b" },
      { path: "./usr/share/doc/x/copyright", content: "c" },
      { path: "./usr/share/man/man1/x.1.gz", content: "m" },
      { path: "./usr/share/x/y", content: "y" },
      { path: "./usr/share/x/z", type: "1", link: "./usr/share/x/y" },
      { path: "./usr/lib/l", type: "2", link: "../../etc/l" },
    ]);
    expect(readdirSync(join(root, "out"))).toEqual(expect.arrayContaining(["bin", "lib", "share"]));
    expect(readdirSync(join(root, "out/share"))).toEqual(["x"]);
    expect([content("bin/a"), content("bin/b"), content("share/x/z")]).toEqual(["a", "b", "y"]);
    expect(readlinkSync(join(root, "out/lib/l"))).toBe("../../etc/l");
  });

  test("gives nobody the rights of another, nor others the right to write", async () => {
    await unpack([
      { path: "./usr/bin/su", content: "x", mode: 0o6755 },
      { path: "./usr/bin/w", content: "x", mode: 0o777 },
      { path: "./usr/lib/r", content: "x", mode: 0o444 },
      { path: "./var/tmp/", type: "5", mode: 0o1777 },
    ]);
    const mode = (path: string) => (lstatSync(join(root, "out", path)).mode & 0o7777).toString(8);
    expect(["bin/su", "bin/w", "lib/r", "var/tmp"].map(mode)).toEqual(["755", "755", "644", "755"]);
  });
});

describe("refused is", () => {
  const TRICKS: Record<string, readonly FakeFile[]> = {
    "a name with ..": [{ path: "./usr/../../escaped", content: "x" }],
    "a file through a link": [
      { path: "./usr/lib/d", type: "2", link: "/tmp" },
      { path: "./usr/lib/d/escaped", content: "x" },
    ],
    "a file through a link of the other half of /usr": [
      { path: "./lib", type: "2", link: "/tmp" },
      { path: "./usr/lib/escaped", content: "x" },
    ],
    "a hard link to what is not in it": [{ path: "./usr/bin/x", type: "1", link: "/etc/passwd" }],
    "a hard link with ..": [{ path: "./usr/bin/x", type: "1", link: "../../etc/passwd" }],
    "a device": [{ path: "./dev/null", type: "3" }],
    "a block device": [{ path: "./dev/sda", type: "4" }],
    "a pipe": [{ path: "./run/pipe", type: "6" }],
    "a file in the place of a directory": [
      { path: "./usr/bin/x/", type: "5", mode: 0o755 },
      { path: "./usr/bin/x", content: "x" },
    ],
  };
  for (const [trick, files] of Object.entries(TRICKS))
    test(trick, async () => {
      expect(await problem(unpack(files))).toStartWith("HAB-BLD-099");
      expect(readdirSync(root).sort()).toEqual(["out", "x.deb"]);
    });

  test("an absolute name is none: it is below as well", async () => {
    await unpack([{ path: "/etc/x", content: "x" }]);
    expect(content("etc/x")).toBe("x");
  });

  test("what is no .deb, or a damaged one", async () => {
    const path = join(root, "x.deb");
    const data = tar([{ path: "./a", content: "x" }]);
    const damaged: [Buffer, string][] = [
      [Buffer.from("hello"), "it is not an ar archive"],
      [Buffer.from("!<arch>\nshort"), "its list of members is damaged"],
      [ar([["debian-binary", Buffer.from("3.0\n")]]), "it is not of version 2 of the format"],
      [ar([["debian-binary", Buffer.from("2.0\n")]]), "it has no data.tar"],
      [
        ar([
          ["debian-binary", Buffer.from("2.0\n")],
          ["data.tar.lz", data],
        ]),
        "data.tar.lz is compressed in a way that is not known here",
      ],
    ];
    for (const [bytes, expected] of damaged) {
      writeFileSync(path, bytes);
      expect(await problem(unpackDebs([path], join(root, "out")))).toBe(`HAB-BLD-099 ${expected}`);
    }
    for (const ending of ["gz", "xz", "zst"]) {
      writeFileSync(
        path,
        ar([
          ["debian-binary", Buffer.from("2.0\n")],
          [`data.tar.${ending}`, data],
        ]),
      );
      expect(await problem(unpackDebs([path], join(root, "out")))).toStartWith("HAB-BLD-099");
    }
  });
});
