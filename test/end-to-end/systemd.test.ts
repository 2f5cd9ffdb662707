// The unit of `hab sup install-unit` under a real systemd as process 1: start, reload, restart, stop, reboot, and what is done to
// its processes meanwhile. The services run as the user hab and note what happens to them.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { until } from "./machine.ts";
import { SystemdMachine, whyNoSystemd } from "./systemd-machine.ts";

const reason = whyNoSystemd();
const UNIT = "hab-sup";

/** Notes its start, and at the end how far it came; `seconds` is how long it takes to stop. */
const service = (seconds: number, before = "") => ({
  run: `#!/bin/sh
order={{pkg.svc_var_path}}/order
trap 'echo stopping >>$order; sleep ${seconds}; echo stopped >>$order; exit 0' TERM
${before}
echo run >>$order
while :; do sleep 1000 & wait $!; done
`,
  "post-stop": "#!/bin/sh\necho post-stop >>{{pkg.svc_var_path}}/order\n",
});

let machine: SystemdMachine;

interface Status {
  readonly package: string;
  readonly state: string;
  readonly pid: number | null;
}

/** Pids of the services, once all of them are up. */
function services(): Promise<Record<string, number>> {
  return until("the services are up", () => {
    const all = JSON.parse(machine.run("hab", "svc", "status", "--json")) as Status[];
    const up = all.filter(({ state, pid, package: name }) => state === "up" && pid !== null && hasRun(name));
    if (up.length !== 2) return undefined;
    return Object.fromEntries(up.map(({ package: name, pid }) => [name.split("/")[1], pid as number]));
  });
}

/** Whether the service has set its traps: from then on it notes its end. */
const hasRun = (name: string) => order(name.split("/")[1] as string).at(-1) === "run";

const order = (name: string) => machine.read(`svc/${name}/var/order`).trim().split("\n");
const state = () => machine.property(UNIT, "ActiveState");
const restarts = () => Number(machine.property(UNIT, "NRestarts"));
const journal = () => machine.run("journalctl", "-b", "-u", UNIT, "-o", "cat", "--no-pager");

function launcher(): number {
  const pid = Number(machine.property(UNIT, "MainPID"));
  // Process 0 is, to kill(2), everybody in the group: also this test.
  if (!(pid > 1)) throw new Error(`${UNIT} has no process`);
  return pid;
}

function supervisor(): number {
  return Number(machine.run("pgrep", "-o", "-P", String(launcher()), "-f", "hab-sup run").trim());
}

/** What an operator would write with `systemctl edit`; gone after a reboot. */
function dropIn(name: string, settings: string): void {
  const directory = `/run/systemd/system/${UNIT}.service.d`;
  machine.run(
    "sh",
    "-c",
    `mkdir -p ${directory} && printf '[Service]\n${settings}\n' >${directory}/${name}.conf`,
  );
}

/** Every process of the unit. */
function processes(): string[] {
  const path = `/sys/fs/cgroup${machine.property(UNIT, "ControlGroup") || `/system.slice/${UNIT}.service`}/cgroup.procs`;
  return machine.run("sh", "-c", `cat ${path} 2>/dev/null || :`).trim().split("\n").filter(Boolean);
}

/** What one life of a service looks like when it ended in order. */
const LIFE = ["run", "stopping", "stopped", "post-stop"];
const lives = (count: number) => Array.from({ length: count }, () => LIFE).flat();

if (reason !== undefined) test.skip(`systemd as process 1: ${reason}`, () => {});

describe.skipIf(reason !== undefined)("the Supervisor as a service of systemd", () => {
  let ended = 0;

  beforeAll(() => {
    machine = new SystemdMachine().start();
    machine.addPackage("web", service(0));
    // A process of its own session, which outlives its service.
    machine.addPackage("db", service(0.5, "setsid sleep 2000000 &"));
    dropIn("quick", "RestartSec=100ms");
  }, 60_000);
  afterAll(() => machine?.stop(), 30_000);

  test("is started, and counts as started when it serves", async () => {
    const words = [
      "vec/web",
      "--enable",
      "--sys-ip-address",
      "127.0.0.1",
      "--env",
      "GREETING=good day %h $HOME",
    ];
    machine.run(
      "env",
      "HAB_BLDR_URL=http://127.0.0.1:1",
      "HAB_WEB=x = 1",
      "hab",
      "sup",
      "install-unit",
      ...words,
    );
    machine.run("systemctl", "start", UNIT);
    // No waiting here: `systemctl start` returned, so it serves.
    machine.run("hab", "svc", "load", "vec/db");
    await services();
    expect(state()).toBe("active");
    await until("the status is told", () => machine.property(UNIT, "StatusText") === "2 services run");
  });

  test("its services run as their user, with the variables of the unit, and cannot speak to systemd", async () => {
    const { web = 0 } = await services();
    const environment = machine.run("cat", `/proc/${web}/environ`).split("\0");
    expect(environment).toContain("GREETING=good day %h $HOME");
    expect(environment).toContain("HAB_WEB=x = 1");
    expect(environment.join("\n")).not.toMatch(/NOTIFY_SOCKET|WATCHDOG/);
    expect(machine.run("stat", "-c", "%U", `/proc/${web}`).trim()).toBe("hab");
    expect(machine.run("stat", "-c", "%a", "/etc/systemd/system/hab-sup.env").trim()).toBe("600");
  });

  test("reload: another Supervisor, the same services", async () => {
    const before = { launcher: launcher(), supervisor: supervisor(), services: await services() };
    machine.run("systemctl", "reload", UNIT);
    await until(
      "another Supervisor serves",
      () => state() === "active" && supervisor() !== before.supervisor,
    );
    expect(await services()).toEqual(before.services);
    expect(launcher()).toBe(before.launcher);
  });

  test("Supervisor killed: another one, the same services", async () => {
    const before = { supervisor: supervisor(), services: await services() };
    machine.run("kill", "-KILL", String(before.supervisor));
    await until("another Supervisor runs", () => supervisor() !== before.supervisor);
    expect(await services()).toEqual(before.services);
    expect(restarts()).toBe(0);
  });

  test("restart: the services end in order and come up again", async () => {
    machine.run("systemctl", "restart", UNIT);
    ended++;
    await services();
    expect(order("db")).toEqual([...lives(ended), "run"]);
    expect(order("web")).toEqual([...lives(ended), "run"]);
  });

  test("launcher killed: the services end in order and come up again", async () => {
    const before = launcher();
    machine.run("kill", "-KILL", String(before));
    await until("systemd has restarted it", () => restarts() === 1 && state() === "active");
    ended++;
    await services();
    expect(order("db")).toEqual([...lives(ended), "run"]);
    expect(order("web")).toEqual([...lives(ended), "run"]);
    expect(journal()).toContain("Waiting for the Supervisor of a launcher that was killed");
    expect(journal()).not.toContain("left-over process");
  });

  describe("with a watchdog of 3 seconds", () => {
    beforeAll(() => {
      dropIn("watchdog", "WatchdogSec=3\nTimeoutStopSec=1");
      machine.run("systemctl", "daemon-reload");
      machine.run("systemctl", "restart", UNIT);
      ended++;
    });

    test("Supervisor hung: the launcher replaces it, the same services", async () => {
      const before = { supervisor: supervisor(), services: await services() };
      machine.run("kill", "-STOP", String(before.supervisor));
      await until("another Supervisor runs", () => supervisor() !== before.supervisor);
      expect(await services()).toEqual(before.services);
      expect(restarts()).toBe(0);
      expect(state()).toBe("active");
    });

    test("launcher hung: the watchdog ends it, the services end in order and come up again", async () => {
      await services();
      machine.run("kill", "-STOP", String(launcher()));
      await until("systemd has restarted it", () => restarts() === 1 && state() === "active");
      ended++;
      expect(journal()).toContain("Watchdog timeout");
      await services();
      expect(order("db")).toEqual([...lives(ended), "run"]);
    });
  });

  test("stop: in order, however long a service needs, and nothing is left", async () => {
    machine.run("systemctl", "stop", UNIT);
    machine.run("rm", "/hab/svc/db/var/order", "/hab/svc/web/var/order");
    machine.addPackage("db", service(2, "setsid sleep 2000000 &"));
    machine.run("systemctl", "start", UNIT);
    await services();
    machine.run("systemctl", "stop", UNIT);
    // TimeoutStopSec is one second here.
    expect(order("db")).toEqual(LIFE);
    expect(order("web")).toEqual(LIFE);
    expect(machine.property(UNIT, "Result")).toBe("success");
    expect(processes()).toEqual([]);
    expect(machine.exitCode("pgrep", "-f", "sleep 2000000")).toBe(1);
  });

  test("reboot: the services end in order, and are there again", async () => {
    machine.run("systemctl", "start", UNIT);
    await services();
    await machine.reboot();
    await services();
    expect(order("db")).toEqual([...lives(2), "run"]);
    expect(order("web")).toEqual([...lives(2), "run"]);
    expect(state()).toBe("active");
  }, 150_000);

  test("hab sup term ends it for good", async () => {
    machine.run("hab", "sup", "term");
    await until("it has ended", () => state() === "inactive");
    expect(machine.property(UNIT, "Result")).toBe("success");
    expect(order("db").slice(-4)).toEqual(LIFE);
  });
});
