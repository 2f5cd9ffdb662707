// What ends and restarts launcher, Supervisor and services, against what the original did (restart.json; reference/supervisor.md
// §9): signals, `hab sup restart` and `term`, exit codes, the lock. Where we differ on purpose (docs/decisions/0016-launcher.md)
// the test says so.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isProcessRunning } from "../../../src/host/index.ts";
import { type ServiceJson, TestSupervisor } from "../../supervisor/harness.ts";
import vectors from "./restart.json";

interface Expected {
  readonly launcher_exit?: number | null;
  readonly supervisor_pid_changed?: boolean;
  readonly service_pids_unchanged?: boolean;
  readonly restart_count?: number;
  readonly restart_count_after?: number;
  readonly last_process_state_after?: null;
  readonly last_process_state_reason?: string;
  readonly lock_file_left?: boolean;
  readonly launcher_pid_file_left?: boolean;
}

function expected(name: string): Expected {
  const found = (vectors as readonly { name: string; expect: unknown }[]).find((each) => each.name === name);
  if (found === undefined) throw new Error(`no vector ${name}`);
  return found.expect as Expected;
}

/** A moment of a service's back-off. */
interface Moment {
  readonly state: string;
  readonly restart_count: number;
  readonly termination_reason: string | null;
  readonly next_restart_at_set: boolean;
}

const BACK_OFF = "back-off min 2 max 5 cool-down 6: failing run (exit 4 after 2 s) and failing init";

let supervisor: TestSupervisor;
let signs: string;
let backOff: Promise<{ readonly moments: readonly Moment[]; readonly log: readonly string[] }>;

beforeAll(async () => {
  signs = mkdtempSync(join(tmpdir(), "hab-test-exit-"));
  supervisor = await TestSupervisor.create({ env: { HAB_FEAT_TEST_EXIT: join(signs, "exit") } });
  supervisor.addPackage("web", {
    hooks: { "post-stop": "#!/bin/sh\necho post-stop >>{{pkg.svc_var_path}}/order\n" },
  });
  supervisor.addPackage("lifeonlyrun", {
    hooks: { run: "#!/bin/sh\ntrap 'echo got term; exit 0' TERM\nwhile :; do sleep 1000 & wait $!; done\n" },
  });
  await supervisor.start();
  for (const name of NAMES) await supervisor.load(name);
  backOff = watchBackOff();
}, 30_000);

afterAll(async () => {
  await supervisor.stop();
  rmSync(signs, { recursive: true });
}, 30_000);

const NAMES = ["web", "lifeonlyrun"] as const;

async function services(): Promise<ServiceJson[]> {
  if ((await supervisor.get("/services")).status !== 200) await supervisor.start();
  return Promise.all(NAMES.map((name) => supervisor.up(name)));
}

const pids = (all: readonly ServiceJson[]) => all.map(({ process: { pid } }) => pid as number);
const simulateExit = (code: number) => writeFileSync(join(signs, "exit"), `${code}\n`);
const signal = (pid: () => number, name: NodeJS.Signals) => () => void process.kill(pid(), name);
const ofLauncher = () => supervisor.launcherPid;
const ofSupervisor = () => supervisor.supervisorPid;

describe("a service process that is killed", () => {
  // Unlike the original, each further one is answered by a longer pause.
  test.each([1, 2, 3, 4, 5, 6])("run %d: there again, counted, with the reason", async (run) => {
    const wanted = expected(`SIGKILL of the service process, run ${run}`);
    const before = (await services())[0];
    process.kill(before?.process.pid as number, "SIGKILL");
    const after = await supervisor.up("web", before?.process.pid);
    expect(after.restart_count).toBe(wanted.restart_count as number);
    expect(after.last_process_state).toMatchObject({
      pid: before?.process.pid,
      termination_reason: wanted.last_process_state_reason,
    });
  });
});

describe("a Supervisor is replaced, its services stay, and counting starts anew", () => {
  const rows: readonly (readonly [string, () => unknown])[] = [
    ["hab sup restart", () => supervisor.hab("sup", "restart")],
    ["SIGHUP to the launcher", signal(ofLauncher, "SIGHUP")],
    ["SIGHUP to the Supervisor", signal(ofSupervisor, "SIGHUP")],
    [
      "Supervisor exits with code 1 (HAB_FEAT_TEST_EXIT), PID file falsified before",
      () => {
        supervisor.write("hab/svc/web/PID", "1");
        simulateExit(1);
      },
    ],
  ];

  test.each(rows)("%s", async (name, act) => {
    const wanted = expected(name);
    const before = { services: await services(), supervisor: supervisor.supervisorPid };
    await act();
    await supervisor.until(() => !isProcessRunning(before.supervisor), "the old Supervisor to end");
    await supervisor.until(async () => (await supervisor.get("/services")).status === 200, "the new one");
    const after = await Promise.all(NAMES.map((each) => supervisor.up(each)));
    expect(wanted.supervisor_pid_changed).toBe(true);
    expect(supervisor.supervisorPid).not.toBe(before.supervisor);
    expect(wanted.service_pids_unchanged).toBe(true);
    expect(pids(after)).toEqual(pids(before.services));
    expect(after.map(({ restart_count: count }) => count)).toEqual([0, 0]);
    expect(wanted.restart_count_after).toBe(0);
    expect(after.map(({ last_process_state: last }) => last)).toEqual([null, null]);
    expect(wanted.last_process_state_after).toBeNull();
    expect(Number(supervisor.read("hab/sup/default/LOCK"))).toBe(supervisor.launcherPid);
  });

  // The original's launcher stops everything then, and exits with 0.
  test("SIGKILL of the Supervisor process: also then, unlike the original", async () => {
    expect(expected("SIGKILL of the Supervisor process").launcher_exit).toBe(0);
    const before = { services: await services(), supervisor: supervisor.supervisorPid };
    process.kill(before.supervisor, "SIGKILL");
    await supervisor.until(() => !isProcessRunning(before.supervisor), "the old Supervisor to end");
    await supervisor.until(async () => (await supervisor.get("/services")).status === 200, "the new one");
    expect(pids(await Promise.all(NAMES.map((each) => supervisor.up(each))))).toEqual(pids(before.services));
  });

  test.each(["SIGTERM", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM"] as const)(
    "%s to the Supervisor process is ignored",
    async (name) => {
      expect(expected("SIGTERM to the Supervisor process is ignored").supervisor_pid_changed).toBe(false);
      const before = { services: pids(await services()), supervisor: supervisor.supervisorPid };
      process.kill(before.supervisor, name);
      // It answers after the signal was delivered.
      expect((await supervisor.hab("svc", "status")).exit).toBe(0);
      expect(supervisor.supervisorPid).toBe(before.supervisor);
      expect(pids(await services())).toEqual(before.services);
    },
  );
});

describe("everything ends", () => {
  const rows: readonly (readonly [string, () => unknown])[] = [
    ["Supervisor exits with code 84", () => simulateExit(84)],
    ["Supervisor exits with code 86", () => simulateExit(86)],
    ["SIGTERM to the launcher", signal(ofLauncher, "SIGTERM")],
    ["SIGINT to the launcher", signal(ofLauncher, "SIGINT")],
    ["hab sup term", () => supervisor.hab("sup", "term")],
  ];

  test.each(rows)("%s", async (name, act) => {
    const wanted = expected(name);
    const before = pids(await services());
    await act();
    expect(await supervisor.exited).toBe(wanted.launcher_exit as number);
    for (const pid of before) expect(isProcessRunning(pid)).toBe(false);
    expect(supervisor.said("lifeonlyrun.default(O): got term")).toBeGreaterThan(0);
    expect(existsSync(join(supervisor.root, "hab/sup/default/LOCK"))).toBe(true);
    expect(wanted.lock_file_left ?? true).toBe(true);
    expect(existsSync(join(supervisor.root, "hab/launcher/PID"))).toBe(false);
    expect(wanted.launcher_pid_file_left ?? false).toBe(false);
  });
});

/** A service whose run hook fails after 2 s, until it has failed twice, beside everything else. */
async function watchBackOff() {
  const [min, max, cool] = ["min-backoff", "max-backoff", "restart-cooldown"].map(
    (name) => `--service-${name}-period`,
  );
  const slow = await TestSupervisor.create({ args: [`${min}=2`, `${max}=5`, `${cool}=6`] });
  try {
    slow.addPackage("liferun4", { hooks: { run: "#!/bin/sh\nsleep 2\nexit 4\n" } });
    slow.addPackage("lifeinit1", { hooks: { init: "#!/bin/sh\nexit 1\n" } });
    await slow.start();
    for (const name of ["liferun4", "lifeinit1"]) await slow.typed("svc", "load", `vec/${name}`);
    const moments: Moment[] = [];
    await slow.until(async () => {
      const service = await slow.service("liferun4");
      if (service === undefined) return false;
      const moment = {
        state: service.process.state,
        restart_count: service.restart_count,
        termination_reason: service.last_process_state?.termination_reason ?? null,
        next_restart_at_set: service.next_restart_at !== null,
      };
      if (!Bun.deepEquals(moments.at(-1), moment)) moments.push(moment);
      return service.restart_count === 2 && slow.said("lifeinit1.default(SR): Restarted") > 0;
    }, "two failures");
    return { moments, log: slow.log };
  } finally {
    await slow.stop();
  }
}

describe("the back-off", () => {
  test(BACK_OFF, async () => {
    const { liferun4, ...others } = expected(BACK_OFF) as unknown as Record<
      string,
      { readonly sequence: readonly (Moment & { readonly after_s: number })[] }
    >;
    const { moments, log } = await backOff;
    const recorded = liferun4?.sequence.map(({ after_s: _, ...moment }) => moment) ?? [];
    for (const moment of moments) expect(recorded).toContainEqual(moment);
    // Those that last: down before the start is over before anybody looks.
    const lasting = ({ state, restart_count: count, next_restart_at_set: waits }: Moment) =>
      count < 2 && (waits || (count === 0 && state === "up"));
    for (const moment of recorded.filter(lasting)) expect(moments).toContainEqual(moment);
    for (const name of ["liferun4", ...Object.keys(others)]) {
      const pauses = log
        .flatMap((line) => new RegExp(`^${name}\\..*will restart after ([\\d.]+) secs`).exec(line)?.[1] ?? [])
        .map(Number);
      expect(pauses[0]).toBe(2);
      for (const pause of pauses) expect(pause).toBeWithin(2, 5.01);
    }
  });
});

describe("the lock", () => {
  test("second Supervisor on the same root", async () => {
    await services();
    const { exit, err } = await supervisor.hab("sup", "run");
    expect(exit).toBe(expected("second Supervisor on the same root").launcher_exit as number);
    expect(err).toContain("Is another Supervisor process running?");
    expect(Number(supervisor.read("hab/sup/default/LOCK"))).toBe(supervisor.launcherPid);
  });

  test("left over: `hab sup term` says so, signals nobody and succeeds", async () => {
    await services();
    process.kill(supervisor.launcherPid, "SIGTERM");
    await supervisor.exited;
    supervisor.write("hab/sup/default/LOCK", String(process.pid));
    const { exit, out } = await supervisor.hab("sup", "term");
    expect([exit, out]).toEqual([0, expect.stringContaining("is a leftover; no Supervisor runs")]);
    supervisor.remove("hab/sup/default/LOCK");
    const none = await supervisor.hab("sup", "term");
    expect([none.exit, none.out]).toEqual([0, expect.stringContaining("there is no lock file")]);
  });
});
