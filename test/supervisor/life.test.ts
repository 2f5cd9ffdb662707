// The life of services under a real launcher and Supervisor (reference/services.md §5–§10, supervisor.md §9).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { TestSupervisor } from "./harness.ts";

const hook = (name: string, rest = "exit 0") =>
  `#!/bin/sh\necho ${name} >> {{pkg.svc_var_path}}/order\n${rest}\n`;

let supervisor: TestSupervisor;

beforeAll(async () => {
  supervisor = await TestSupervisor.create();
  supervisor.addPackage("web", {
    toml: 'port = 8080\n[nested]\nname = "n"\n',
    hooks: {
      init: hook("init"),
      run: hook("run", "exec sleep 100000"),
      "post-run": hook("post-run"),
      "post-stop": hook("post-stop"),
      "health-check": "#!/bin/sh\necho healthy\nexit 0\n",
    },
    files: { "config/web.conf": "port={{cfg.port}} me={{svc.me.member_id}}\n" },
  });
  supervisor.addPackage("slow", {
    hooks: { init: "#!/bin/sh\necho $$ >{{pkg.svc_var_path}}/pid\nsleep 100000\n" },
  });
  supervisor.addPackage("plain");
  supervisor.addPackage("stubborn", {
    hooks: {
      run: "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1000; done\n",
      "post-stop":
        "#!/bin/sh\nkill -0 $(cat {{pkg.svc_path}}/var/pid) 2>/dev/null && touch {{pkg.svc_var_path}}/too-early\nexit 0\n",
    },
  });
  supervisor.addPackage("broken", { hooks: { run: "#!/no/such/interpreter\n" } });
  supervisor.addPackage("norun", { files: { "hooks/run": "" } });
  await supervisor.start();
});

afterAll(async () => {
  await supervisor.stop();
});

describe("a service", () => {
  test("is loaded, rendered, initialised, started and checked", async () => {
    const service = await supervisor.load("web");
    expect(service.cfg).toEqual({ port: 8080, nested: { name: "n" } });
    expect(supervisor.read("hab/svc/web/config/web.conf")).toMatch(/^port=8080 me=[0-9a-f]{32}\n$/);
    await supervisor.until(async () => (await supervisor.service("web"))?.health_check === "Ok", "health Ok");
    expect(JSON.parse((await supervisor.get("/services/web/default/health")).body)).toEqual({
      status: "OK",
      stdout: "healthy\n",
      stderr: "",
    });
    await supervisor.until(
      () => supervisor.order("web").join(" ") === "init run post-run",
      "the hooks in their order",
    );
    expect(supervisor.read("hab/svc/web/PID")).toBe(String(service.process.pid));
  });

  test("killed with SIGKILL is there again at once, through post-stop and init", async () => {
    const before = await supervisor.up("web");
    process.kill(before.process.pid as number, "SIGKILL");
    const after = await supervisor.up("web", before.process.pid);
    expect(after.restart_count).toBe(before.restart_count + 1);
    expect(after.last_process_state).toMatchObject({
      pid: before.process.pid,
      termination_reason: "run_hook_failed",
    });
    await supervisor.until(
      () => supervisor.order("web").join(" ").endsWith("post-stop init run post-run"),
      "the hooks",
    );
  });

  test("survives the Supervisor's SIGKILL: same process, new Supervisor", async () => {
    const before = await supervisor.up("web");
    const old = supervisor.supervisorPid;
    process.kill(old, "SIGKILL");
    await supervisor.until(() => supervisor.said("Reattaching to web.default") === 1, "reattachment");
    const after = await supervisor.up("web");
    expect(after.process.pid).toBe(before.process.pid);
    expect(supervisor.supervisorPid).not.toBe(old);
  });

  test("survives `hab sup restart`", async () => {
    const before = await supervisor.up("web");
    expect((await supervisor.hab("sup", "restart")).exit).toBe(0);
    await supervisor.until(() => supervisor.said("Reattaching to web.default") === 2, "reattachment");
    expect((await supervisor.up("web")).process.pid).toBe(before.process.pid);
  });

  test("is stopped and started again by command, keeping its spec", async () => {
    expect((await supervisor.hab("svc", "stop", "vec/web")).out).toBe(
      "Supervisor stopping vec/web. See the Supervisor output for more details.\n",
    );
    await supervisor.until(
      async () => (await supervisor.service("web"))?.process.state === "down",
      "web to be down",
    );
    expect((await supervisor.service("web"))?.desired_state).toBe("Down");
    expect(supervisor.read("hab/sup/default/specs/web.spec")).toContain('desired_state = "down"');
    await supervisor.hab("svc", "start", "vec/web");
    expect((await supervisor.up("web")).desired_state).toBe("Up");
  });
});

describe("one service does not hold up another", () => {
  test("a hook that never ends; it ends with its service", async () => {
    expect((await supervisor.hab("svc", "load", "vec/slow")).exit).toBe(0);
    await supervisor.until(() => supervisor.said("slow.default(SR): Initializing") === 1, "the slow init");
    await supervisor.load("plain");
    expect((await supervisor.hab("svc", "unload", "vec/slow")).out).toBe("Unloading vec/slow\n");
    await supervisor.until(async () => (await supervisor.service("slow")) === undefined, "slow to be gone");
    const hook = Number(supervisor.read("hab/svc/slow/var/pid"));
    await supervisor.until(() => !existsSync(`/proc/${hook}`), "its init hook to be gone");
  });

  test("a run hook that cannot be executed is restarted, with pauses, and says why", async () => {
    expect((await supervisor.hab("svc", "load", "vec/broken")).exit).toBe(0);
    await supervisor.until(
      async () => ((await supervisor.service("broken"))?.restart_count ?? 0) >= 2,
      "two attempts",
    );
    expect((await supervisor.service("broken"))?.last_process_state?.termination_reason).toBe(
      "run_hook_failed",
    );
    expect(supervisor.said("broken.default(SR): Service start failed:")).toBeGreaterThan(0);
    await supervisor.hab("svc", "unload", "vec/broken");
    await supervisor.until(
      async () => (await supervisor.service("broken")) === undefined,
      "broken to be gone",
    );
  });
});

describe("stopping", () => {
  test("waits for the process, kills it after the timeout, and runs post-stop only then (services.md §26.1)", async () => {
    const { process: running } = await supervisor.load("stubborn");
    supervisor.write("hab/svc/stubborn/var/pid", String(running.pid));
    await supervisor.hab("svc", "unload", "vec/stubborn", "--shutdown-timeout", "1");
    await supervisor.until(async () => (await supervisor.service("stubborn")) === undefined, "it to be gone");
    expect(supervisor.said(`stubborn.default(ST): Service killed (PID: ${running.pid})`)).toBe(1);
    expect(() => process.kill(running.pid as number, 0)).toThrow();
    expect(() => supervisor.read("hab/svc/stubborn/var/too-early")).toThrow();
  });
});

describe("what is wrong is said, and nothing is lost", () => {
  test("a package without a run hook is refused", async () => {
    supervisor.remove("hab/pkgs/vec/norun/1.0.0/20260101000000/hooks/run");
    const { exit, err } = await supervisor.hab("svc", "load", "vec/norun");
    expect(exit).toBe(1);
    expect(err).toContain("Package is not runnable: vec/norun/1.0.0/20260101000000");
  });

  test("a group that is none is refused at load, not accepted and forgotten", async () => {
    const { exit, err } = await supervisor.hab("svc", "load", "vec/norun", "--group", "a.b");
    expect(exit).toBe(1);
    expect(err).toContain("Invalid service group: norun.a.b");
  });

  test("a broken user.toml leaves the last good one in force and shows in the status", async () => {
    const before = await supervisor.up("plain");
    supervisor.write("hab/user/plain/config/user.toml", "a = 1\n");
    await supervisor.until(async () => (await supervisor.service("plain"))?.cfg["a"] === 1, "user.toml");
    supervisor.write("hab/user/plain/config/user.toml", "a = 2\nb =\n");
    await supervisor.until(() => supervisor.said("Reloading user-config failed") === 1, "the complaint");
    const status = await supervisor.hab("svc", "status", "vec/plain");
    expect(status.err).toContain("user.toml");
    expect(status.err).toContain("line 2, column");
    const after = await supervisor.service("plain");
    expect(after?.cfg).toEqual({ a: 1 });
    expect(after?.process.pid).toBe(before.process.pid);
  });

  test("… also when the service starts again", async () => {
    supervisor.write("hab/user/plain/config/user.toml", "a = 3\n");
    await supervisor.until(async () => (await supervisor.service("plain"))?.cfg["a"] === 3, "user.toml");
    supervisor.write("hab/user/plain/config/user.toml", "a = = 4\n");
    await supervisor.hab("svc", "stop", "vec/plain");
    await supervisor.until(
      async () => (await supervisor.service("plain"))?.process?.state === "down",
      "it to be down",
    );
    await supervisor.hab("svc", "start", "vec/plain");
    await supervisor.up("plain");
    expect((await supervisor.service("plain"))?.cfg["a"]).toBe(3);
    expect((await supervisor.hab("svc", "status", "vec/plain")).err).toContain("user.toml");
  });

  test("broken configuration is not applied", async () => {
    supervisor.write("bad.toml", "port = \n");
    const { exit, err } = await supervisor.hab(
      "config",
      "apply",
      "plain.default",
      "5",
      `${supervisor.root}/bad.toml`,
    );
    expect(exit).toBe(1);
    expect(err).toContain("line 1");
    expect((await supervisor.service("plain"))?.cfg).toEqual({ a: 3 });
  });
});

describe("hab config show", () => {
  test("prints what is in force, and where each value comes from", async () => {
    supervisor.write("hab/user/web/config/user.toml", "[nested]\nuser = true\n");
    await supervisor.apply("web.default", 1, "port = 1\n");
    await supervisor.until(
      async () => (await supervisor.service("web"))?.cfg["port"] === 1,
      "the configuration",
    );
    await supervisor.until(
      async () => (await supervisor.hab("config", "show", "web.default")).out.includes("user = true"),
      "user.toml",
    );
    const show = await supervisor.hab("config", "show", "web.default");
    expect(show.out).toBe('port = 1\n\n[nested]\nname = "n"\nuser = true\n');
    const layers = await supervisor.hab("config", "show", "vec/web", "--json");
    expect(JSON.parse(layers.out)).toEqual([
      { key: "port", value: 1, layer: "applied" },
      { key: "nested.name", value: "n", layer: "default" },
      { key: "nested.user", value: true, layer: "user" },
    ]);
  });
});
