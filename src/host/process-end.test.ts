import { describe, expect, test } from "bun:test";
import { startProcess } from "./process.ts";
import { endOf } from "./process-end.ts";
import { runningGroupMembers } from "./process-table.ts";

const shell = (script: string) =>
  startProcess({
    command: ["/bin/sh", "-c", script],
    env: { PATH: "/usr/bin:/bin" },
    stdout: "pipe",
    stderr: "null",
    name: "a test",
  });

/** Waits for its first line, so that it is as the script says when it is ended. */
async function ready(script: string) {
  const child = await shell(script);
  for await (const _ of child.stdoutLines) break;
  return child;
}

const graceMs = () => 50;

describe("a process that is meant to end", () => {
  test("ends in its time: what it left behind is left alone", async () => {
    const child = await shell("sleep 1000 & exit 3");
    expect(await endOf(child, { limitMs: 60_000, graceMs })).toEqual({
      kind: "exit",
      exit: { code: 3, signal: null },
    });
    const left = runningGroupMembers(child.pid);
    expect(left).toHaveLength(1);
    for (const pid of left) process.kill(pid, "SIGKILL");
  });

  test("is killed by somebody else: its children are ended", async () => {
    const child = await ready("sleep 1000 & echo ready; wait");
    process.kill(child.pid, "SIGKILL");
    expect(await endOf(child, { graceMs })).toEqual({
      kind: "exit",
      exit: { code: null, signal: "SIGKILL" },
    });
    expect(runningGroupMembers(child.pid)).toEqual([]);
  });

  test("is ended with its children when its time is over", async () => {
    const child = await ready("sleep 1000 & echo up; wait");
    expect(await endOf(child, { limitMs: 1, graceMs })).toEqual({ kind: "timeout" });
    expect(runningGroupMembers(child.pid)).toEqual([]);
    expect((await child.exited).signal).toBe("SIGTERM");
  });

  test("is killed when it does not care for SIGTERM", async () => {
    const child = await ready("trap '' TERM; echo up; while :; do sleep 1000; done");
    expect(await endOf(child, { limitMs: 1, graceMs })).toEqual({ kind: "timeout" });
    expect((await child.exited).signal).toBe("SIGKILL");
  });

  test("is ended when nobody waits for it any more, also when that was so from the start", async () => {
    const nobody = new AbortController();
    const child = await ready("echo up; sleep 1000");
    nobody.abort();
    expect(await endOf(child, { signal: nobody.signal, graceMs })).toEqual({ kind: "aborted" });
    expect(runningGroupMembers(child.pid)).toEqual([]);
  });
});
