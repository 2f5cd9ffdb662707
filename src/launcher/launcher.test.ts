// The launcher with real processes: a puppet in the Supervisor's place, shell commands as services.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  canRunAsOtherUser,
  isProcessRunning,
  processStatus,
  runningGroupMembers,
  waitForExit,
} from "../host/index.ts";
import { HAB_WORDS } from "../host/testing/hab-program.ts";
import { Stage } from "./testing/stage.ts";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.end());

const SLEEP = "exec sleep 1000";

function childrenOf(pid: number): { pid: number; state: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processStatus(Number(name)))
    .filter((status) => status?.parent === pid)
    .map((status) => ({ pid: status?.pid ?? 0, state: status?.state ?? "" }));
}

describe("a Supervisor that ends", () => {
  test("by SIGKILL is replaced at once, and the services do not notice", async () => {
    const launcher = stage.start();
    const first = await stage.heard("up");
    const service = await stage.spawn("redis.default", "echo one; exec sleep 1000");
    await stage.shows("redis.default(O): one\n");
    process.kill(first.pid ?? 0, "SIGKILL");
    const second = await stage.heard("up", 2);
    expect(second.pid).not.toBe(first.pid);
    expect(second.services).toEqual([
      expect.objectContaining({ group: "redis.default", pid: service.pid, startTime: service.startTime }),
    ]);
    expect(isProcessRunning(service.pid, service.startTime)).toBe(true);
    expect(launcher.exitCode).toBeNull();
    expect(processStatus(service.pid)?.parent).toBe(launcher.pid);
  });

  test.each([0, 1, 101])("with exit code %p is replaced too", async (code) => {
    stage.start();
    await stage.heard("up");
    const { pid } = await stage.spawn("a.default", SLEEP);
    void stage.call("exit", code);
    const { services } = await stage.heard("up", 2);
    expect(services?.map((service) => service.pid)).toEqual([pid]);
    await stage.shows(`unexpected exit code: ${code}`);
  });

  test.each([
    [84, 0],
    [86, 86],
  ])("with exit code %p ends the launcher with %p and all services", async (code, expected) => {
    const launcher = stage.start();
    await stage.heard("up");
    const { pid } = await stage.spawn("a.default", SLEEP);
    void stage.call("exit", code);
    expect(await launcher.exited).toBe(expected);
    expect(isProcessRunning(pid)).toBe(false);
    await stage.shows("a.default(SV): Shutdown OK: Graceful Termination\n");
    await stage.shows("hab-launch(SV): Hasta la vista, services.\n");
    expect(stage.exists("hab/launcher/PID")).toBe(false);
    expect(stage.exists("hab/launcher/services.json")).toBe(false);
    expect(readdirSync(join(stage.root, "hab/launcher")).filter((name) => name.startsWith("ipc"))).toEqual(
      [],
    );
  });

  test("the end of a service while no Supervisor is there is told to the next one, once", async () => {
    stage.start();
    const { pid: supervisor = 0 } = await stage.heard("up");
    const { pid } = await stage.spawn("a.default", SLEEP);
    // The next Supervisor waits for our sign, so that the service ends while there is none.
    writeFileSync(
      join(stage.root, "puppet-supervisor"),
      `#!/bin/sh\nwhile [ ! -e $FS_ROOT/on ]; do sleep 0.01; done\nexec ${process.execPath} ${join(import.meta.dir, "testing/puppet.ts")}\n`,
    );
    process.kill(supervisor, "SIGKILL");
    await stage.shows("will attempt to reload");
    process.kill(pid, "SIGKILL");
    await stage.shows(`Child for service 'a.default' with PID ${pid} exited with code signal: 9 (SIGKILL)\n`);
    writeFileSync(join(stage.root, "on"), "");
    const { services } = await stage.heard("up", 2);
    expect(services).toEqual([
      expect.objectContaining({ group: "a.default", pid, exit: { code: null, signal: "SIGKILL" } }),
    ]);
    expect(await stage.services()).toEqual([]);
  });

  test("finds its arguments, its launcher's pid and the pid file", async () => {
    const launcher = stage.start({ args: ["--no-color", "core/redis"] });
    expect((await stage.heard("up")).args).toEqual(["run", "--no-color", "core/redis"]);
    expect(readFileSync(join(stage.root, "hab/launcher/PID"), "utf8")).toBe(String(launcher.pid));
  });
});

test("the Supervisor's own secrets are not given to services", async () => {
  stage.start({ env: { HAB_RING_KEY: "k3y", HAB_EVENT_STREAM_URL: "nats://u:p@h", HAB_AUTH_TOKEN: "kept" } });
  await stage.heard("up");
  await stage.spawn(
    "a.default",
    'echo "[$HAB_RING_KEY$HAB_EVENT_STREAM_URL]$HAB_AUTH_TOKEN"; exec sleep 1000',
  );
  await stage.shows("a.default(O): []kept\n");
});

describe("a first Supervisor that does not come up", () => {
  test("by ending", async () => {
    expect(await stage.start({ supervisor: "/bin/false" }).exited).toBe(1);
  });

  test("by ending with 86", async () => {
    expect(await stage.start({ supervisor: stage.script("fails", "exit 86") }).exited).toBe(86);
  });

  test("by never connecting: it is killed", async () => {
    const supervisor = stage.script("mute", "echo $$ > $FS_ROOT/pid; exec sleep 1000");
    const launcher = stage.start({ supervisor, env: { HAB_LAUNCH_SUP_CONNECT_TIMEOUT_SECS: "1" } });
    expect(await launcher.exited).toBe(1);
    await stage.shows("IPC connection timeout");
    expect(isProcessRunning(Number(readFileSync(join(stage.root, "pid"), "utf8")))).toBe(false);
  });

  test("because there is none", async () => {
    expect(await stage.start({ supervisor: "/no/such/program" }).exited).toBe(1);
    await stage.shows("/no/such/program does not exist", 1);
    expect(stage.exists("hab/launcher/PID")).toBe(false);
  });
});

describe("shutting down", () => {
  test("TERM: the Supervisor stops its services, the launcher says goodbye", async () => {
    const launcher = stage.start();
    await stage.heard("up");
    await stage.spawn("a.default", "trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.01; done");
    await stage.shows("a.default(O): up\n");
    launcher.kill("SIGTERM");
    await stage.heard("shutdown");
    expect(await stage.heard("exited")).toEqual(expect.objectContaining({ code: 7, signal: null }));
    expect(await launcher.exited).toBe(0);
    expect(stage.printed[0]).toContain("a.default(O): bye\n");
    expect(stage.printed[0]).not.toContain("Stopping...");
  });

  test("what the Supervisor leaves running is stopped by its own signal and in its own time", async () => {
    const launcher = stage.start();
    await stage.heard("up");
    const polite = "trap 'echo got INT; exit 0' INT; echo up; while :; do sleep 0.01; done";
    await stage.spawn("polite.default", polite, { stopSignal: "INT", stopTimeoutMs: 60_000 });
    await stage.spawn("deaf.default", "trap '' TERM; echo up; while :; do sleep 0.01; done", {
      stopTimeoutMs: 50,
    });
    await stage.shows("polite.default(O): up\n");
    await stage.shows("deaf.default(O): up\n");
    await stage.call("whenAsked", "exit");
    launcher.kill("SIGINT");
    expect(await launcher.exited).toBe(0);
    await stage.shows("polite.default(O): got INT\n");
    await stage.shows("polite.default(SV): Stopping...\n");
    await stage.shows("polite.default(SV): Shutdown OK: Graceful Termination\n");
    await stage.shows("deaf.default(SV): Shutdown OK: Killed\n");
  });

  test("a Supervisor that ignores it does not survive a second ^C", async () => {
    const launcher = stage.start();
    const { pid = 0 } = await stage.heard("up");
    const service = await stage.spawn("a.default", SLEEP);
    await stage.call("whenAsked", "ignore");
    launcher.kill("SIGINT");
    await stage.heard("shutdown");
    expect(isProcessRunning(pid)).toBe(true);
    launcher.kill("SIGINT");
    expect(await launcher.exited).toBe(0);
    expect(isProcessRunning(pid)).toBe(false);
    expect(isProcessRunning(service.pid)).toBe(false);
  });

  test("services are not started any more", async () => {
    const launcher = stage.start();
    await stage.heard("up");
    await stage.call("whenAsked", "ignore");
    launcher.kill("SIGTERM");
    await stage.heard("shutdown");
    expect(stage.spawn("a.default", SLEEP)).rejects.toMatchObject({
      message: expect.stringContaining("shutting down"),
    });
  });
});

describe("signals", () => {
  test("HUP goes to the Supervisor, others are swallowed", async () => {
    const launcher = stage.start();
    await stage.heard("up");
    for (const signal of ["SIGQUIT", "SIGALRM", "SIGUSR1", "SIGUSR2"] as const) launcher.kill(signal);
    launcher.kill("SIGHUP");
    await stage.heard("hangup");
    expect(launcher.exitCode).toBeNull();
  });
});

describe("services", () => {
  test("are told to end and then tell so", async () => {
    stage.start();
    await stage.heard("up");
    const { pid, startTime } = await stage.spawn("a.default", SLEEP);
    expect(await stage.call("terminate", pid, "KILL", 10_000)).toBe("graceful");
    expect(await stage.heard("exited")).toEqual({
      event: "exited",
      group: "a.default",
      pid,
      startTime,
      code: null,
      signal: "SIGKILL",
    } as never);
    expect(await stage.call("terminate", pid)).toBe("already-exited");
    expect(await stage.services()).toEqual([]);
  });

  test("that end at once are told in order: started, then ended", async () => {
    stage.start();
    await stage.heard("up");
    const started = await Promise.all(
      Array.from({ length: 20 }, (_, index) => stage.spawn(`s${index}.default`, `exit ${index}`)),
    );
    await stage.heard("exited", 20);
    const codes = new Map(
      stage.told.filter(({ event }) => event === "exited").map(({ pid, code }) => [pid, code]),
    );
    expect(started.map(({ pid }) => codes.get(pid))).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  test("that end and leave others of their group running: these are ended before the end is told", async () => {
    stage.start();
    await stage.heard("up");
    const { pid } = await stage.spawn(
      "a.default",
      "(trap 'sleep 0.1; exit' TERM; sleep 1000 & wait) & exit 3",
    );
    await stage.heard("exited");
    expect(runningGroupMembers(pid)).toEqual([]);
  });

  test("run once for each group", async () => {
    stage.start();
    await stage.heard("up");
    const attempts = await Promise.allSettled([
      stage.spawn("a.default", SLEEP),
      stage.spawn("a.default", SLEEP),
    ]);
    expect(attempts.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(attempts.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "HAB-LCH-005" },
    });
  });

  test("that cannot be started: the reason comes back", async () => {
    stage.start();
    await stage.heard("up");
    const spec = { group: "a.default", command: ["/no/such/run"], env: {} };
    expect(stage.call("spawn", spec)).rejects.toMatchObject({
      code: "HAB-HST-001",
      message: "cannot start a.default: /no/such/run does not exist",
    });
    expect(stage.call("spawn", { group: "", command: [], env: {} })).rejects.toMatchObject({
      code: "HAB-LCH-007",
    });
  });

  test("get the launcher's environment with their own laid over it", async () => {
    stage.start({ env: { INHERITED: "yes", BUN_OPTIONS: "" } });
    await stage.heard("up");
    await stage.spawn("a.default", 'echo "$INHERITED $OWN [$BUN_OPTIONS] [$HAB_LAUNCHER_PIPE]"', {
      env: { OWN: "too" },
    });
    await stage.shows("a.default(O): yes too [] []\n");
  });

  test.if(canRunAsOtherUser())("run as their user with all groups", async () => {
    stage.start();
    await stage.heard("up");
    const user = { uid: 4711, gid: 4712, groups: [4712, 4713] };
    const { pid } = await stage.spawn("a.default", "id -u; id -G; exec sleep 1000", { user });
    await stage.shows("a.default(O): 4711\n");
    await stage.shows("a.default(O): 4712 4713\n");
    expect(await stage.services()).toEqual([expect.objectContaining({ pid, user })]);
  });

  test("print lines: cut, cleaned, by stream", async () => {
    stage.start();
    await stage.heard("up");
    await stage.spawn("a.default", "printf 'one\\r\\ntw\\377o\\nrest'; echo wrong >&2");
    await stage.shows("a.default(O): one\na.default(O): tw\u{fffd}o\na.default(O): rest\n");
    await stage.shows("a.default(E): wrong\n", 1);
  });

  test("print as JSON when asked to", async () => {
    stage.start({ args: ["--json-logging"] });
    await stage.heard("up");
    await stage.spawn("a.default", "echo 'say \"hi\"'");
    await stage.shows('{"preamble":"a.default","logkey":"O","content":"say \\"hi\\""}\n');
  });

  test("a flood with nobody reading holds up that service, and nothing else", async () => {
    stage.start();
    await stage.heard("up");
    stage.read(false);
    const { pid } = await stage.spawn("flood.default", "exec seq 1 1000000");
    const other = await stage.spawn("b.default", SLEEP);
    for (let index = 0; index < 20; index++) expect((await stage.services()).length).toBe(2);
    expect(await stage.call("terminate", other.pid)).toBe("graceful");
    expect(isProcessRunning(pid)).toBe(true);
    stage.read(true);
    await stage.shows("flood.default(O): 1000000\n");
    expect(stage.printed[0].match(/^flood\.default\(O\): \d+$/gm)?.length).toBe(1_000_000);
  });

  test("leave no zombie and no descriptor behind", async () => {
    const launcher = stage.start();
    await stage.heard("up");
    const round = async (index: number) => {
      const { pid } = await stage.spawn(`s${index}.default`, "echo x; exec sleep 1000");
      await stage.call("terminate", pid, "KILL");
    };
    await round(0);
    const descriptors = () => readdirSync(`/proc/${launcher.pid}/fd`).length;
    const before = descriptors();
    for (let index = 1; index <= 20; index++) await round(index);
    while (descriptors() > before + 2) await stage.services();
    expect(childrenOf(launcher.pid).filter(({ state }) => state === "Z")).toEqual([]);
  });
});

describe("two launchers", () => {
  test("only one for a root", async () => {
    const first = stage.start();
    await stage.heard("up");
    const second = stage.start();
    expect(await second.exited).toBe(86);
    await stage.shows("Is another Supervisor process running?", 1);
    expect(readFileSync(join(stage.root, "hab/launcher/PID"), "utf8")).toBe(String(first.pid));
    expect(first.exitCode).toBeNull();
  });
});

describe("a launcher that is killed", () => {
  test("the Supervisor notices and can still stop the services", async () => {
    const launcher = stage.start();
    await stage.heard("up");
    const service = await stage.spawn("a.default", SLEEP);
    launcher.kill("SIGKILL");
    await stage.heard("lost");
    expect(isProcessRunning(service.pid, service.startTime)).toBe(true);
    expect(await stage.call("terminate", service.pid, "TERM", 10_000)).toBe("graceful");
    expect(stage.services()).rejects.toMatchObject({ code: "HAB-LCH-003" });
  });

  test("what a service prints then is printed by the Supervisor, and does not end it", async () => {
    const launcher = stage.start();
    await stage.heard("up");
    const { pid } = await stage.spawn(
      "a.default",
      "trap 'echo bye; echo wrong >&2; exit 0' TERM; echo up; while :; do sleep 0.01; done",
    );
    await stage.shows("a.default(O): up\n");
    launcher.kill("SIGKILL");
    await stage.heard("lost");
    expect(await stage.call("terminate", pid, "TERM", 10_000)).toBe("graceful");
    await stage.shows("a.default(O): bye\n");
    await stage.shows("a.default(E): wrong\n", 1);
  });

  test("the next launcher lets the Supervisor stop its services in order before it starts another", async () => {
    const first = stage.start();
    await stage.heard("up");
    const service = await stage.spawn("a.default", SLEEP);
    first.kill("SIGKILL");
    await stage.heard("lost");
    stage.start();
    await stage.shows("hab-launch(SV): Waiting for the Supervisor of a launcher that was killed");
    expect(isProcessRunning(service.pid, service.startTime)).toBe(true);
    expect(await stage.call("terminate", service.pid, "TERM", 10_000)).toBe("graceful");
    void stage.call("exit", 0);
    expect((await stage.heard("up", 2)).services).toEqual([]);
    expect(stage.printed[0]).not.toContain("left behind");
  });

  test("a sweep waits for that Supervisor too, and leaves a launcher that runs alone", async () => {
    const launcher = stage.start();
    const { pid = 0 } = await stage.heard("up");
    // What the Supervisor may take to stop it is waited for: not long.
    const service = await stage.spawn("a.default", SLEEP, { stopTimeoutMs: 100 });
    expect(await stage.start({ verb: "sweep" }).exited).toBe(0);
    expect(isProcessRunning(service.pid, service.startTime)).toBe(true);
    launcher.kill("SIGKILL");
    await stage.heard("lost");
    const sweep = stage.start({ verb: "sweep" });
    await stage.shows(`Waiting for the Supervisor of a launcher that was killed (PID ${pid})`);
    void stage.call("exit", 0);
    expect(await sweep.exited).toBe(0);
    expect(isProcessRunning(service.pid, service.startTime)).toBe(false);
    expect(stage.exists("hab/launcher/PID")).toBe(false);
  });

  test("together with its Supervisor: the next launcher stops what they left behind", async () => {
    const launcher = stage.start();
    const { pid = 0 } = await stage.heard("up");
    const service = await stage.spawn("a.default", SLEEP);
    process.kill(pid, "SIGSTOP");
    launcher.kill("SIGKILL");
    process.kill(pid, "SIGKILL");
    await launcher.exited;
    await waitForExit(pid);
    expect(isProcessRunning(service.pid, service.startTime)).toBe(true);
    stage.start();
    expect((await stage.heard("up", 2)).services).toEqual([]);
    expect(isProcessRunning(service.pid, service.startTime)).toBe(false);
    await stage.shows("left behind by a launcher that was killed");
  });
});

test("idle, it does nothing: no timer, no wake-up", async () => {
  const launcher = stage.start();
  await stage.heard("up");
  await stage.spawn("a.default", SLEEP);
  const target = readlinkSync(`/proc/${launcher.pid}/exe`);
  expect(target).toBe(HAB_WORDS[0] ?? "");
  const switches = () => {
    const text = readFileSync(`/proc/${launcher.pid}/status`, "utf8");
    return Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(text)?.[1]);
  };
  // The garbage collector settles first; then nothing wakes the thread any more.
  let before = -1;
  while (before !== switches()) {
    before = switches();
    await Bun.sleep(100);
  }
  expect(switches()).toBe(before);
}, 30_000);
