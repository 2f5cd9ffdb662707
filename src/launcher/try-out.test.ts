import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tryOut } from "./try-out.ts";

const directory = mkdtempSync(join(tmpdir(), "hab-try-out-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function program(name: string, body: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

test("one that tells its version can be tried", async () => {
  expect(await tryOut(program("good", "echo hab-sup 2.1.78"))).toBeUndefined();
});

test("one that hangs is given up", async () => {
  expect(await tryOut(program("hangs", "exec sleep 1000"), 100)).toContain("within 0.1 s");
});

test("so is one whose child holds its output open from a session of its own", async () => {
  const pidFile = join(directory, "pid");
  const path = program(
    "holds",
    `setsid sh -c 'echo $$ >${pidFile}.new; mv ${pidFile}.new ${pidFile}; exec sleep 1000' &
while [ ! -e ${pidFile} ]; do :; done; echo hab-sup 2.1.78`,
  );
  try {
    expect(await tryOut(path, 500)).toContain("within 0.5 s");
  } finally {
    process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
  }
});
