import { afterEach, describe, expect, test } from "bun:test";
import { isProcessRunning, processStartTime } from "../host/index.ts";
import { stopLeftovers } from "./leftovers.ts";

const started: Bun.Subprocess[] = [];
afterEach(async () => {
  for (const each of started) each.kill("SIGKILL");
  await Promise.all(started.map(({ exited }) => exited));
  started.length = 0;
});

function start(...command: string[]) {
  const child = Bun.spawn(command, { detached: true, stdin: "ignore" });
  started.push(child);
  return { child, pid: child.pid, startTime: processStartTime(child.pid) ?? 0 };
}

const service = (process: { pid: number; startTime: number }) => ({
  ...process,
  group: "a.default",
  stopSignal: "TERM",
  stopTimeoutMs: 1000,
});

describe("the Supervisor of a launcher that was killed", () => {
  test("that does not stop its services is killed, and they are stopped in its place", async () => {
    const supervisor = start("sleep", "1000");
    const process = start("sleep", "1000");
    const remarks: string[] = [];
    const leftovers = { supervisor, services: [{ ...service(process), stopTimeoutMs: 0 }] };
    await stopLeftovers(leftovers, (text) => void remarks.push(text), { beginMs: 10, endMs: 60_000 });
    expect(isProcessRunning(supervisor.pid)).toBe(false);
    expect(isProcessRunning(process.pid)).toBe(false);
    expect(remarks).toEqual([
      `Waiting for the Supervisor of a launcher that was killed (PID ${supervisor.pid}) to stop its services...`,
      `Killing that Supervisor (PID ${supervisor.pid}): it does not end`,
      `Stopping PID ${process.pid}, left behind by a launcher that was killed...`,
    ]);
  });

  test("that has stopped them gets time for their last hooks, and no more", async () => {
    const supervisor = start("sleep", "1000");
    await stopLeftovers({ supervisor, services: [] }, () => {}, { beginMs: 60_000, endMs: 10 });
    expect(isProcessRunning(supervisor.pid)).toBe(false);
  });

  test("that ends without having stopped them is not waited for: they are stopped in its place", async () => {
    const supervisor = start("sleep", "0.05");
    const process = start("sleep", "1000");
    const leftovers = { supervisor, services: [service(process)] };
    await stopLeftovers(leftovers, () => {}, { beginMs: 600_000, endMs: 60_000 });
    expect(await supervisor.child.exited).toBe(0);
    expect(isProcessRunning(process.pid)).toBe(false);
  });

  test("that ends is not killed", async () => {
    const supervisor = start("sleep", "0.05");
    await stopLeftovers({ supervisor, services: [] }, () => {}, { beginMs: 60_000, endMs: 60_000 });
    expect(await supervisor.child.exited).toBe(0);
    expect(supervisor.child.signalCode).toBeNull();
  });
});

test("a process that has the pid of one left behind is left alone", async () => {
  const process = start("sleep", "1000");
  const other = { ...process, startTime: process.startTime - 1 };
  await stopLeftovers({ supervisor: other, services: [service(other)] }, () => {});
  expect(isProcessRunning(process.pid)).toBe(true);
});
