// From `hab depot run` to ready, and from `hab start` to the service up: with an empty /hab, where the package comes
// from a depot on this machine first, and with a /hab that has it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BenchHost, HAB, until } from "./host.ts";
import { figure, report } from "./measure.ts";

const RUNS = 7;
const PLAN = `pkg_name=app
pkg_origin=bench
pkg_version=1.0.0
pkg_svc_user=root
pkg_svc_group=root
do_build() { return 0; }
do_install() { head -c 1000000 /dev/urandom >"$pkg_prefix/data"; }
`;

const work = mkdtempSync(join(tmpdir(), "hab-bench-start-"));
const depots: Bun.Subprocess[] = [];

/** Starts a depot and gives its address once it listens. */
async function startDepot(data: string): Promise<string> {
  const depot = Bun.spawn([HAB, "depot", "run", "--data", data, "--listen", "127.0.0.1:0", "--json"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  depots.push(depot);
  for await (const chunk of depot.stdout)
    return (JSON.parse(Buffer.from(chunk).toString()) as { url: string }).url;
  throw new Error("the depot ended");
}

try {
  const ready: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const begin = performance.now();
    const url = await startDepot(join(work, `depot${run}`));
    await (await fetch(`${url}/v1/status`)).arrayBuffer();
    if (run > 0) ready.push(performance.now() - begin);
  }
  report({ subject: figure("depot run, first start → first answer", "ms", ready), aim: { value: 2000 } });

  const data = join(work, "depot");
  const settings: Record<string, string> = {
    HAB_BLDR_URL: await startDepot(data),
    HAB_ORIGIN: "bench",
    HAB_CACHE_KEY_PATH: join(work, "keys"),
    HAB_ROOT_PATH: join(work, "build/hab"),
    HAB_OUTPUT_PATH: join(work, "results"),
    NO_INSTALL_DEPS: "true",
    PATH: process.env["PATH"] ?? "",
    HOME: work,
  };
  const hab = (...words: string[]) => {
    const { exitCode, stdout, stderr } = Bun.spawnSync([HAB, ...words], { env: settings, cwd: work });
    if (exitCode !== 0) throw new Error(`hab ${words.join(" ")}: ${stdout}${stderr}`);
    return stdout.toString().trim();
  };
  mkdirSync(join(work, "app/hooks"), { recursive: true });
  writeFileSync(join(work, "app/plan.sh"), PLAN);
  writeFileSync(join(work, "app/hooks/run"), "#!/bin/sh\nexec sleep 100000\n", { mode: 0o755 });
  hab("depot", "user", "create", "bench", "--data", data);
  settings["HAB_AUTH_TOKEN"] = hab("depot", "token", "create", "bench", "--data", data);
  hab("origin", "key", "generate", "bench");
  hab("origin", "create", "bench");
  hab("origin", "key", "upload", "bench");
  hab("pkg", "build", "--no-studio", "app");
  const artifact = /^pkg_artifact=(.*)$/m.exec(
    readFileSync(join(work, "results/last_build.env"), "utf8"),
  )?.[1];
  hab("pkg", "upload", join(work, "results", artifact ?? ""));

  const cold: number[] = [];
  const warm: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    await using host = new BenchHost();
    Object.assign(host.env, { HAB_BLDR_URL: settings["HAB_BLDR_URL"] });
    for (const times of [cold, warm]) {
      const begin = performance.now();
      host.start("start", "bench/app", "--channel", "unstable");
      await until("app was up", () => host.servicePid("app"));
      if (run > 0) times.push(performance.now() - begin);
      await host.stop();
    }
  }
  report({ subject: figure("hab start → service up, empty /hab (1 MB from the depot)", "ms", cold) });
  report({ subject: figure("hab start → service up, package installed", "ms", warm) });
} finally {
  for (const depot of depots) depot.kill();
  await Promise.all(depots.map((depot) => depot.exited));
  rmSync(work, { recursive: true, force: true });
}
