// The launcher as process 1 of a container: it collects orphans, obeys the signals a container engine sends, and its exit
// code is that of the container.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { Stage } from "./testing/stage.ts";

/** A pid namespace, in a user namespace so that no rights are needed. */
const WRAPPER = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"];
const canUnshare = Bun.spawnSync([...WRAPPER, "true"]).success;
const SLEEP = "exec sleep 1000";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.end());

if (!canUnshare) test.skip("as process 1: this machine does not allow user and pid namespaces", () => {});

describe.skipIf(!canUnshare)("as process 1 the launcher", () => {
  /** Starts it and waits for its Supervisor; `pid` is the launcher's outside of the namespace. */
  async function start() {
    const container = stage.start({ wrapper: WRAPPER });
    await stage.heard("up");
    const children = readFileSync(`/proc/${container.pid}/task/${container.pid}/children`, "utf8");
    expect(readFileSync(`${stage.root}/hab/launcher/PID`, "utf8")).toBe("1");
    return { container, pid: Number(children) };
  }

  test("collects orphans, whoever left them", async () => {
    await start();
    await stage.spawn("a.default", "(sleep 0.05; exit 1) & (exit 2) & exit 0");
    await stage.spawn("c.default", "setsid sh -c 'sleep 0.02 & sleep 0.03 & exit' & sleep 0.1");
    await stage.spawn(
      "b.default",
      "while :; do grep -hs '^State:.Z' /proc/[0-9]*/status || { echo none; exit; }; done",
    );
    await stage.shows("b.default(O): none\n");
  });

  test.each(["SIGTERM", "SIGINT"] as const)("ends everything in order at %s, with 0", async (signal) => {
    const { container, pid } = await start();
    await stage.spawn("a.default", "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done");
    await stage.shows("a.default(O): up\n");
    process.kill(pid, signal);
    await stage.heard("shutdown");
    expect(await container.exited).toBe(0);
    expect(stage.printed[0]).toContain("a.default(O): bye\n");
    expect(stage.exists("hab/launcher/PID")).toBe(false);
  });

  test("hands SIGHUP on, and swallows what would end process 1 nowhere else", async () => {
    const { container, pid } = await start();
    for (const signal of ["SIGQUIT", "SIGALRM", "SIGUSR1", "SIGUSR2"] as const) process.kill(pid, signal);
    process.kill(pid, "SIGHUP");
    await stage.heard("hangup");
    expect(container.exitCode).toBeNull();
  });

  test.each([
    [84, 0],
    [86, 86],
  ])("ends with the Supervisor's %p as %p", async (code, expected) => {
    const { container } = await start();
    await stage.spawn("a.default", SLEEP);
    void stage.call("exit", code);
    expect(await container.exited).toBe(expected);
    await stage.shows("a.default(SV): Shutdown OK: Graceful Termination\n");
  });

  test("ends with 1 when the first Supervisor does not come up", async () => {
    expect(await stage.start({ wrapper: WRAPPER, supervisor: "/bin/false" }).exited).toBe(1);
  });

  test("starts anew over the records of a process 1 before it, whose pids mean others now", async () => {
    const { container } = await start();
    await stage.spawn("a.default", SLEEP);
    container.kill("SIGKILL");
    await container.exited;
    stage.start({ wrapper: WRAPPER });
    expect((await stage.heard("up", 2)).services).toEqual([]);
    await stage.spawn("a.default", "echo again; exec sleep 1000");
    await stage.shows("a.default(O): again\n");
  });
});
