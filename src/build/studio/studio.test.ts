import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseFullIdent } from "../../package/index.ts";
import { ownerFilter } from "./confine.ts";
import { formatMark, readMark } from "./mark.ts";
import { studioName, studiosHome } from "./places.ts";
import { timeStamp } from "./record.ts";
import { parseStudioType } from "./types.ts";
import { studioVariables } from "./variables.ts";

test.each([
  ["/home/me/my app", "home--me--my-app"],
  ["/", "root"],
  ["/src", "src"],
])("the studio of %s is %s", (source, name) => expect(studioName(source)).toBe(name));

test("HAB_STUDIOS_HOME says where studios are", () =>
  expect(studiosHome({ HAB_STUDIOS_HOME: "/elsewhere", HOME: "/home/me" })).toBe("/elsewhere"));

test("a type that is none is exit code 2", () => {
  expect(parseStudioType("")).toBe("default");
  expect(() => parseStudioType("toString")).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test("a log's time is that of UTC", () =>
  expect(timeStamp(new Date("2026-11-27T14:30:05.9Z"))).toBe("2026-11-27-143005"));

describe("variables (reference/plan-build.md §14.4)", () => {
  const of = (caller: Record<string, string>, enters = false) =>
    studioVariables({ caller, type: "default", certificates: undefined, enters });

  test("a secret loses its prefix, and is not shown", () => {
    const { variables, exported } = of({
      HAB_STUDIO_SECRET_FOO: "a b",
      HAB_AUTH_TOKEN: "t",
      HAB_ORIGIN: "acme",
    });
    expect(variables).toMatchObject({ FOO: "a b", HAB_AUTH_TOKEN: "t", HAB_ORIGIN: "acme" });
    expect(exported).toEqual([
      ["HAB_AUTH_TOKEN", "[redacted]"],
      ["HAB_ORIGIN", "acme"],
      ["FOO", "[redacted]"],
    ]);
  });

  test.each([
    "HAB_BINLINK_DIR",
    "HAB_ORIGIN",
    "HOME",
    "LC_ALL",
    "PATH",
    "PWD",
    "STUDIO_TYPE",
    "TERM",
    "TERMINFO",
  ])("a secret %s is ignored", (name) => {
    const secret = { [`HAB_STUDIO_SECRET_${name}`]: "stolen" };
    expect(Object.values(of(secret).variables)).not.toContain("stolen");
  });

  test("certificates that are not shown are not named", () =>
    expect(of({ SSL_CERT_FILE: "/etc/ssl/cert.pem" }).variables).not.toHaveProperty("SSL_CERT_FILE"));

  test("no_proxy loses its spaces; who enters is told", () =>
    expect(of({ no_proxy: "a, b" }, true).variables).toMatchObject({
      no_proxy: "a,b",
      STUDIO_ENTER: "true",
    }));
});

describe(".studio", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hab-mark-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const mark = {
    type: "default" as const,
    backline: parseFullIdent("chef/hab-backline/1/20260101000000"),
    packages: [parseFullIdent("core/bash/5/20260101000000")],
  };

  test("says again what was written", () => {
    writeFileSync(join(root, ".studio"), formatMark(mark));
    expect(readMark(root)).toEqual(mark);
  });

  test.each([
    ["empty", ""],
    ["of another make", 'studio_type="default"\n'],
    ["with a path", formatMark(mark).replace("core/bash/5/", "../../../")],
  ])("one that is %s is none", (_, text) => {
    writeFileSync(join(root, ".studio"), text);
    expect(readMark(root)).toBeUndefined();
  });

  test("a link is not followed", () => {
    writeFileSync(join(root, "other"), formatMark(mark));
    symlinkSync("other", join(root, ".studio"));
    expect(readMark(root)).toBeUndefined();
  });
});

test("the filter pretends for calls that change an owner, and for no other", () => {
  const filter = new DataView(ownerFilter().buffer, ownerFilter().byteOffset);
  /** The four instructions that the filter uses, as the kernel runs them. */
  const decide = (architecture: number, call: number) => {
    let value = 0;
    for (let at = 0; ; at++) {
      const [code, yes, no, k] = [
        filter.getUint16(at * 8, true),
        filter.getUint8(at * 8 + 2),
        filter.getUint8(at * 8 + 3),
        filter.getUint32(at * 8 + 4, true),
      ];
      if (code === 0x06) return k;
      if (code === 0x20) value = k === 4 ? architecture : call;
      else at += value === k ? yes : no;
    }
  };
  const own = process.arch === "arm64" ? 0xc00000b7 : 0xc000003e;
  const calls = process.arch === "arm64" ? [54, 55] : [92, 93, 94, 260];
  for (const call of calls) expect(decide(own, call)).toBe(0x50000);
  for (const call of [0, 56, 91, 95, 259, 261, 435]) expect(decide(own, call)).toBe(0x7fff0000);
  for (const call of calls) expect(decide(0x40000003, call)).toBe(0x7fff0000);
});
