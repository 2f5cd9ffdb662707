import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixLibtoolScripts } from "./libtool.ts";

test("every ltmain.sh, in any case, loses the search path of the host and nothing else", () => {
  const directory = mkdtempSync(join(tmpdir(), "hab-libtool-"));
  try {
    mkdirSync(join(directory, "sub"));
    const before = 'a\n  eval sys_lib_dlsearch_path_spec=\\"$sys_lib_search_path=/usr/lib\\"\nb \xff\n';
    for (const name of ["ltmain.sh", "sub/LTMAIN.SH", "other.sh"])
      writeFileSync(join(directory, name), Buffer.from(before, "latin1"));
    expect(fixLibtoolScripts(directory)).toEqual([
      join(directory, "ltmain.sh"),
      join(directory, "sub/LTMAIN.SH"),
    ]);
    expect(readFileSync(join(directory, "sub/LTMAIN.SH"), "latin1")).toBe("a\n  \nb \xff\n");
    expect(readFileSync(join(directory, "other.sh"), "latin1")).toBe(before);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a source that is not there has none", () => {
  expect(fixLibtoolScripts("/nonexistent/source")).toEqual([]);
});
