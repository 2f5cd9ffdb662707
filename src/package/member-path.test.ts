import { expect, test } from "bun:test";
import { parseFullIdent } from "./ident.ts";
import { MemberPaths } from "./member-path.ts";
import type { TarEntry } from "./tar/format.ts";

const KIB = 1024;
const entry = (path: string, link = ""): TarEntry => ({
  kind: "file",
  type: "0",
  path,
  link,
  mode: 0o644,
  mtimeSeconds: 0,
  size: 0,
});

/** How many members with these names are taken before one is refused. */
function taken(member: TarEntry, most: number): number {
  const paths = new MemberPaths(parseFullIdent("o/n/1/2"));
  for (let count = 0; count < most; count++)
    try {
      paths.ofMember(member);
    } catch (error) {
      expect(String(error)).toMatch(/is one of too many/);
      return count;
    }
  return most;
}

test("256 MiB of names and link targets are the most that is kept", () => {
  expect(taken(entry("n".repeat(4 * KIB)), 70_000)).toBe(65_536);
  expect(taken(entry("n".repeat(4 * KIB), "l".repeat(12 * KIB)), 70_000)).toBe(16_384);
});

test("two million members are the most", () => {
  expect(taken(entry("n"), 2_000_010)).toBe(2_000_000);
});
