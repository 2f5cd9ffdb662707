// One Supervisor with its launcher: memory and CPU when idle beside an idle redis-server, and how soon it does what it
// is told. Aims are those of the issue; times include the `hab` command that asks.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BenchHost, cpuTimeOf, memoryOf, until } from "./host.ts";
import { figure, report } from "./measure.ts";

const RUNS = 7;
/** Half a minute after something happened the runtime stops looking after its heap every second. */
const SETTLE_MS = 35_000;
const IDLE_MS = 10_000;
/** A service that has run this long counts as stable, and is started again at once (src/supervisor/plan). */
const STABLE_MS = 10_500;
const KILLS = 3;

/** Shows what it was run with. */
const NOTING_HOOK = "#!/bin/sh\ncp {{pkg.svc_config_path}}/app.conf {{pkg.svc_var_path}}/seen\n";

const host = new BenchHost();
let redis: Bun.Subprocess | undefined;
try {
  for (let index = 0; index <= RUNS; index++) host.addPackage(`app${index}`);
  host.addPackage("hooked", [], { "hooks/reconfigure": NOTING_HOOK });

  const starts: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const begin = performance.now();
    host.start("sup", "run");
    await until("the gateway answered", () => host.get("/services"));
    if (run > 0) starts.push(performance.now() - begin);
    if (run < RUNS) await host.stop();
  }
  report({ subject: figure("sup run → HTTP gateway answers", "ms", starts), aim: { value: 100 } });

  const server = Bun.which("redis-server");
  if (server !== null)
    // Without TCP it wants a socket, or it ends: "configured to not listen anywhere".
    redis = Bun.spawn([server, "--port", "0", "--save", "", "--unixsocket", join(host.root, "redis.sock")], {
      cwd: host.root,
      stdin: "ignore",
      stdout: "ignore",
    });
  await measureIdle("no service");
  await host.hab("svc", "load", "bench/app0", "-r", host.remote);
  await until("app0 was up", () => host.servicePid("app0"));
  await measureIdle("one service");

  const rendered: number[] = [];
  const up: number[] = [];
  for (let run = 1; run <= RUNS; run++) {
    const begin = performance.now();
    const asked = host.hab("svc", "load", `bench/app${run}`, "-r", host.remote);
    await until(`app${run} was rendered`, () => configuration(`app${run}`));
    rendered.push(performance.now() - begin);
    await until(`app${run} was up`, () => host.servicePid(`app${run}`));
    up.push(performance.now() - begin);
    await asked;
  }
  report({ subject: figure("svc load → configuration rendered", "ms", rendered), aim: { value: 100 } });
  report({ subject: figure("svc load → service up", "ms", up) });

  const applied: number[] = [];
  for (let run = 1; run <= RUNS; run++) {
    const file = join(host.root, "applied.toml");
    writeFileSync(file, `value = "applied${run}"\n`);
    const begin = performance.now();
    const asked = host.hab("config", "apply", "app0.default", String(run), file, "-r", host.remote);
    await until("the new value was rendered", () => configuration("app0", `applied${run}`));
    applied.push(performance.now() - begin);
    await asked;
  }
  report({ subject: figure("config apply → rendered", "ms", applied), aim: { value: 50 } });

  await host.hab("svc", "load", "bench/hooked", "-r", host.remote);
  await until("hooked was up", () => host.servicePid("hooked"));
  const hooked: number[] = [];
  for (let run = 1; run <= RUNS; run++) {
    const file = join(host.root, "applied.toml");
    writeFileSync(file, `value = "applied${run}"\n`);
    const begin = performance.now();
    const asked = host.hab("config", "apply", "hooked.default", String(run), file, "-r", host.remote);
    await until("the hook had run", () => textOf("hooked/var/seen", `applied${run}`));
    hooked.push(performance.now() - begin);
    await asked;
  }
  report({ subject: figure("config apply → reconfigure hook has run", "ms", hooked) });

  const again: number[] = [];
  for (let run = 0; run < KILLS; run++) {
    // The new configuration has just restarted it: its pid is asked for once that is over.
    await Bun.sleep(STABLE_MS);
    const pid = await until("app0 was up", () => host.servicePid("app0"));
    const begin = performance.now();
    process.kill(pid, "SIGKILL");
    await until("app0 was up again", async () => {
      const now = await host.servicePid("app0");
      return now === pid ? undefined : now;
    });
    again.push(performance.now() - begin);
  }
  report({
    subject: figure("SIGKILL of a stable service → seen running again", "ms", again),
    aim: { value: 300 },
  });
} finally {
  redis?.kill();
  await host[Symbol.asyncDispose]();
}

/** Memory and CPU of launcher and Supervisor, with redis-server beside them over the same time. */
async function measureIdle(what: string): Promise<void> {
  await Bun.sleep(SETTLE_MS);
  const ours = host.processes();
  const theirs = redis === undefined ? [] : [redis.pid];
  const before = [cpuTimeOf(ours), cpuTimeOf(theirs)] as const;
  const begin = performance.now();
  const memory: [number[], number[]] = [[], []];
  while (performance.now() - begin < IDLE_MS) {
    memory[0].push(memoryOf(ours));
    memory[1].push(memoryOf(theirs));
    await Bun.sleep(IDLE_MS / 5);
  }
  const passed = performance.now() - begin;
  const percent = [
    ((cpuTimeOf(ours) - before[0]) / passed) * 100,
    ((cpuTimeOf(theirs) - before[1]) / passed) * 100,
  ] as const;
  const each = ours.map((pid) => memoryOf([pid]).toFixed(1)).join(" + ");
  report({
    subject: figure(`memory (PSS) of launcher + Supervisor, ${what}`, "MB", memory[0]),
    ...(redis !== undefined && { reference: figure("redis-server", "MB", memory[1]) }),
    aim: { value: 45 },
    note: `${each} MB`,
  });
  report({
    subject: figure(`idle CPU of launcher + Supervisor, ${what}`, "% of a core", [percent[0]]),
    ...(redis !== undefined && { reference: figure("redis-server", "% of a core", [percent[1]]) }),
    aim: { value: 0.1 },
  });
}

/** The rendered configuration, once it is there and holds `text`. */
function configuration(name: string, text = ""): string | undefined {
  return textOf(`${name}/config/app.conf`, text);
}

/** A file below svc/, once it is there and holds `text`. */
function textOf(path: string, text: string): string | undefined {
  try {
    const content = readFileSync(join(host.root, "hab/svc", path), "utf8");
    return content.includes(text) ? content : undefined;
  } catch {
    return undefined;
  }
}
