// Watching files that come, change and go.
import { afterEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileState, type Watch, watchFile } from "./watch.ts";

let directory = "";
let watch: Watch | undefined;

function start(
  path: string,
  known?: string,
): { until(count: number): Promise<void>; readonly count: number } {
  let count = 0;
  let waiting: (() => void) | undefined;
  watch = watchFile(
    path,
    () => {
      count++;
      waiting?.();
    },
    known,
  );
  return {
    get count() {
      return count;
    },
    until: (wanted) =>
      new Promise((resolve) => {
        waiting = () => count >= wanted && resolve();
        waiting();
      }),
  };
}

afterEach(() => {
  watch?.close();
  rmSync(directory, { recursive: true, force: true });
});

test("a file in a directory that comes later, and its next change right after that is told", async () => {
  directory = mkdtempSync(join(tmpdir(), "watch-"));
  const path = join(directory, "a/b/user.toml");
  const told = start(path);
  mkdirSync(join(directory, "a/b"), { recursive: true });
  writeFileSync(path, "port = 1\n");
  await told.until(1);
  writeFileSync(path, "port = = 22\n");
  const before = told.count;
  await told.until(before + 1);
  expect(told.count).toBeGreaterThan(before);
});

test("a file where the directory should be is no reason to fail", async () => {
  directory = mkdtempSync(join(tmpdir(), "watch-"));
  const told = start(join(directory, "a/user.toml"));
  writeFileSync(join(directory, "a"), "no directory");
  await told.until(1);
  rmSync(join(directory, "a"));
  mkdirSync(join(directory, "a"));
  writeFileSync(join(directory, "a/user.toml"), "port = 1\n");
  const before = told.count;
  await told.until(before + 1);
  expect(told.count).toBeGreaterThan(before);
});

test("what happened between the reading of a file and the watch of it is told", async () => {
  directory = mkdtempSync(join(tmpdir(), "watch-"));
  const path = join(directory, "user.toml");
  writeFileSync(path, "port = 1\n");
  const asItWasRead = fileState(path);
  writeFileSync(path, "port = 22\n");
  await start(path, asItWasRead).until(1);
});
