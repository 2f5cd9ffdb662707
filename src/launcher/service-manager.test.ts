// What a launcher tells its service manager, over a real socket, with a puppet in the Supervisor's place.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isProcessRunning, monotonicMicroseconds, processStatus } from "../host/index.ts";
import { NotifySocket } from "./testing/notify-socket.ts";
import { Stage } from "./testing/stage.ts";

let stage: Stage;
let manager: NotifySocket;
let address: string;
beforeEach(() => {
  stage = new Stage();
  address = join(stage.root, "notify");
  manager = new NotifySocket(address);
});
afterEach(async () => {
  await stage.end();
  manager.close();
});

const SLEEP = "exec sleep 1000";
const count = (line: string) => manager.read().filter((text) => text === line).length;

describe("a service manager is told", () => {
  test("that the Supervisor serves, once it does and not before", async () => {
    stage.start({ env: { NOTIFY_SOCKET: address } });
    await stage.heard("up");
    await stage.spawn("a.default", SLEEP);
    expect(count("READY=1")).toBe(0);
    await stage.call("serving");
    await manager.hears("READY=1");
    await manager.hears("STATUS=1 service runs");
    await stage.spawn("b.default", SLEEP);
    await manager.hears("STATUS=2 services run");
  });

  test("the same at an address in the abstract namespace", async () => {
    const name = `@hab-test-${process.pid}-${Date.now()}`;
    const abstract = new NotifySocket(name);
    stage.start({ env: { NOTIFY_SOCKET: name } });
    await stage.heard("up");
    await stage.call("serving");
    await abstract.hears("READY=1");
    abstract.close();
  });

  test("of a reload: from SIGHUP to the next Supervisor that serves", async () => {
    const launcher = stage.start({ env: { NOTIFY_SOCKET: address } });
    await stage.heard("up");
    await stage.call("serving");
    const before = monotonicMicroseconds();
    launcher.kill("SIGHUP");
    await stage.heard("hangup");
    await manager.hears("RELOADING=1");
    const told = manager.lines.find((line) => line.startsWith("MONOTONIC_USEC="))?.split("=")[1] ?? "0";
    expect(BigInt(told) >= before).toBe(true);
    expect(BigInt(told) <= monotonicMicroseconds()).toBe(true);
    void stage.call("exit", 0);
    await stage.heard("up", 2);
    expect(count("READY=1")).toBe(1);
    await stage.call("serving");
    await manager.hears("READY=1", 2);
  });

  test("of a reload by its own command, before the launcher hears of it", async () => {
    const launcher = stage.start({ env: { NOTIFY_SOCKET: address } });
    await stage.heard("up");
    const env = { NOTIFY_SOCKET: address, MAINPID: String(launcher.pid) };
    const reload = stage.start({ verb: "reload", env });
    expect(await reload.exited).toBe(0);
    expect(count("RELOADING=1")).toBeGreaterThan(0);
    await stage.heard("hangup");
  });

  test("why a Supervisor is replaced", async () => {
    stage.start({ env: { NOTIFY_SOCKET: address } });
    const { pid = 0 } = await stage.heard("up");
    process.kill(pid, "SIGKILL");
    await manager.hears("STATUS=The Supervisor was ended by SIGKILL; starting the next one");
  });

  test("of the end, with the time it may take, more at each sign of progress; never READY=1 after it", async () => {
    const launcher = stage.start({ env: { NOTIFY_SOCKET: address } });
    await stage.heard("up");
    await stage.spawn("a.default", SLEEP, { stopTimeoutMs: 300_000 });
    launcher.kill("SIGTERM");
    await stage.heard("exited");
    expect(await launcher.exited).toBe(0);
    const lines = manager.read();
    const stopping = lines.indexOf("STOPPING=1");
    expect(stopping).toBeGreaterThan(-1);
    // The service's timeout, the launcher's patience with its Supervisor, and a margin.
    expect(lines[stopping + 1]).toBe("EXTEND_TIMEOUT_USEC=370000000");
    expect(lines.slice(stopping + 2).filter((line) => line.startsWith("EXTEND_TIMEOUT_USEC="))).not.toEqual(
      [],
    );
    expect(lines.slice(stopping)).not.toContain("READY=1");
  });
});

test("neither services nor the Supervisor can speak to it: the variables stay with the launcher", async () => {
  stage.start({ env: { NOTIFY_SOCKET: address, WATCHDOG_USEC: "60000000", WATCHDOG_PID: "1" } });
  const { pid: supervisor = 0 } = await stage.heard("up");
  const { pid } = await stage.spawn("a.default", SLEEP);
  for (const each of [supervisor, pid])
    expect(readFileSync(`/proc/${each}/environ`, "latin1")).not.toMatch(/NOTIFY_SOCKET|WATCHDOG_/);
});

test("an address nobody reads at does not disturb the launcher", async () => {
  const launcher = stage.start({ env: { NOTIFY_SOCKET: join(stage.root, "nobody") } });
  await stage.heard("up");
  await stage.call("serving");
  launcher.kill("SIGTERM");
  expect(await launcher.exited).toBe(0);
});

test("a queue that is full loses no notice", async () => {
  const launcher = stage.start({ env: { NOTIFY_SOCKET: address } });
  await stage.heard("up");
  // Nobody reads meanwhile: the kernel holds only so many datagrams (net.unix.max_dgram_qlen).
  for (let index = 0; index < 25; index++) await stage.spawn(`s${index}.default`, SLEEP);
  for (let index = 0; index < 25; index++) await stage.call("serving");
  await manager.hears("READY=1", 25);
  expect(launcher.exitCode).toBeNull();
});

describe("watchdog", () => {
  const env = { WATCHDOG_USEC: "500000" };

  test("signs of life as long as the Supervisor answers", async () => {
    stage.start({ env: { ...env, NOTIFY_SOCKET: address } });
    await stage.heard("up");
    await manager.hears("WATCHDOG=1", 4);
  });

  test("none, and a new Supervisor, when it does not; its services are left alone", async () => {
    stage.start({ env: { ...env, NOTIFY_SOCKET: address } });
    const { pid = 0 } = await stage.heard("up");
    const service = await stage.spawn("a.default", SLEEP);
    await manager.hears("WATCHDOG=1");
    process.kill(pid, "SIGSTOP");
    while (processStatus(pid)?.state !== "T") await Bun.sleep(1);
    const before = count("WATCHDOG=1");
    await stage.shows(`Killing the Supervisor (PID ${pid}): it does not answer\n`);
    // One that was on its way when the Supervisor stopped.
    expect(count("WATCHDOG=1")).toBeLessThanOrEqual(before + 1);
    const next = await stage.heard("up", 2);
    expect(next.services).toEqual([expect.objectContaining({ pid: service.pid })]);
    expect(isProcessRunning(service.pid, service.startTime)).toBe(true);
    const heard = count("WATCHDOG=1");
    await manager.hears("WATCHDOG=1", heard + 2);
  });

  test("is another process's: nothing is told", async () => {
    stage.start({ env: { ...env, WATCHDOG_PID: "1", NOTIFY_SOCKET: address } });
    await stage.heard("up");
    await stage.call("serving");
    await manager.hears("READY=1");
    expect(count("WATCHDOG=1")).toBe(0);
  });
});
