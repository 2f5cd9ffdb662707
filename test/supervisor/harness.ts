// A real Supervisor for tests: launcher and Supervisor as processes, everything below one temporary root, ports of its
// own, packages written by hand. Nothing of the machine's /hab is touched.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CommandResult, typeHere } from "../../src/cli/testing/type-here.ts";
import { freePort } from "../../src/depot/testing/free-port.ts";
import { waitForExit } from "../../src/host/index.ts";
import { HAB_WORDS } from "../../src/host/testing/hab-program.ts";

const DEADLINE_MS = 15_000;
const SETTLE_MS = 5_000;

export interface PackageParts {
  readonly hooks?: Readonly<Record<string, string>>;
  readonly toml?: string;
  /** Path in the package → content: `config/x.conf`, `EXPORTS`, `BINDS`, … */
  readonly files?: Readonly<Record<string, string>>;
  readonly release?: string;
}

export interface ServiceJson {
  readonly cfg: Record<string, unknown>;
  readonly desired_state: string;
  readonly health_check: string;
  readonly initialized: boolean;
  readonly pkg: { readonly ident: string };
  readonly process: { readonly pid: number | null; readonly state: string };
  readonly last_process_state: { readonly pid: number | null; readonly termination_reason: string } | null;
  readonly next_restart_at: number | null;
  readonly restart_count: number;
}

export class TestSupervisor {
  readonly root: string;
  readonly #ports: readonly number[];
  readonly #env: Record<string, string>;
  readonly #arguments: readonly string[];
  readonly #wrapper: readonly string[];
  #process: Bun.Subprocess<"ignore", "pipe", "pipe"> | undefined;
  #log = "";

  private constructor(
    ports: readonly number[],
    env: Record<string, string>,
    args: readonly string[],
    wrapper: readonly string[],
  ) {
    this.root = mkdtempSync(join(tmpdir(), "hab-supervisor-"));
    this.#ports = ports;
    this.#arguments = args;
    this.#wrapper = wrapper;
    this.#env = {
      PATH: "/usr/bin:/bin",
      FS_ROOT: this.root,
      HAB_LICENSE: "accept-no-persist",
      HAB_CTL_SECRET: "",
      NO_COLOR: "1",
      HOME: this.root,
      ...env,
    };
  }

  static async create(
    options: {
      readonly env?: Record<string, string>;
      readonly args?: readonly string[];
      /** Words before `hab`: what it is started by. */
      readonly wrapper?: readonly string[];
    } = {},
  ): Promise<TestSupervisor> {
    const { env = {}, args = [], wrapper = [] } = options;
    return new TestSupervisor([freePort(), freePort(), freePort()], env, args, wrapper);
  }

  /** Writes an installed package of origin `vec`, version 1.0.0. */
  addPackage(name: string, parts: PackageParts = {}): void {
    const release = parts.release ?? "20260101000000";
    const place = join(this.root, "hab/pkgs/vec", name, "1.0.0", release);
    const files: Record<string, string> = {
      IDENT: `vec/${name}/1.0.0/${release}\n`,
      TARGET: "x86_64-linux\n",
      SVC_USER: "root\n",
      SVC_GROUP: "root\n",
      "hooks/run": "#!/bin/sh\nexec sleep 100000\n",
      ...parts.files,
    };
    if (parts.toml !== undefined) files["default.toml"] = parts.toml;
    for (const [hook, text] of Object.entries(parts.hooks ?? {})) files[`hooks/${hook}`] = text;
    for (const [path, content] of Object.entries(files)) this.write(join(place, path), content);
  }

  /** Writes a file; paths are below the root unless they are in it already. */
  write(path: string, content: string): void {
    const full = path.startsWith(this.root) ? path : join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    if (full.includes("/hooks/") || full.includes("/bin/")) chmodSync(full, 0o755);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  /** The hooks that noted themselves in var/order. `run` and `post-run` start together, so their order is made one. */
  order(name: string): string[] {
    const text = this.read(`hab/svc/${name}/var/order`);
    return text.replaceAll("post-run\nrun\n", "run\npost-run\n").trim().split("\n");
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { force: true });
  }

  /** Starts it and waits until it answers. */
  async start(): Promise<this> {
    this.launch();
    await this.until(async () => (await this.get("/services")).status === 200, "the HTTP gateway to answer");
    return this;
  }

  /** Starts it and waits for nothing: it may not come to answer. */
  launch(): void {
    const [gossip, http, ctl] = this.#ports;
    this.#process = Bun.spawn(
      [
        ...this.#wrapper,
        ...HAB_WORDS,
        "sup",
        "run",
        `--listen-gossip=127.0.0.1:${gossip}`,
        `--listen-http=127.0.0.1:${http}`,
        `--listen-ctl=127.0.0.1:${ctl}`,
        "--sys-ip-address=127.0.0.1",
        ...this.#arguments,
      ],
      { cwd: this.root, env: this.#env, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    );
    void this.#collect(this.#process.stdout);
    void this.#collect(this.#process.stderr);
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.#log += decoder.decode(chunk, { stream: true });
  }

  /** Where other Supervisors reach it. */
  get gossipAddress(): string {
    return `127.0.0.1:${this.#ports[0]}`;
  }

  /** Where it takes commands. */
  get ctlPort(): number {
    return this.#ports[2] as number;
  }

  get memberId(): string {
    return this.read("hab/sup/default/MEMBER_ID");
  }

  /** Resolves with the launcher's exit code when it has ended. */
  get exited(): Promise<number> {
    return this.#process?.exited ?? Promise.resolve(0);
  }

  get launcherPid(): number {
    return this.#process?.pid ?? 0;
  }

  /** The pid of the Supervisor itself: the launcher's child that is no service. */
  get supervisorPid(): number {
    const children = readFileSync(`/proc/${this.launcherPid}/task/${this.launcherPid}/children`, "utf8");
    const found = children
      .trim()
      .split(" ")
      .find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("\0hab-sup\0"));
    if (found === undefined) throw new Error("no Supervisor runs");
    return Number(found);
  }

  /** Ends launcher, Supervisor and services at once, as a power cut would. The root stays. */
  async crash(): Promise<void> {
    const pids = [this.launcherPid, this.supervisorPid, ...this.#childrenOf(this.launcherPid)];
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // Ended with one before it.
      }
    }
    await this.exited;
    // Those that are no children of ours, too: until they have ended they hold their locks.
    for (const pid of pids) await waitForExit(pid, AbortSignal.timeout(DEADLINE_MS));
  }

  #childrenOf(pid: number): number[] {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return text === "" ? [] : text.split(" ").map(Number);
  }

  get log(): string[] {
    return this.#log.split("\n");
  }

  /** Where lines that are printed from now on begin in `log`. */
  get mark(): number {
    return this.log.length - 1;
  }

  /** How often a line that contains `text` has been printed. */
  said(text: string): number {
    return this.log.filter((line) => line.includes(text)).length;
  }

  async get(path: string): Promise<{ readonly status: number; readonly body: string }> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.#ports[1]}${path}`);
      return { status: response.status, body: await response.text() };
    } catch {
      return { status: 0, body: "" };
    }
  }

  async service(name: string): Promise<ServiceJson | undefined> {
    const { status, body } = await this.get(`/services/${name}/default`);
    return status === 200 ? (JSON.parse(body) as ServiceJson) : undefined;
  }

  /** Tells commands that take no address where the Supervisor is, as an operator would in cli.toml. */
  writeAddress(): void {
    const text = `listen_ctl = "127.0.0.1:${this.#ports[2]}"\n`;
    for (const home of ["hab", ".hab"]) this.write(`${home}/etc/cli.toml`, text);
  }

  /** The words of a command, and where it finds this Supervisor. */
  #addressed(words: readonly string[]): string[] {
    if (words.includes("--remote-sup") || words[1] === "key") return [...words];
    const remote =
      ["svc", "config", "file"].includes(words[0] ?? "") || words[1] === "restart" || words[1] === "depart";
    const gateway = words[0] === "ring" && words[1] !== "key";
    return [
      ...words,
      ...(remote ? ["--remote-sup", `127.0.0.1:${this.#ports[2]}`] : []),
      ...(gateway ? ["--gateway", `127.0.0.1:${this.#ports[1]}`] : []),
    ];
  }

  /** Starts `hab` against this Supervisor. */
  spawnHab(...words: string[]): Bun.Subprocess<"ignore", "pipe", "pipe"> {
    return Bun.spawn([...HAB_WORDS, ...this.#addressed(words)], {
      cwd: this.root,
      env: this.#env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
  }

  /** Runs `hab` against this Supervisor with something to read. */
  async habReading(input: Uint8Array, ...words: string[]): Promise<CommandResult> {
    const child = Bun.spawn([...HAB_WORDS, ...this.#addressed(words)], {
      cwd: this.root,
      env: this.#env,
      stdin: input,
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { exit: await child.exited, out, err };
  }

  /** Carries out a command line in this process, much sooner than a process of its own would; one after another. */
  typed(...words: string[]): Promise<CommandResult> {
    return this.typedIn({}, ...words);
  }

  /** The same in an environment in which some variables are others, or missing. */
  typedIn(env: Readonly<Record<string, string | null>>, ...words: string[]): Promise<CommandResult> {
    const changed = Object.entries({ ...this.#env, ...env });
    const given = Object.fromEntries(
      changed.flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    );
    return typeHere(this.#addressed(words), given);
  }

  /** Runs `hab` against this Supervisor. */
  async hab(...words: string[]): Promise<CommandResult> {
    const child = this.spawnHab(...words);
    const [out, err] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { exit: await child.exited, out, err };
  }

  httpUrl(path: string): string {
    return `http://127.0.0.1:${this.#ports[1]}${path}`;
  }

  /** Applies configuration from a text. */
  async apply(group: string, version: number, toml: string): Promise<void> {
    this.write("apply.toml", toml);
    const { exit, err } = await this.hab(
      "config",
      "apply",
      group,
      String(version),
      join(this.root, "apply.toml"),
    );
    if (exit !== 0) throw new Error(err);
  }

  /** Loads a service and waits until its process is up. */
  async load(name: string, ...options: string[]): Promise<ServiceJson> {
    const { exit, err } = await this.hab("svc", "load", `vec/${name}`, ...options);
    if (exit !== 0) throw new Error(err);
    return this.up(name);
  }

  /** Waits until a process other than `previous` is up. */
  async up(name: string, previous?: number | null): Promise<ServiceJson> {
    let found: ServiceJson | undefined;
    await this.until(async () => {
      found = await this.service(name);
      return found?.process.state === "up" && found.process.pid !== previous;
    }, `${name} to be up`);
    return found as ServiceJson;
  }

  /** Waits until `condition` holds; fails with the log after a deadline. */
  async until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    while (!(await condition())) {
      if (performance.now() > deadline) throw new Error(`waited in vain for ${what}\n${this.#log}`);
      await Bun.sleep(10);
    }
  }

  /** Looks until `isRight`, and answers what was seen last, also when that never came. */
  async settle<T>(look: () => T | Promise<T>, isRight: (seen: T) => boolean): Promise<T> {
    const deadline = performance.now() + SETTLE_MS;
    for (;;) {
      const seen = await look();
      if (isRight(seen) || performance.now() > deadline) return seen;
      await Bun.sleep(10);
    }
  }

  /** Ends launcher, Supervisor and services, and removes the root. */
  async stop(): Promise<number> {
    const child = this.#process;
    child?.kill("SIGTERM");
    const exit = (await child?.exited) ?? 0;
    rmSync(this.root, { recursive: true, force: true });
    return exit;
  }
}
