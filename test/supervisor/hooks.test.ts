// Hooks under a real launcher and Supervisor: time limits, what is left behind, draining, readiness, the liveness rule, metrics
// (docs/run-a-service.md, docs/decisions/0025-hooks.md). No hook and no child of one outlives what it was for.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isProcessRunning } from "../../src/host/index.ts";
import { type PackageParts, TestSupervisor } from "./harness.ts";

/** Notes its pid and that of a child, and ends neither by itself nor by SIGTERM. */
const STUBBORN = `#!/bin/sh
trap '' TERM
sleep 100000 &
echo "$$ $!" >>{{pkg.svc_var_path}}/pids
echo hangs
wait
`;
const note = (word: string, rest = "") => `#!/bin/sh\necho ${word} >>{{pkg.svc_var_path}}/order\n${rest}\n`;
/** A service that stays until it is told to end, and notes that. */
const NOTES_ITS_END = note(
  "run",
  "trap 'echo term >>{{pkg.svc_var_path}}/order; exit 0' TERM\nsleep 100000 &\nwait",
);
/** What a hook waits for: that the test has put a file there. */
const UNTIL_GO = "until [ -e {{pkg.svc_var_path}}/go ]; do sleep 0.02; done";

/** Ready while it has a file, and drains until it has another. */
const WARMS: PackageParts = {
  hooks: {
    readiness: "#!/bin/sh\n[ -e {{pkg.svc_var_path}}/warm ] || { echo cold; exit 1; }\n",
    "pre-stop": `#!/bin/sh\n${UNTIL_GO}\n`,
  },
  files: { "hooks.toml": "[readiness]\ninterval = 1\nfailures = 1\n" },
};

let supervisor: TestSupervisor;

beforeAll(async () => {
  supervisor = await TestSupervisor.create();
  supervisor.addPackage("plain");
  supervisor.addPackage("hung", {
    hooks: { "health-check": STUBBORN },
    files: { "hooks.toml": "[health-check]\ntimeout = 1\nlater = 1\n" },
  });
  supervisor.addPackage("stuck", { hooks: { init: STUBBORN } });
  supervisor.addPackage("limited", {
    hooks: { init: "#!/bin/sh\necho $$ >>{{pkg.svc_var_path}}/pids\nexec sleep 100000\n" },
  });
  supervisor.addPackage("jams", {
    toml: "n = 1\n",
    hooks: { reconfigure: STUBBORN, "post-stop": STUBBORN },
    files: { "config/n": "{{cfg.n}}\n", "hooks.toml": "[post-stop]\ntimeout = 1\n" },
  });
  supervisor.addPackage("reloads", {
    toml: "n = 1\n",
    hooks: {
      run: NOTES_ITS_END,
      reconfigure: note("begun", `${UNTIL_GO}\necho reloaded >>{{pkg.svc_var_path}}/order`),
    },
    files: { "config/n": "{{cfg.n}}\n" },
  });
  supervisor.addPackage("installing", { hooks: { install: STUBBORN } });
  supervisor.addPackage("forks", {
    hooks: { init: "#!/bin/sh\nsleep 100000 &\necho $! >{{pkg.svc_var_path}}/pids\necho forked\n" },
  });
  supervisor.addPackage("drains", {
    hooks: {
      run: NOTES_ITS_END,
      "pre-stop": note("pre-stop", UNTIL_GO),
      "post-stop": note("post-stop"),
    },
  });
  supervisor.addPackage("drainless", { hooks: { "pre-stop": STUBBORN } });
  supervisor.addPackage("warms", WARMS);
  supervisor.addPackage("sick", { hooks: { "health-check": "#!/bin/sh\nexit 2\n" } });
  for (const name of ["plain", "hung", "forks", "drains", "warms"]) want(name);
  want("stuck", "shutdown_timeout = 1\n");
  want("jams", "shutdown_timeout = 1\n");
  want("reloads", "shutdown_timeout = 240\n");
  want("limited", "[hooks.init]\ntimeout = 1\n");
  want("installing");
  want("drainless", "shutdown_timeout = 2\n");
  want("sick", "[health_check_interval]\nsecs = 1\nnanos = 0\n");
  await supervisor.start();
});

afterAll(async () => {
  await supervisor.stop();
});

/** Loads a service as who writes its spec does: at once, and many side by side. */
const want = (name: string, more = "") =>
  supervisor.write(`hab/sup/default/specs/${name}.spec`, `ident = "vec/${name}"\n${more}`);
const unload = (name: string) => supervisor.remove(`hab/sup/default/specs/${name}.spec`);

/** The pids a service's hooks noted, once they have. */
async function pidsOf(name: string): Promise<number[]> {
  const path = `hab/svc/${name}/var/pids`;
  await supervisor.until(() => existsSync(join(supervisor.root, path)) && supervisor.read(path) !== "", path);
  return supervisor.read(path).trim().split(/\s+/).map(Number);
}

/** An orphan that has ended is the machine's to collect. */
const isThere = (pid: number) => isProcessRunning(pid);

async function goneAll(pids: readonly number[]): Promise<void> {
  await supervisor.until(() => !pids.some(isThere), `the processes ${pids.join(", ")} to be gone`);
}

const goneService = (name: string) =>
  supervisor.until(async () => (await supervisor.service(name)) === undefined, `${name} to be gone`);

async function shown(name: string): Promise<Record<string, unknown>> {
  return { ...(await supervisor.service(name)) };
}

async function runs(name: string, hook: string, outcome: string): Promise<number> {
  const line = `hab_sup_service_hook_runs_total{service_group="${name}.default",hook="${hook}",outcome="${outcome}"} `;
  const { body } = await supervisor.get("/metrics");
  return Number(
    body
      .split("\n")
      .find((each) => each.startsWith(line))
      ?.slice(line.length) ?? 0,
  );
}

const zombies = () =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
        return fields[0] === "Z" && Number(fields[1]) === supervisor.supervisorPid;
      } catch {
        return false;
      }
    });

describe("a hook that does not end", () => {
  test("in its time is ended with its children, counts as failed, and holds up nothing", async () => {
    await supervisor.up("hung");
    await supervisor.up("plain");
    const pids = await pidsOf("hung");
    await supervisor.until(async () => (await runs("hung", "health-check", "timed-out")) > 0, "the limit");
    await goneAll(pids.slice(0, 2));
    expect((await shown("hung"))["health_check"]).toBe("Critical");
    expect(JSON.parse((await supervisor.get("/services/hung/default/health")).body)).toEqual({
      status: "CRITICAL",
      stdout: "hangs\n",
      stderr: "",
    });
    expect(
      supervisor.said("The health-check hook did not end within 1 s and was ended, with all it had started"),
    ).toBeGreaterThan(0);
    expect(supervisor.said("hooks.toml: nothing is known of health-check.later")).toBeGreaterThan(0);
    const { err } = await supervisor.hab("svc", "status", "vec/hung");
    expect(err).toContain("hung.default: its health-check hook did not end within 1 s");
  });

  test("is given another limit while its service runs", async () => {
    const { process: before } = await supervisor.up("hung");
    const { exit } = await supervisor.hab("svc", "update", "vec/hung", "--hook", "health-check.timeout=600");
    expect(exit).toBe(0);
    expect(supervisor.read("hab/sup/default/specs/hung.spec")).toEndWith(
      "[hooks.health-check]\ntimeout = 600\n",
    );
    await supervisor.until(async () => (await shown("hung"))["hook_settings"] !== undefined, "the settings");
    expect((await supervisor.up("hung")).process.pid).toBe(before.pid);
  });

  test("ends with its service, whether it cares for SIGTERM or not", async () => {
    await supervisor.up("jams");
    supervisor.write("hab/user/jams/config/user.toml", "n = 2\n");
    const names = ["stuck", "hung", "jams"];
    const pids = (await Promise.all(names.map(pidsOf))).flat();
    names.map(unload);
    await Promise.all(names.map(goneService));
    expect([...pids, ...(await pidsOf("jams"))].filter(isThere)).toEqual([]);
    expect(await runs("jams", "reconfigure", "abandoned")).toBe(1);
    expect(await runs("jams", "post-stop", "timed-out")).toBe(1);
  });

  test("is init: fails the start, which is tried again", async () => {
    await supervisor.until(
      async () => ((await supervisor.service("limited"))?.restart_count ?? 0) > 0,
      "another start",
    );
    expect((await supervisor.service("limited"))?.last_process_state?.termination_reason).toBe(
      "init_hook_failed",
    );
    unload("limited");
    await goneService("limited");
    await goneAll(await pidsOf("limited"));
  });

  test("is an install hook: what waits for it can be unloaded", async () => {
    const pids = await pidsOf("installing");
    unload("installing");
    await goneAll(pids);
    await goneService("installing");
  });
});

test("a hook that acts on the process comes to its end before the process is told to stop", async () => {
  const order = () => supervisor.read("hab/svc/reloads/var/order").trim().split("\n");
  await supervisor.up("reloads");
  await supervisor.until(
    () => existsSync(join(supervisor.root, "hab/svc/reloads/var/order")),
    "the run hook",
  );
  supervisor.write("hab/user/reloads/config/user.toml", "n = 2\n");
  await supervisor.until(() => order().includes("begun"), "the reconfigure hook");
  want("reloads", 'shutdown_timeout = 240\ndesired_state = "down"\n');
  await supervisor.until(async () => (await shown("reloads"))["desired_state"] === "Down", "the stop");
  supervisor.write("hab/svc/reloads/var/go", "");
  await supervisor.until(() => order().includes("term"), "its end");
  expect(order()).toEqual(["run", "begun", "reloaded", "term"]);
  expect(await runs("reloads", "reconfigure", "ok")).toBe(1);
});

test("a child that a hook left behind keeps its pipe open and holds up nothing; it is left alone", async () => {
  await supervisor.up("forks");
  const [child = 0] = await pidsOf("forks");
  expect(await runs("forks", "init", "ok")).toBe(1);
  unload("forks");
  await goneService("forks");
  expect(isThere(child)).toBe(true);
  process.kill(child, "SIGKILL");
  await goneAll([child]);
});

describe("draining", () => {
  const order = () => supervisor.read("hab/svc/drains/var/order").trim().split("\n");

  test("comes before the signal, and is seen", async () => {
    const { process: running } = await supervisor.up("drains");
    await supervisor.until(
      () => existsSync(join(supervisor.root, "hab/svc/drains/var/order")),
      "the run hook",
    );
    want("drains", 'desired_state = "down"\n');
    await supervisor.until(async () => (await shown("drains"))["draining"] === true, "draining");
    expect((await shown("drains"))["process"]).toMatchObject({ pid: running.pid, state: "up" });
    const census = JSON.parse((await supervisor.get("/census")).body);
    expect(census.census_groups["drains.default"].population[supervisor.memberId]).toMatchObject({
      alive: true,
      draining: true,
    });
    const status = await supervisor.hab("svc", "status", "vec/drains", "--json");
    expect(JSON.parse(status.out)).toMatchObject([{ state: "up", draining: true }]);
    supervisor.write("hab/svc/drains/var/go", "");
    await supervisor.until(
      async () => (await supervisor.service("drains"))?.process.state === "down",
      "its end",
    );
    await supervisor.until(() => order().includes("post-stop"), "post-stop");
    expect(order()).toEqual(["run", "pre-stop", "term", "post-stop"]);
  });

  test("is over when the service runs again, and comes again before a restart", async () => {
    want("drains");
    const { process: running } = await supervisor.up("drains");
    expect(Object.keys(await shown("drains"))).not.toContain("draining");
    const { census_groups: groups } = JSON.parse((await supervisor.get("/census")).body);
    expect(Object.keys(groups["drains.default"].population[supervisor.memberId])).not.toContain("draining");
    await supervisor.until(() => order().at(-1) === "run", "the run hook");
    want("drains", 'group = "other"\n');
    await supervisor.until(
      async () =>
        JSON.parse((await supervisor.get("/services/drains/other")).body || "{}").process?.state === "up",
      "it to be up in its new group",
    );
    await supervisor.until(() => order().length === 9, "the run hook");
    expect(order().slice(4)).toEqual(["run", "pre-stop", "term", "post-stop", "run"]);
    expect(isThere(running.pid as number)).toBe(false);
    unload("drains");
  });

  test("does not take more than the shutdown timeout", async () => {
    const { process: running } = await supervisor.up("drainless");
    unload("drainless");
    await goneService("drainless");
    await goneAll([running.pid as number, ...(await pidsOf("drainless"))]);
    expect(await runs("drainless", "pre-stop", "timed-out")).toBe(1);
    expect(supervisor.said(`Service gracefully terminated (PID: ${running.pid})`)).toBe(1);
  });
});

describe("readiness", () => {
  const ready = async () => {
    const { body } = await supervisor.get("/readyz");
    const found = JSON.parse(body).services.find(
      (each: { service_group: string }) => each.service_group === "warms.default",
    );
    return found as { ready: boolean; reasons: string[] };
  };

  test("is the service's own word, beside its health", async () => {
    await supervisor.up("warms");
    await supervisor.until(async () => (await runs("warms", "readiness", "failed")) > 0, "the hook");
    expect(await shown("warms")).toMatchObject({ health_check: "Ok", ready: false });
    expect(await ready()).toMatchObject({ ready: false, reasons: ["its readiness hook says no: cold"] });
    const census = JSON.parse((await supervisor.get("/census")).body);
    expect(census.census_groups["warms.default"].population[supervisor.memberId]).toMatchObject({
      not_ready: true,
    });
    expect((await supervisor.get("/metrics")).body).toContain(
      'hab_sup_service_ready{service_group="warms.default"} 0',
    );
    const status = await supervisor.hab("svc", "status", "vec/warms", "--json");
    expect(JSON.parse(status.out)).toMatchObject([
      { ready: false, not_ready: ["its readiness hook says no: cold"], draining: false },
    ]);
  });

  test("flips, is waited for, and is told as an event", async () => {
    const leave = new AbortController();
    let told = "";
    const following = fetch(supervisor.httpUrl("/events"), { signal: leave.signal }).then(
      async ({ body }) => {
        for await (const chunk of body ?? []) told += Buffer.from(chunk).toString();
      },
    );
    const waiting = supervisor.hab("svc", "status", "vec/warms", "--wait", "ready");
    supervisor.write("hab/svc/warms/var/warm", "");
    expect((await waiting).exit).toBe(0);
    expect((await ready()).ready).toBe(true);
    const census = JSON.parse((await supervisor.get("/census")).body);
    const member = census.census_groups["warms.default"].population[supervisor.memberId];
    expect(Object.keys(member)).not.toContain("not_ready");
    supervisor.remove("hab/svc/warms/var/warm");
    await supervisor.until(async () => !(await ready()).ready, "it to be not ready again");
    expect((await supervisor.up("warms")).restart_count).toBe(0);
    await supervisor.until(
      () => told.includes('"reasons":["its readiness hook says no: cold"]'),
      "the event",
    );
    expect(told).toContain("event: readiness\n");
    expect(told).toContain('"service_group":"warms.default","ready":true,"reasons":[],"draining":false');
    leave.abort();
    await following.catch(() => {});
  });

  test("a new Supervisor does not take a ready service out meanwhile", async () => {
    supervisor.write("hab/svc/warms/var/warm", "");
    await supervisor.until(async () => (await ready()).ready, "it to be ready");
    const flips = () => supervisor.said("warms.default(HK): Not ready");
    const before = flips();
    expect((await supervisor.hab("sup", "restart")).exit).toBe(0);
    await supervisor.until(() => supervisor.said("Reattaching to warms.default") === 1, "reattachment");
    await supervisor.until(async () => (await runs("warms", "readiness", "ok")) > 0, "the hook");
    expect(await shown("warms")).toMatchObject({ ready: true });
    expect(flips()).toBe(before);
  });
});

describe("a group of two, and who is bound to it", () => {
  let other: TestSupervisor;
  /** Members in the consumer's file. */
  const listed = () => supervisor.read("hab/svc/front/config/members").trim().split(" ").sort();
  const both = () => [supervisor.memberId, other.memberId].sort();

  beforeAll(async () => {
    other = await TestSupervisor.create({ args: ["--peer", supervisor.gossipAddress] });
    other.addPackage("warms", WARMS);
    supervisor.addPackage("front", {
      hooks: { reconfigure: "#!/bin/sh\nexit 0\n" },
      files: {
        BINDS: "warms=\n",
        "config/members": "{{#each bind.warms.members as |each|}}{{each.member_id}} {{/each}}\n",
      },
    });
    supervisor.write("hab/svc/warms/var/warm", "");
    other.write("hab/sup/default/specs/warms.spec", 'ident = "vec/warms"\n');
    other.write("hab/svc/warms/var/warm", "");
    await other.start();
    want("front", 'binds = ["warms:warms.default"]\n');
    await supervisor.up("front");
    await supervisor.until(() => listed().join() === both().join(), "both members");
  });
  afterAll(async () => {
    await other.stop();
  });

  test("send work to those that are ready, and to all when none is", async () => {
    other.remove("hab/svc/warms/var/warm");
    await supervisor.until(() => listed().join() === supervisor.memberId, "the one that is ready");
    supervisor.remove("hab/svc/warms/var/warm");
    await supervisor.until(() => listed().join() === both().join(), "both, as neither is ready");
    supervisor.write("hab/svc/warms/var/warm", "");
    other.write("hab/svc/warms/var/warm", "");
    await supervisor.until(
      async () => !(await supervisor.get("/census")).body.includes("not_ready"),
      "both to be ready",
    );
    await supervisor.until(() => listed().join() === both().join(), "both");
  });

  test("send nothing more to one that drains, before its process is told to stop", async () => {
    const { process: running } = await other.up("warms");
    other.write("hab/sup/default/specs/warms.spec", 'ident = "vec/warms"\ndesired_state = "down"\n');
    await supervisor.until(() => listed().join() === supervisor.memberId, "the one that stays");
    expect(isThere(running.pid as number)).toBe(true);
    other.write("hab/svc/warms/var/go", "");
    await other.until(async () => (await other.service("warms"))?.process.state === "down", "its end");
    expect(listed()).toEqual([supervisor.memberId]);
  });
});

describe("the liveness rule", () => {
  test("restarts a service after criticals in a row, and only where it is asked for", async () => {
    await supervisor.until(async () => (await runs("sick", "health-check", "failed")) > 1, "two checks");
    expect(await supervisor.up("sick")).toMatchObject({ health_check: "Critical", restart_count: 0 });
    want("sick", "[health_check_interval]\nsecs = 1\nnanos = 0\n[hooks.health-check]\nrestart_after = 1\n");
    await supervisor.until(
      async () =>
        (await supervisor.service("sick"))?.last_process_state?.termination_reason === "health_check_failed",
      "the restart",
    );
    unload("sick");
    await goneService("sick");
  });
});

test("runs of hooks are counted beside the original's histogram, and leave no zombies", async () => {
  const { body } = await supervisor.get("/metrics");
  for (const line of [
    "# TYPE hab_sup_hook_duration_seconds histogram",
    "# TYPE hab_sup_service_hook_duration_seconds histogram",
    "# TYPE hab_sup_service_hook_runs_total counter",
    "# TYPE hab_sup_service_ready gauge",
    'hab_sup_service_hook_duration_seconds_count{service_group="sick.default",hook="health-check"}',
    'hab_sup_hook_duration_seconds_count{hook="health-check"}',
  ])
    expect(body).toContain(line);
  await supervisor.until(() => zombies().length === 0, "no zombies");
});

test("the end of the Supervisor is held up by no hook, and leaves none", async () => {
  for (const name of ["stuck", "installing"]) {
    supervisor.remove(`hab/svc/${name}/var/pids`);
    want(name);
  }
  const pids = [...(await pidsOf("stuck")), ...(await pidsOf("installing"))];
  supervisor.write("hab/svc/warms/var/go", "");
  want("drainless", "shutdown_timeout = 2\n");
  const { process: running } = await supervisor.up("drainless");
  process.kill(supervisor.launcherPid, "SIGTERM");
  expect(await supervisor.exited).toBe(0);
  const all = [...pids, ...(await pidsOf("drainless")), running.pid as number];
  expect(all.filter(isThere)).toEqual([]);
});
