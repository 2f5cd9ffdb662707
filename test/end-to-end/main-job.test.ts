// The main job with the real Redis: plans → harts → depot → `hab start core/redis` on a machine that has nothing, and
// what happens to it there. What script/quickstart shows, this asserts.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { type BackgroundProcess, Machine, PROJECT, until } from "./machine.ts";
import { type Packages, packagesOf } from "./packages.ts";

/** In the order in which they need each other. */
const PLANS = [
  ..."glibc gcc-libs libgpg-error libgcrypt libcap lz4 xz zstd systemd-libs liblzf jemalloc openssl".split(
    " ",
  ),
  ..."busybox-static redis".split(" "),
];
const DEPOT = "http://127.0.0.1:9636";
const SOURCES = join(PROJECT, ".cache/sources");

let packages: Packages;
let builder: Machine;
let server: Machine;
let supervisor: BackgroundProcess;
/** Shared by both machines: what a person would copy, and where the results are. */
let shared: string;

beforeAll(async () => {
  packages = await packagesOf("redis");
  builder = await Machine.start();
  server = await Machine.start();
  shared = join(server.directory, "shared");
  for (const machine of [builder, server]) {
    Object.assign(machine.env, {
      HAB_BLDR_URL: DEPOT,
      HAB_ORIGIN: "core",
      HAB_CACHE_KEY_PATH: join(shared, "keys"),
    });
  }
  Object.assign(builder.env, {
    HAB_CACHE_SRC_PATH: SOURCES,
    HAB_OUTPUT_PATH: join(shared, "results"),
    NO_INSTALL_DEPS: "true",
    // As much is shown by larger harts, in less time.
    HAB_HART_COMPRESSION_LEVEL: "0",
  });
}, 600_000);

afterAll(async () => {
  await server?.stop();
  await builder?.stop();
}, 60_000);

interface Status {
  readonly package: string;
  readonly state: string;
  readonly desired_state: string;
  readonly pid: number | null;
  readonly ready: boolean;
  readonly problems: readonly string[];
}

async function status(): Promise<Status | undefined> {
  const { stdout } = await server.run(["hab", "svc", "status", "--json"]);
  return (JSON.parse(stdout) as Status[])[0];
}

/** The pid of the running Redis. Throws when it does not run. */
async function redisPid(): Promise<number> {
  const pid = (await status())?.pid;
  if (typeof pid !== "number") throw new Error("Redis does not run");
  return pid;
}

async function redis(...words: string[]): Promise<string> {
  return (await server.run(["hab", "pkg", "exec", "core/redis", "redis-cli", "-e", ...words])).stdout.trim();
}

const setting = async (name: string) => (await redis("config", "get", name)).split("\n")[1];

async function pids(pattern: string): Promise<number[]> {
  const { stdout } = await server.run(["pgrep", "-f", pattern], { exit: "any" });
  return stdout.split("\n").filter(Boolean).map(Number);
}

/** Builds Redis and gives its ident and the path of its hart. */
async function buildRedis(): Promise<{ ident: string; hart: string }> {
  await builder.run(["hab", "pkg", "build", "--no-studio", "plans/redis"]);
  const report = readFileSync(join(shared, "results/last_build.env"), "utf8");
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(report)?.[1] as string;
  return { ident: value("pkg_ident"), hart: join(shared, "results", value("pkg_artifact")) };
}

let first: { ident: string; hart: string };

describe("a depot and an origin", () => {
  test("the depot starts by itself and serves", async () => {
    server.background(["hab", "depot", "run", "--data", join(server.directory, "depot")]);
    await until("the depot answers", async () => {
      const { exitCode } = await server.run(["bash", "-c", "</dev/tcp/127.0.0.1/9636"], { exit: "any" });
      return exitCode === 0;
    });
  });

  test("an account's token creates an origin and uploads its key", async () => {
    const data = ["--data", join(server.directory, "depot")];
    await server.run(["hab", "depot", "user", "create", "alice", ...data]);
    const { stdout } = await server.run(["hab", "depot", "token", "create", "alice", ...data]);
    server.env["HAB_AUTH_TOKEN"] = stdout.trim();
    await server.run(["hab", "origin", "key", "generate", "core"]);
    await server.run(["hab", "origin", "create", "core"]);
    await server.run(["hab", "origin", "key", "upload", "core"]);
    const keys = readdirSync(join(shared, "keys"));
    expect(keys.map((name) => name.replace(/-\d{14}/, "")).sort()).toEqual(["core.pub", "core.sig.key"]);
    for (const name of keys)
      expect(lstatSync(join(shared, "keys", name)).mode & 0o777).toBe(name.endsWith(".pub") ? 0o444 : 0o400);
  });
});

describe("packages from plans", () => {
  test("Redis is built upon what it needs, from libc on, and all is signed", async () => {
    // What it needs was built for all tests (packages.ts): here it comes from another machine of the origin.
    const results = join(shared, "results");
    mkdirSync(results, { recursive: true });
    // Installing looks for keys where a person's are by default.
    const defaultKeys = join(builder.directory, "hab/cache/keys");
    mkdirSync(defaultKeys, { recursive: true });
    for (const key of readdirSync(join(packages.directory, "keys")).filter((name) => name.endsWith(".pub")))
      for (const place of [join(shared, "keys"), defaultKeys])
        copyFileSync(join(packages.directory, "keys", key), join(place, key));
    for (const plan of PLANS.slice(0, -1)) {
      const hart = basename(packages.hart(plan));
      copyFileSync(join(packages.directory, "results", hart), join(results, hart));
      await builder.run(["hab", "pkg", "install", join(results, hart)]);
    }
    first = await buildRedis();
    const harts = readdirSync(results).filter((name) => name.endsWith(".hart"));
    expect(harts).toHaveLength(PLANS.length);
    for (const hart of harts) await server.run(["hab", "pkg", "verify", join(shared, "results", hart)]);
  }, 240_000);

  test("the closure is hermetic: Redis runs in a root with only /hab and /proc, mapping nothing else", async () => {
    const { stdout } = await builder.run([
      join(PROJECT, "script/bare-root-redis"),
      `/hab/pkgs/${first.ident}`,
    ]);
    expect(stdout).toContain("OK");
  });

  test("an upload brings the dependencies along; promotion makes a release of each", async () => {
    await server.run(["hab", "pkg", "upload", first.hart]);
    const before = await server.run(["hab", "pkg", "channels", first.ident]);
    expect(before.stdout).toContain("unstable");
    expect(before.stdout).not.toContain("stable\nstable");
    for (const hart of readdirSync(join(shared, "results")).filter((name) => name.endsWith(".hart"))) {
      const { stdout } = await server.run(["hab", "pkg", "info", "--json", join(shared, "results", hart)]);
      const { origin, name, version, release } = JSON.parse(stdout);
      await server.run(["hab", "pkg", "promote", `${origin}/${name}/${version}/${release}`, "stable"]);
    }
    const { stdout } = await server.run(["hab", "pkg", "channels", first.ident]);
    expect(stdout.split("\n")).toContain("stable");
  }, 240_000);
});

describe("hab start core/redis on a machine that has nothing", () => {
  test("it starts a Supervisor, which installs the closure and runs Redis", async () => {
    expect(existsSync(join(server.directory, "hab/pkgs"))).toBe(false);
    supervisor = server.background(["hab", "start", "core/redis", "--service-update-period", "1"], {
      env: { HAB_REDIS: "timeout = 30\ntcp_keepalive = 50\nmaxmemory = '1mb'" },
    });
    await until("Redis answers", async () => (await redis("ping")) === "PONG", 60);
    await until("it is ready", async () => (await status())?.ready === true, 60);
    expect(await status()).toMatchObject({
      package: first.ident,
      state: "up",
      desired_state: "up",
      problems: [],
    });
    const installed = (await server.run(["hab", "pkg", "list", "--all"])).stdout.trim().split("\n");
    expect(installed).toHaveLength(PLANS.length);
  }, 90_000);

  test("its processes are Redis under the launcher, beside the Supervisor", async () => {
    const launcher = Number(readFileSync(join(server.directory, "hab/launcher/PID"), "utf8"));
    const parent = await server.run(["ps", "-o", "ppid=", "-p", String(await redisPid())]);
    expect(Number(parent.stdout)).toBe(launcher);
    expect(readFileSync(join(server.directory, "hab/svc/redis/PID"), "utf8")).toBe(String(await redisPid()));
  });

  test("said again, it leaves the running service as it is; stopped, it starts it", async () => {
    const pid = await redisPid();
    await server.run(["hab", "start", "core/redis"]);
    expect(await redisPid()).toBe(pid);
    await server.run(["hab", "svc", "stop", "core/redis"]);
    await until("Redis is down", async () => (await status())?.state === "down");
    expect(readFileSync(join(server.directory, "hab/sup/default/specs/redis.spec"), "utf8")).toContain(
      'desired_state = "down"',
    );
    await server.run(["hab", "start", "core/redis"]);
    await until("Redis answers", async () => (await redis("ping")) === "PONG");
  });
});

describe("configuration at run time", () => {
  test("default < environment < user.toml < applied, and Redis has the values", async () => {
    expect(await setting("timeout")).toBe("30");
    await server.run(
      ["sh", "-c", "mkdir -p /hab/user/redis/config; cat > /hab/user/redis/config/user.toml"],
      {
        input: "tcp_keepalive = 60\nmaxmemory = '2mb'\n",
      },
    );
    await until("Redis has what user.toml says", async () => (await setting("tcp-keepalive")) === "60");
    const file = join(server.directory, "applied.toml");
    writeFileSync(file, "maxmemory = '3mb'\n");
    const pid = await redisPid();
    await server.run(["hab", "config", "apply", "redis.default", "1", file]);
    await until(
      "Redis has what was applied",
      async () => (await setting("maxmemory")) === String(3 * 1024 ** 2),
    );
    expect(await redisPid()).toBe(pid);

    const { stdout } = await server.run(["hab", "config", "show", "redis.default", "--json"]);
    const rows = new Map(
      (JSON.parse(stdout) as { key: string; value: unknown; layer: string }[]).map((row) => [row.key, row]),
    );
    expect(rows.get("port")).toMatchObject({ value: 6379, layer: "default" });
    expect(rows.get("timeout")).toMatchObject({ value: 30, layer: "environment" });
    expect(rows.get("tcp_keepalive")).toMatchObject({ value: 60, layer: "user" });
    expect(rows.get("maxmemory")).toMatchObject({ value: "3mb", layer: "applied" });
  });

  test("a version that is not higher changes nothing; a port moves Redis", async () => {
    await server.run(["hab", "config", "apply", "redis.default", "1"], { input: "maxmemory = '9mb'\n" });
    await server.run(["hab", "config", "apply", "redis.default", "2"], {
      input: "maxmemory = '3mb'\nport = 6390\n",
    });
    await until("Redis listens on the new port", async () => (await redis("-p", "6390", "ping")) === "PONG");
    expect((await redis("-p", "6390", "config", "get", "maxmemory")).split("\n")[1]).toBe(
      String(3 * 1024 ** 2),
    );
    await server.run(["hab", "config", "apply", "redis.default", "3"], { input: "maxmemory = '3mb'\n" });
    await until("Redis is back on its port", async () => (await redis("ping")) === "PONG");
  });
});

describe("what gets killed", () => {
  test("Redis killed is back, with its data", async () => {
    await redis("set", "greeting", "hello");
    const pid = await redisPid();
    await server.run(["kill", "-KILL", String(pid)]);
    await until("another Redis answers", async () => {
      const current = (await status())?.pid;
      return typeof current === "number" && current !== pid && (await redis("ping")) === "PONG";
    });
    expect(await redis("get", "greeting")).toBe("hello");
  });

  test("the Supervisor killed: Redis is not touched, and a new Supervisor takes over", async () => {
    await server.run(["hab", "svc", "update", "core/redis", "--channel", "unstable"]);
    const spec = join(server.directory, "hab/sup/default/specs/redis.spec");
    await until("the update is written", () => readFileSync(spec, "utf8").includes('channel = "unstable"'));
    const pid = await redisPid();
    const [old] = await pids(" hab-sup run");
    await server.run(["kill", "-KILL", String(old)]);
    await until("a new Supervisor answers", async () => {
      const [current] = await pids(" hab-sup run");
      return current !== undefined && current !== old && (await status())?.state === "up";
    });
    expect(await redisPid()).toBe(pid);
    expect(supervisor.output()).toContain("Reattaching to redis.default");
    // What was said to the service since `hab start` is not undone by it.
    expect(readFileSync(spec, "utf8")).toContain('channel = "unstable"');
    // What was applied is still in force.
    expect(await setting("maxmemory")).toBe(String(3 * 1024 ** 2));
  });
});

describe("new releases", () => {
  async function publish() {
    const built = await buildRedis();
    await server.run(["hab", "pkg", "upload", "--channel", "stable", built.hart]);
    return built.ident;
  }

  test("with the strategy none the service stays until told; told, it goes", async () => {
    const pid = await redisPid();
    const second = await publish();
    const latest = await server.run(["hab", "pkg", "search", "redis"]);
    expect(latest.stdout).toContain("core/redis");
    expect(await status()).toMatchObject({ package: first.ident, pid });
    await server.run(["hab", "svc", "update", "core/redis", "--channel", "stable", "--strategy", "at-once"]);
    await until("the new release runs", async () => (await status())?.package === second, 60);
    await until("Redis answers", async () => (await redis("ping")) === "PONG");
    expect(await redis("get", "greeting")).toBe("hello");
  }, 120_000);

  test("with at-once it follows a promotion by itself", async () => {
    const third = await publish();
    await until("the newest release runs", async () => (await status())?.package === third, 60);
    await until("Redis answers", async () => (await redis("ping")) === "PONG");
    expect(await redis("get", "greeting")).toBe("hello");
  }, 120_000);
});

describe("the end", () => {
  test("hab sup term stops Redis, the Supervisor and the launcher, and leaves nothing behind", async () => {
    await server.run(["hab", "sup", "term"]);
    expect(await supervisor.exited).toBe(0);
    expect(await pids("redis-server|hab-sup run|hab-launch")).toEqual([]);
    expect(existsSync(join(server.directory, "hab/launcher/PID"))).toBe(false);
    expect(supervisor.output()).toContain("Hasta la vista, services.");
    const states = (await server.run(["ps", "-eo", "stat="])).stdout;
    expect(states.split("\n").filter((state) => state.startsWith("Z"))).toEqual([]);
  });
});
