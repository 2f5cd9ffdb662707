import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isKind } from "../error/index.ts";
import { hostErrors } from "./errors.ts";
import { isLocked, lockFile, lockFileWhenFree } from "./lock.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-lock-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("file locks", () => {
  test("an exclusive lock creates the file, keeps what is in it and excludes others", () => {
    const path = join(directory, "LOCK");
    writeFileSync(path, "LOLWUT");
    const lock = lockFile(path, { exclusive: true });
    expect(readFileSync(path, "utf8")).toBe("LOLWUT");
    expect(lockFile(path, { exclusive: true })).toBeUndefined();
    expect(lockFile(path, { exclusive: false })).toBeUndefined();
    expect(isLocked(path)).toBe(true);
    lock?.release();
    lock?.release();
    expect(isLocked(path)).toBe(false);
    lockFile(path, { exclusive: true })?.release();
  });

  test("shared locks go together, and an exclusive one can become shared", () => {
    const path = join(directory, "LOCK");
    const first = lockFile(path, { exclusive: true });
    first?.share();
    const second = lockFile(path, { exclusive: false });
    first?.release();
    // What still holds it is the second.
    expect(lockFile(path, { exclusive: true })).toBeUndefined();
    second?.release();
  });

  test("the lock of a process that was killed is free", async () => {
    const path = join(directory, "LOCK");
    const child = Bun.spawn(["flock", path, "cat"], { stdin: "pipe", stdout: "ignore" });
    while (!isLocked(path)) await Bun.sleep(5);
    process.kill(child.pid, "SIGKILL");
    const pids = Bun.spawnSync(["fuser", path]).stdout.toString().trim().split(/\s+/).filter(Boolean);
    for (const pid of pids) process.kill(Number(pid), "SIGKILL");
    (await lockFileWhenFree(path, { exclusive: true })).release();
  });

  test("waiting ends when the lock is free", async () => {
    const path = join(directory, "LOCK");
    const held = lockFile(path, { exclusive: true });
    const waiting = lockFileWhenFree(path, { exclusive: true });
    held?.release();
    (await waiting).release();
  });

  test("waiting can be called off", async () => {
    const path = join(directory, "LOCK");
    const held = lockFile(path, { exclusive: true });
    expect(lockFileWhenFree(path, { exclusive: true, signal: AbortSignal.abort("enough") })).rejects.toBe(
      "enough",
    );
    held?.release();
  });

  test("a lock is not handed on to programs started", async () => {
    const path = join(directory, "LOCK");
    const lock = lockFile(path, { exclusive: true });
    const child = Bun.spawn(["sleep", "60"]);
    lock?.release();
    expect(isLocked(path)).toBe(false);
    child.kill();
    await child.exited;
  });

  test("no directory, no shared file", () => {
    for (const attempt of [
      () => lockFile(join(directory, "none", "LOCK"), { exclusive: true }),
      () => lockFile(join(directory, "none"), { exclusive: false }),
    ]) {
      let thrown: unknown;
      try {
        attempt();
      } catch (error) {
        thrown = error;
      }
      expect(isKind(thrown, hostErrors.lockFailed)).toBe(true);
    }
  });
});
