// The machine the faults come to, from inside: a launcher with its Supervisor below /hab, the services, and what each of
// them was told and answered for. Runs within script/private-root: mounts and processes here are nobody else's.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Follower, type RunHab } from "./follower.ts";
import { type Process, processes } from "./processes.ts";
import { environmentIn, HAB } from "./program.ts";
import { installPackage, type KindName, kindOf, ORIGIN } from "./services.ts";

const FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
const DISK_SIZE = "64m";
/** A command that has not answered by then hangs. */
const COMMAND_LIMIT_MS = 60_000;
const LOADS_AT_ONCE = 4;
const GATEWAY_LIMIT_MS = 5000;

/** What a service was told: one value once it was acknowledged, until then also the one before. */
export interface Told {
  version: number;
  acceptable: readonly string[];
}

export interface TestService {
  readonly name: string;
  readonly kind: KindName;
  desired: "up" | "down" | "unloaded";
  readonly config: Told;
  readonly file: Told;
}

export interface Answer {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** The part of what `/services` says that is looked at. */
export interface ServiceState {
  readonly initialized: boolean;
  readonly pid: number | undefined;
  readonly isUp: boolean;
  /** By the machine's clock. */
  readonly waitsSeconds: number | undefined;
  readonly ident: string;
}

export class World {
  /** Outside of /hab: logs, and what must be there also with a full disk. */
  readonly directory: string;
  readonly services: readonly TestService[];
  readonly #env: Record<string, string>;
  readonly #clock: string;
  #launcher: Bun.Subprocess | undefined;
  #follower: Follower | undefined;
  /** Whether the launcher may end: else its end is a fault of its own. */
  #mayEnd = false;
  #ended: string | undefined;
  #covered = false;

  constructor(directory: string, count: number, hasFaketime: boolean) {
    this.directory = directory;
    this.#clock = join(directory, "clock");
    this.services = mixed(count).map(([name, kind]) => ({
      name,
      kind,
      desired: "up",
      config: { version: 0, acceptable: ["none"] },
      file: { version: 0, acceptable: [] },
    }));
    this.#env = {
      ...environmentIn(directory),
      HAB_UPDATE_STRATEGY_PERIOD_MS: "1000",
      HAB_UPDATE_STRATEGY_PERIOD_BYPASS_CHECK: "1",
      ...(hasFaketime && {
        LD_PRELOAD: FAKETIME,
        FAKETIME_TIMESTAMP_FILE: this.#clock,
        FAKETIME_CACHE_DURATION: "1",
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
        FAKETIME_DISABLE_SHM: "1",
        NO_FAKE_STAT: "1",
      }),
    };
  }

  /** Why the clock of one program alone cannot be stepped here; undefined where it can. */
  static whyNoClock(): string | undefined {
    return existsSync(FAKETIME) ? undefined : "the Debian package libfaketime is not installed";
  }

  get follower(): Follower | undefined {
    return this.#follower;
  }

  /** Mounts /hab, installs the packages, starts the Supervisor and loads the services. */
  async start(options: { readonly follows: boolean }): Promise<void> {
    this.mount("-t", "tmpfs", "-o", `size=${DISK_SIZE},mode=755`, "tmpfs", "/hab");
    this.mount("-t", "tmpfs", "tmpfs", "/dev/shm");
    mkdirSync(join(this.directory, "home"), { recursive: true });
    this.setClock(0);
    for (const { name, kind } of this.services) installPackage(name, kind);
    if (options.follows) this.#follower = await Follower.start(this.directory, this.#mustHab);
    this.startLauncher();
    await this.until("the Supervisor answers", async () => (await this.states()) !== undefined);
    for (let first = 0; first < this.services.length; first += LOADS_AT_ONCE)
      await Promise.all(
        this.services.slice(first, first + LOADS_AT_ONCE).map((service) => this.load(service)),
      );
    await this.#follower?.load();
  }

  /** Starts launcher and Supervisor, as a service manager would. */
  startLauncher(): void {
    this.#mayEnd = false;
    const log = openSync(this.log, "a");
    const launcher = Bun.spawn([HAB, "sup", "run", "--listen-gossip", "127.0.0.1:9638"], {
      cwd: this.directory,
      env: this.#env,
      stdin: "ignore",
      stdout: log,
      stderr: log,
    });
    this.#launcher = launcher;
    void launcher.exited.then(() => {
      if (this.#launcher !== launcher || this.#mayEnd) return;
      this.#ended = `the launcher ended by itself: ${launcher.signalCode ?? `exit code ${launcher.exitCode}`}`;
    });
  }

  /** From here on the launcher may end. Resolves when it has. */
  async launcherEnds(): Promise<number | null> {
    this.#mayEnd = true;
    await this.#launcher?.exited;
    return this.#launcher?.exitCode ?? null;
  }

  /** What must never happen and has; undefined when nothing has. */
  get broken(): string | undefined {
    return this.#ended;
  }

  get launcherPid(): number {
    return this.#launcher?.pid ?? 0;
  }

  /** The Supervisor: the launcher's child of that name. */
  supervisor(all: ReadonlyMap<number, Process> = processes()): Process | undefined {
    return [...all.values()].find(
      ({ parent, state, command }) =>
        parent === this.launcherPid && state !== "Z" && command.includes(" hab-sup "),
    );
  }

  get log(): string {
    return join(this.directory, "supervisor.log");
  }

  lastLog(lines: number): string {
    if (!existsSync(this.log)) return "";
    return readFileSync(this.log, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }

  /** What the gateway says of all services by name; undefined when it does not answer. */
  async states(): Promise<Map<string, ServiceState> | undefined> {
    try {
      const response = await fetch("http://127.0.0.1:9631/services", {
        signal: AbortSignal.timeout(GATEWAY_LIMIT_MS),
        keepalive: false,
      });
      if (response.status !== 200) return undefined;
      const list = (await response.json()) as {
        readonly pkg: { readonly ident: string; readonly name: string };
        readonly initialized: boolean;
        readonly next_restart_at: number | null;
        readonly process: { readonly pid: number | null; readonly state: string };
      }[];
      return new Map(
        list.map(({ pkg, initialized, next_restart_at, process }) => [
          pkg.name,
          {
            initialized,
            pid: process.pid ?? undefined,
            isUp: process.state === "up",
            waitsSeconds: next_restart_at === null ? undefined : next_restart_at - Date.now() / 1000,
            ident: pkg.ident,
          },
        ]),
      );
    } catch {
      return undefined;
    }
  }

  /** Runs `hab` to its end. */
  async hab(
    words: readonly string[],
    options: { readonly input?: string; readonly variables?: Readonly<Record<string, string>> } = {},
  ): Promise<Answer> {
    // The Supervisor's clock is not that of who speaks to it.
    const { LD_PRELOAD: _, ...env } = this.#env;
    const child = Bun.spawn([HAB, ...words], {
      cwd: this.directory,
      env: { ...env, ...options.variables },
      stdin: new TextEncoder().encode(options.input ?? ""),
      stdout: "pipe",
      stderr: "pipe",
      timeout: COMMAND_LIMIT_MS,
      killSignal: "SIGKILL",
    });
    const [out, err] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    await child.exited;
    if (child.signalCode !== null)
      throw new Error(`hab ${words.join(" ")} did not answer within ${COMMAND_LIMIT_MS / 1000} s`);
    return { exit: child.exitCode, out, err };
  }

  /** The same where nothing else than success will do. */
  readonly #mustHab: RunHab = async (words, variables) => {
    const { exit, out, err } = await this.hab(words, { variables });
    if (exit !== 0) throw new Error(`hab ${words.join(" ")}: exit ${exit}: ${err}${out}`);
    return out;
  };

  async load(service: TestService): Promise<void> {
    await this.command(service, "load", ...(kindOf(service.kind).load ?? []));
  }

  /** Tells the Supervisor what to do with a service, and what it is to be from then on. */
  async command(
    service: TestService,
    verb: "load" | "unload" | "start" | "stop",
    ...more: string[]
  ): Promise<void> {
    await this.#mustHab(["svc", verb, `${ORIGIN}/${service.name}`, ...more], {});
    service.desired = verb === "unload" ? "unloaded" : verb === "stop" ? "down" : "up";
  }

  /** Applies configuration; whether it was acknowledged. */
  async apply({ name, config }: TestService): Promise<boolean> {
    const value = `v${++config.version}`;
    config.acceptable = [...config.acceptable, value];
    const words = ["config", "apply", `${name}.default`, String(config.version)];
    const { exit } = await this.hab(words, { input: `value = "${value}"\n` });
    if (exit === 0) config.acceptable = [value];
    return exit === 0;
  }

  /** Uploads a file; whether it was acknowledged. */
  async upload({ name, file }: TestService): Promise<boolean> {
    const content = `content ${++file.version}\n`;
    file.acceptable = [...(file.acceptable.length === 0 ? ["absent"] : file.acceptable), content];
    const path = join(this.directory, "uploaded.txt");
    writeFileSync(path, content);
    const { exit } = await this.hab(["file", "upload", `${name}.default`, String(file.version), path]);
    if (exit === 0) file.acceptable = [content];
    return exit === 0;
  }

  /** Steps the Supervisor's clock to so many seconds from the machine's. */
  setClock(seconds: number): void {
    writeFileSync(this.#clock, `${seconds >= 0 ? "+" : ""}${seconds}\n`);
  }

  /**
   * Makes /hab read-only for whoever opens a file from now on: a mount of the same files above it, since one with files open
   * for writing cannot be made read-only.
   */
  setReadOnly(on: boolean): void {
    if (this.#covered === on) return;
    if (on) {
      // Read-only before anybody can open a file on it.
      this.mount("--bind", "/hab", "/mnt");
      this.mount("-o", "remount,bind,ro", "/mnt");
      this.mount("--move", "/mnt", "/hab");
    } else {
      // What was opened meanwhile stays on that mount, which from now on can be written.
      this.mount("-o", "remount,bind,rw", "/hab");
      run(["umount", "-l", "/hab"]);
    }
    this.#covered = on;
  }

  mount(...words: string[]): void {
    run(["mount", ...words]);
  }

  /** Waits until the condition holds; throws after `seconds`. */
  async until(what: string, condition: () => Promise<boolean> | boolean, seconds = 60): Promise<void> {
    const deadline = performance.now() + seconds * 1000;
    while (!(await condition())) {
      if (this.broken !== undefined) throw new Error(this.broken);
      if (performance.now() > deadline) throw new Error(`waited ${seconds} s in vain until ${what}`);
      await Bun.sleep(20);
    }
  }
}

function run(command: readonly string[]): void {
  const [program = "", ...args] = command;
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
}

/** So many services: one of each kind first, then ones that just run. */
function mixed(count: number): [string, KindName][] {
  const kinds: KindName[] = [
    "filed",
    "slow",
    "crashing",
    "restarting",
    "forking",
    "talking",
    "plain",
    "lingering",
  ];
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index] ?? "plain";
    return [index < kinds.length ? kind : `plain${index}`, kind];
  });
}
