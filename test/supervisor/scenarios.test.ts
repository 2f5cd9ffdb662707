// The end-to-end scenarios of the original's own test-suite (reference/services.md §24): those that no other test of ours
// shows, and a check of the table that says where each is shown (scenario-table.ts).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isProcessRunning } from "../../src/host/index.ts";
import { TestSupervisor } from "./harness.ts";
import { ONE_MACHINE, RING } from "./scenario-table.ts";

const PROJECT = resolve(import.meta.dir, "../..");

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

describe("one Supervisor", () => {
  let supervisor: TestSupervisor;
  let temporary: string;

  beforeAll(async () => {
    temporary = mkdtempSync(join(tmpdir(), "hab-test-sockets-"));
    supervisor = await TestSupervisor.create({
      env: { TMPDIR: temporary, HAB_CTL_SECRET: "", HAB_BLDR_URL: "http://127.0.0.1:9" },
    });
    supervisor.addPackage("nginx", { toml: "port = 80\n", files: { EXPORTS: "port=port\n" } });
    supervisor.addPackage("thing", { files: { BINDS_OPTIONAL: "thing_with_a_port=port\n" } });
    supervisor.addPackage("trap", {
      hooks: {
        run: "#!/bin/sh\ntrap 'echo got term; exit 0' TERM\necho ready\nwhile :; do sleep 1000 & wait $!; done\n",
        "post-stop": '#!/bin/sh\necho "post-stop hook {{pkg.name}}"\n',
      },
    });
    // test_supervisor_lock_file_behavior: a lock of a process that is none any more.
    supervisor.write("hab/sup/default/LOCK", "4194304");
    await supervisor.start();
  });

  afterAll(async () => {
    await supervisor.stop();
    rmSync(temporary, { recursive: true });
  });

  test("a stale LOCK is taken over", () => {
    expect(Number(supervisor.read("hab/sup/default/LOCK"))).toBe(supervisor.launcherPid);
  });

  test("svc update changes binds with a restart; strategy and channel without", async () => {
    const spec = () => supervisor.read("hab/sup/default/specs/thing.spec");
    const shown = async () => (await supervisor.service("thing")) as unknown as Record<string, unknown>;
    await supervisor.typed("svc", "load", "vec/nginx");
    await supervisor.typed("svc", "load", "vec/thing", "--bind", "thing_with_a_port:nginx.default");
    const bound = await supervisor.up("thing");
    expect(spec()).toContain('binds = ["thing_with_a_port:nginx.default"]');

    expect((await supervisor.typed("svc", "update", "vec/thing", "--strategy=at-once")).exit).toBe(0);
    await supervisor.until(async () => (await shown())["update_strategy"] === "at-once", "the strategy");
    expect(spec()).toContain('update_strategy = "at-once"');
    expect(spec()).toContain('binds = ["thing_with_a_port:nginx.default"]');

    await supervisor.typed("svc", "update", "vec/thing", "--channel=staging");
    await supervisor.until(async () => (await shown())["channel"] === "staging", "the channel");
    expect(spec()).toContain('channel = "staging"');
    expect((await supervisor.up("thing")).process.pid).toBe(bound.process.pid);

    await supervisor.typed("svc", "update", "vec/thing", "--bind");
    await supervisor.up("thing", bound.process.pid);
    expect(spec()).toContain("binds = []");
  });

  test("a falsified PID file deceives nobody when the Supervisor is replaced", async () => {
    const { pid } = (await supervisor.up("nginx")).process;
    const before = supervisor.supervisorPid;
    supervisor.write("hab/svc/nginx/PID", "1");
    process.kill(supervisor.launcherPid, "SIGHUP");
    await supervisor.until(() => !isProcessRunning(before), "the old Supervisor to end");
    expect((await supervisor.up("nginx")).process.pid).toBe(pid);
    // The original leaves the file wrong.
    await supervisor.until(
      () => supervisor.read("hab/svc/nginx/PID") === String(pid),
      "the file to be right again",
    );
  });

  test("the control secret comes from its file or from cli.toml, and without one nothing is done", async () => {
    const elsewhere = join(supervisor.root, "elsewhere");
    const secret = supervisor.read("hab/sup/default/CTL_SECRET");
    const status = () => supervisor.typedIn({ FS_ROOT: elsewhere, HOME: elsewhere }, "svc", "status");
    expect((await supervisor.typed("svc", "status")).exit).toBe(0);
    supervisor.write("elsewhere/hab/etc/cli.toml", "");
    expect((await status()).exit).toBe(1);
    for (const home of ["hab", ".hab"])
      supervisor.write(`elsewhere/${home}/etc/cli.toml`, `ctl_secret = "${secret}"\n`);
    expect((await status()).exit).toBe(0);
  });

  test("a second one on the same root says why it does not start", async () => {
    const { exit, err } = await supervisor.hab("sup", "run");
    expect([exit, err]).toEqual([86, expect.stringContaining("Is another Supervisor process running?")]);
  });

  test("hab sup term ends all of it with traps and post-stop, and leaves no socket", async () => {
    await supervisor.typed("svc", "load", "vec/trap");
    await supervisor.until(() => supervisor.said("trap.default(O): ready") > 0, "the trap to be set");
    await supervisor.hab("sup", "term");
    expect(await supervisor.exited).toBe(0);
    expect(supervisor.said("trap.default(O): got term")).toBe(1);
    expect(supervisor.said("trap.default hook[post-stop]:(HK): post-stop hook trap")).toBe(1);
    expect(sockets(supervisor.root)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("a LOCK that names somebody else's process is no lock", async () => {
    supervisor.write("hab/sup/default/LOCK", String(process.pid));
    await supervisor.start();
    expect(Number(supervisor.read("hab/sup/default/LOCK"))).toBe(supervisor.launcherPid);
  });
});

function sockets(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) =>
    lstatSync(join(directory, name)).isSocket(),
  );
}

describe.skipIf(!isRoot)("a service that runs as another user", () => {
  test("its hooks and its process have the user's supplementary groups", async () => {
    // In a mount namespace of its own the user `daemon` is in one more group.
    // It is started where that user may not go, as in root's home.
    const script =
      'mount --bind "$FS_ROOT/group" /etc/group && mkdir -m 700 private && cd private && exec "$@"';
    const supervisor = await TestSupervisor.create({ wrapper: ["unshare", "-m", "sh", "-c", script, "sh"] });
    try {
      give(supervisor.root, 0, 0, 0o755);
      supervisor.write("group", `${readFileSync("/etc/group", "utf8").trimEnd()}\nreaders:x:4242:daemon\n`);
      supervisor.addPackage("reader", {
        hooks: {
          init: "#!/bin/sh\nid -G\ncat {{pkg.svc_data_path}}/../only-readers\n",
          run: "#!/bin/sh\ncat {{pkg.svc_data_path}}/../only-readers\nexec sleep 100000\n",
        },
        files: { SVC_USER: "daemon\n", SVC_GROUP: "daemon\n" },
      });
      supervisor.write("hab/svc/reader/only-readers", "for readers\n");
      give(join(supervisor.root, "hab/svc/reader/only-readers"), 0, 4242, 0o640);
      const own = { SVC_USER: "bin\n", SVC_GROUP: "bin\n" };
      supervisor.addPackage("plain", { hooks: { init: "#!/bin/sh\nid -G\n" }, files: own });
      await supervisor.start();
      await supervisor.load("reader");
      await supervisor.load("plain");
      await supervisor.until(() => supervisor.said("reader.default(O): for readers") > 0, "run to read it");
      expect(supervisor.said("reader.default hook[init]:(HK): for readers")).toBe(1);
      expect(supervisor.log).toContain("reader.default hook[init]:(HK): 1 4242");
      expect(supervisor.log).toContain("plain.default hook[init]:(HK): 2");
    } finally {
      await supervisor.stop();
    }
  });
});

function give(path: string, uid: number, gid: number, mode: number): void {
  chownSync(path, uid, gid);
  chmodSync(path, mode);
}

describe("starting", () => {
  test("with what --generate-config prints, changed: it is obeyed; a file that is wrong prevents the start", async () => {
    const supervisor = await TestSupervisor.create();
    try {
      const { exit, out } = await supervisor.hab("sup", "run", "--generate-config");
      expect(exit).toBe(0);
      const addresses = {
        listen_gossip: supervisor.gossipAddress,
        listen_http: new URL(supervisor.httpUrl("/")).host,
        listen_ctl: `127.0.0.1:${supervisor.ctlPort}`,
      };
      let text = out;
      for (const [key, address] of Object.entries(addresses))
        text = text.replace(new RegExp(`^(# )?${key} = .*$`, "m"), `${key} = "${address}"`);
      supervisor.write("sup.toml", text);
      const started = supervisor.spawnHab("sup", "run", "--config-files", join(supervisor.root, "sup.toml"));
      await supervisor.until(async () => (await supervisor.get("/services")).status === 200, "it to serve");
      started.kill("SIGTERM");
      expect(await new Response(started.stdout).text()).toContain(
        `Starting gossip-listener on ${supervisor.gossipAddress}`,
      );
      expect(await started.exited).toBe(0);

      supervisor.write("sup.toml", "listen_gossip = [");
      const { exit: refused } = await supervisor.hab(
        "sup",
        "run",
        "--config-files",
        join(supervisor.root, "sup.toml"),
      );
      expect(refused).not.toBe(0);
      expect((await supervisor.get("/services")).status).toBe(0);
    } finally {
      await supervisor.stop();
    }
  });

  test("a Supervisor that fails at its start ends the launcher", async () => {
    const failing = await TestSupervisor.create({ env: { HAB_FEAT_BOOT_FAIL: "1" } });
    failing.launch();
    expect(await failing.exited).toBe(86);
    await failing.stop();
  });

  test.skipIf(!isRoot)("a root that cannot be written ends the launcher", async () => {
    const unprivileged = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
    const supervisor = await TestSupervisor.create({ wrapper: unprivileged });
    give(supervisor.root, 0, 0, 0o755);
    supervisor.launch();
    expect(await supervisor.exited).not.toBe(0);
    expect(existsSync(join(supervisor.root, "hab/sup"))).toBe(false);
    await supervisor.stop();
  });
});

describe("a ring of an organization", () => {
  const GROUP = "redis.default@e2e";
  const ring: TestSupervisor[] = [];
  const at = (index: number) => ring[index] as TestSupervisor;
  let watcher: TestSupervisor;

  beforeAll(async () => {
    const first = await member();
    ring.push(first, await member("--peer", first.gossipAddress));
    await Promise.all(ring.map((supervisor) => alive(supervisor, 2)));
  }, 30_000);

  afterAll(async () => {
    await Promise.all(
      [...ring, ...(watcher === undefined ? [] : [watcher])].map((supervisor) => supervisor.stop()),
    );
  });

  async function member(...args: string[]): Promise<TestSupervisor> {
    const supervisor = await TestSupervisor.create({ args: ["--org", "e2e", ...args] });
    const reconfigure = { reconfigure: "#!/bin/sh\nexit 0\n" };
    supervisor.addPackage("redis", {
      toml: "port = 6379\n",
      hooks: reconfigure,
      files: { EXPORTS: "port=port\n", "config/redis.conf": "port {{cfg.port}}\n" },
    });
    supervisor.addPackage("probe", {
      hooks: reconfigure,
      files: {
        BINDS: "thing_with_a_port=port\n",
        "config/probe.conf": "port {{bind.thing_with_a_port.first.cfg.port}}\n",
      },
    });
    return supervisor.start();
  }

  async function alive(supervisor: TestSupervisor, count: number): Promise<void> {
    await supervisor.until(async () => {
      const { members } = JSON.parse((await supervisor.get("/ring/status")).body) as {
        members: { alive: number };
      };
      return members.alive === count;
    }, `${count} members`);
  }

  const shows = (supervisor: TestSupervisor, name: string, text: string) =>
    supervisor.until(
      () => read(supervisor, `hab/svc/${name}/config/${name}.conf`) === text,
      `${name}: ${text}`,
    );

  function read(supervisor: TestSupervisor, path: string): string | undefined {
    return existsSync(join(supervisor.root, path)) ? supervisor.read(path) : undefined;
  }

  /** Uploads a file at the first member. */
  async function upload(name: string, content: string, version: number, ...options: string[]): Promise<void> {
    at(0).write(`upload/${name}`, content);
    const path = join(at(0).root, "upload", name);
    expect(await at(0).typed("file", "upload", GROUP, String(version), path, ...options)).toMatchObject({
      exit: 0,
    });
  }

  test("configuration applied before there is a member of the group is what the first one is rendered with", async () => {
    await at(0).apply(GROUP, 1, "port = 7001\n");
    await at(0).typed("svc", "load", "vec/redis");
    await shows(at(0), "redis", "port 7001\n");
    expect(at(0).said("(CF): Modified configuration file")).toBe(0);
  });

  test("configuration from a file and from standard input reaches all members of the group", async () => {
    await at(1).typed("svc", "load", "vec/redis");
    await shows(at(1), "redis", "port 7001\n");
    await at(0).apply(GROUP, 2, "port = 7002\n");
    await Promise.all(ring.map((supervisor) => shows(supervisor, "redis", "port 7002\n")));
    const { exit } = await at(1).habReading(Buffer.from("port = 7003\n"), "config", "apply", GROUP, "3");
    expect(exit).toBe(0);
    await Promise.all(ring.map((supervisor) => shows(supervisor, "redis", "port 7003\n")));
  });

  test("what is bound to the group sees its configuration change", async () => {
    await at(1).typed("svc", "load", "vec/probe", "--bind", `thing_with_a_port:${GROUP}`);
    await shows(at(1), "probe", "port 7003\n");
    await at(0).apply(GROUP, 4, "port = 7004\n");
    await shows(at(1), "probe", "port 7004\n");
  });

  test("a file goes to the members that run the group, and to one that loads it later", async () => {
    await at(1).typed("svc", "unload", "vec/redis");
    await at(1).until(
      async () => !(await at(1).get("/services")).body.includes('"service_group":"redis'),
      "unloading",
    );
    await upload("a.txt", "to all\n", 1);
    await at(0).until(() => read(at(0), "hab/svc/redis/files/a.txt") === "to all\n", "the file at the first");
    expect(read(at(1), "hab/svc/redis/files/a.txt")).toBeUndefined();
    await at(1).typed("svc", "load", "vec/redis");
    await at(1).until(
      () => read(at(1), "hab/svc/redis/files/a.txt") === "to all\n",
      "the file at the second",
    );
  });

  test("a file encrypted by a user is read only where that user's public key is", async () => {
    const [first, second] = [at(0), at(1)];
    await first.typed("user", "key", "generate", "alice");
    await first.typed("svc", "key", "generate", "redis.default", "e2e");
    const keys = readdirSync(join(first.root, "hab/cache/keys"));
    // The group's keys are everywhere, the user's are not.
    for (const name of keys.filter((each) => each.startsWith("redis.default@e2e")))
      second.write(`hab/cache/keys/${name}`, first.read(`hab/cache/keys/${name}`));
    await upload("b.txt", "from alice\n", 1, "--user", "alice");
    await first.until(
      () => read(first, "hab/svc/redis/files/b.txt") === "from alice\n",
      "the file where the key is",
    );
    await upload("c.txt", "after it\n", 1);
    await second.until(() => read(second, "hab/svc/redis/files/c.txt") === "after it\n", "a later file");
    expect(read(second, "hab/svc/redis/files/b.txt")).toBeUndefined();
  });

  test("a peer watch file that is written later brings its reader into the ring", async () => {
    const directory = mkdtempSync(join(tmpdir(), "hab-test-peers-"));
    const path = join(directory, "peers");
    try {
      watcher = await member("--peer-watch-file", path);
      await alive(watcher, 1);
      writeFileSync(path, `${at(0).gossipAddress}\n`);
      await Promise.all([watcher, ...ring].map((supervisor) => alive(supervisor, 3)));
      // The census is taken from the members a moment after these are known.
      await at(0).until(async () => {
        const { last_membership_counter: counter } = JSON.parse((await at(0).get("/census")).body);
        return counter >= 3;
      }, "the census to know of three");
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe("the table of scenarios", () => {
  const rows = Object.entries({ ...ONE_MACHINE, ...RING });
  test.each(rows)("%s", (_, shown) => {
    for (const { file, tests } of shown) {
      const text = readFileSync(join(PROJECT, file), "utf8");
      for (const name of tests) expect(text).toContain(name);
    }
  });
});
