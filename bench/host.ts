// A Supervisor of the compiled program for benchmarks: an FS_ROOT and ports of its own, packages written by hand.
import { dlopen } from "bun:ffi";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { freePort } from "../src/depot/testing/free-port.ts";

export const HAB = resolve(import.meta.dir, "../dist/hab");
const DEADLINE_MS = 20_000;

export class BenchHost {
  readonly root = mkdtempSync(join(tmpdir(), "hab-bench-host-"));
  readonly env: Record<string, string>;
  readonly #ctl = freePort();
  readonly #http = freePort();
  #launcher: Bun.Subprocess | undefined;

  constructor() {
    if (!existsSync(HAB)) throw new Error("dist/hab is missing: run script/build first");
    this.env = {
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
      FS_ROOT: this.root,
      HOME: this.root,
      HAB_LICENSE: "accept-no-persist",
      NO_COLOR: "1",
    };
  }

  /** Writes an installed package `bench/NAME`, whose service sleeps, with one template, dependencies and further files. */
  addPackage(
    name: string,
    dependencies: readonly string[] = [],
    files: Readonly<Record<string, string>> = {},
  ): void {
    const ident = `bench/${name}/1.0.0/20260101000000`;
    for (const [path, text] of Object.entries({ ...sleepingPackage(ident, dependencies), ...files })) {
      const file = join(this.root, "hab/pkgs", ident, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { mode: 0o755 });
    }
  }

  /** Starts a Supervisor with its launcher: `words` are `sup run` or `start IDENT`. Does not wait. */
  start(...words: string[]): void {
    const listen = [
      "--listen-ctl",
      this.remote,
      "--listen-http",
      `127.0.0.1:${this.#http}`,
      "--local-gossip-mode",
    ];
    this.#launcher = Bun.spawn([HAB, ...words, ...listen], {
      env: this.env,
      stdin: "ignore",
      stdout: Bun.file(join(this.root, "log")),
      stderr: "inherit",
    });
  }

  get remote(): string {
    return `127.0.0.1:${this.#ctl}`;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.#http}${path}`;
  }

  /** What the HTTP gateway answers at `path`; undefined when it does not answer 200. */
  async get(path: string): Promise<unknown> {
    try {
      const response = await fetch(this.url(path), { keepalive: false });
      return response.ok ? await response.json() : undefined;
    } catch {
      return undefined;
    }
  }

  /** The pid of a running service; undefined while it is not up. */
  async servicePid(name: string): Promise<number | undefined> {
    const service = (await this.get(`/services/${name}/default`)) as
      | { process: { pid: number | null; state: string } }
      | undefined;
    return service?.process.state === "up" ? (service.process.pid ?? undefined) : undefined;
  }

  /** The launcher and its Supervisor. */
  processes(): number[] {
    const launcher = this.#launcher?.pid;
    if (launcher === undefined) throw new Error("no Supervisor was started");
    const supervisor = childrenOf(launcher).find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("hab-sup"),
    );
    if (supervisor === undefined) throw new Error("the launcher has no Supervisor");
    return [launcher, supervisor];
  }

  /** Runs a command of `hab` to its end. Throws when it fails. */
  async hab(...words: string[]): Promise<void> {
    const child = Bun.spawn([HAB, ...words], {
      env: this.env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [exitCode, error] = await Promise.all([child.exited, child.stderr.text()]);
    if (exitCode !== 0) throw new Error(`hab ${words.join(" ")}: exit ${exitCode}: ${error}`);
  }

  async stop(): Promise<void> {
    this.#launcher?.kill("SIGTERM");
    await this.#launcher?.exited;
    this.#launcher = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The files of a package whose service sleeps and has one template. */
export function sleepingPackage(ident: string, dependencies: readonly string[] = []): Record<string, string> {
  return {
    IDENT: `${ident}\n`,
    TARGET: "x86_64-linux\n",
    SVC_USER: "root\n",
    SVC_GROUP: "root\n",
    ...(dependencies.length > 0 && {
      DEPS: `${dependencies.join("\n")}\n`,
      TDEPS: `${dependencies.join("\n")}\n`,
    }),
    "default.toml": 'value = "none"\n',
    "config/app.conf": "value {{cfg.value}}\n",
    "hooks/run": "#!/bin/sh\nexec sleep 100000\n",
  };
}

/** Asks again and again, a millisecond apart, until there is an answer. Throws after 20 s. */
export async function until<T>(what: string, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await Bun.sleep(1);
  }
}

/** Proportional share of memory of some processes, in MB. */
export function memoryOf(pids: readonly number[]): number {
  return pids
    .map(
      (pid) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1]) / 1024,
    )
    .reduce((sum, each) => sum + each, 0);
}

/** CPU time used so far by some processes, threads that ended included, in ms. */
export function cpuTimeOf(pids: readonly number[]): number {
  const time = new BigInt64Array(2);
  let milliseconds = 0;
  for (const pid of pids) {
    // The clock of another process: clock_getcpuclockid(3).
    if (libc.symbols.clock_gettime((~pid << 3) | 2, time) !== 0) throw new Error(`no process ${pid}`);
    milliseconds += Number(time[0]) * 1000 + Number(time[1]) / 1e6;
  }
  return milliseconds;
}

const libc = dlopen("libc.so.6", { clock_gettime: { args: ["i32", "ptr"], returns: "i32" } });

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8")
      .trim()
      .split(" ")
      .filter(Boolean)
      .map(Number),
  );
}
