// `hab sup run` as process 1 of a container, with a real Supervisor and a service that leaves orphans.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { processStatus } from "../../src/host/index.ts";
import { TestSupervisor } from "./harness.ts";

const WRAPPER = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"];
const canUnshare = Bun.spawnSync([...WRAPPER, "true"]).success;

if (!canUnshare) test.skip("in a container: this machine does not allow user and pid namespaces", () => {});

describe.skipIf(!canUnshare)("in a container", () => {
  let supervisor: TestSupervisor;

  beforeEach(async () => {
    supervisor = await TestSupervisor.create({ wrapper: WRAPPER });
    supervisor.addPackage("web", {
      hooks: {
        run:
          "#!/bin/sh\ntrap 'echo bye; exit 0' TERM\nsetsid sh -c 'sleep 0.02 & sleep 0.04 & exit' &\n" +
          "echo ready\nwhile :; do sleep 1000 & wait $!; done\n",
        "post-stop": "#!/bin/sh\n(sleep 0.01 &)\necho post-stop\n",
      },
    });
  });
  afterEach(() => supervisor.stop());

  /** Process 1, by its pid out here. */
  function processOne(): number {
    const { launcherPid: unshare } = supervisor;
    return Number(readFileSync(`/proc/${unshare}/task/${unshare}/children`, "utf8"));
  }

  const childrenOf = (pid: number) =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);

  test("no orphan stays, and SIGTERM ends everything in order, with exit code 0", async () => {
    await supervisor.start();
    await supervisor.load("web");
    await supervisor.until(() => supervisor.said("web.default(O): ready") === 1, "the service");
    const one = processOne();
    // The Supervisor and the service; what they left has been collected.
    const isSettled = () =>
      childrenOf(one).length === 2 && childrenOf(one).every((pid) => processStatus(pid)?.state !== "Z");
    await supervisor.until(isSettled, "the orphans to be collected");
    process.kill(one, "SIGTERM");
    expect(await supervisor.exited).toBe(0);
    const said = (text: string) => supervisor.log.findIndex((line) => line.includes(text));
    expect(said("web.default(O): bye")).toBeGreaterThan(-1);
    expect(said("hook[post-stop]:(HK): post-stop")).toBeGreaterThan(said("web.default(O): bye"));
    expect(said("Hasta la vista")).toBeGreaterThan(said("hook[post-stop]:(HK): post-stop"));
  });

  test("a Supervisor that cannot go on: the container's exit code is 86", async () => {
    const blocked = await TestSupervisor.create({
      wrapper: WRAPPER,
      args: ["--peer-watch-file=x", "--ring=none"],
    });
    blocked.launch();
    expect(await blocked.exited).toBe(86);
    await blocked.stop();
  });
});
