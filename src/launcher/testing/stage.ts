// A launcher with a puppet Supervisor in a temporary root, for tests.
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Identity, inheritedEnvironment, isProcessRunning } from "../../host/index.ts";
import { HAB_WORDS } from "../../host/testing/hab-program.ts";
import type { ServiceProcess } from "../index.ts";

export interface Told {
  readonly event: string;
  readonly pid?: number;
  readonly code?: number | null;
  readonly signal?: string | null;
  readonly args?: readonly string[];
  readonly services?: readonly ServiceProcess[];
}

export interface StageOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What `hab-launch` is to do; `run` when not given. */
  readonly verb?: "run" | "sweep" | "reload";
  /** Instead of the puppet. */
  readonly supervisor?: string;
  /** Words before the launcher's command line. */
  readonly wrapper?: readonly string[];
}

export class Stage {
  readonly root = mkdtempSync(join(tmpdir(), "hab-launcher-"));
  /** What the launcher printed, by descriptor. */
  readonly printed: [string, string] = ["", ""];
  /** What puppets told, in order. */
  readonly told: Told[] = [];
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  readonly #listener: Bun.UnixSocketListener<undefined>;
  readonly #launchers: Bun.Subprocess[] = [];
  #puppet: Bun.Socket<undefined> | undefined;
  #nextId = 1;
  #changed: () => void = () => {};
  #rest = "";
  #reading = true;

  constructor() {
    chmodSync(this.root, 0o755);
    this.#listener = Bun.listen<undefined>({
      unix: join(this.root, "puppet"),
      socket: {
        open: (socket) => {
          this.#puppet = socket;
        },
        data: (_, chunk) => this.#heard(chunk.toString()),
      },
    });
  }

  /** Starts a launcher; resolves to its process. */
  start(options: StageOptions = {}): Bun.Subprocess {
    const puppet = this.script(
      "puppet-supervisor",
      `exec ${process.execPath} ${resolve(import.meta.dir, "puppet.ts")} "$@"`,
    );
    const launcher = Bun.spawn(
      [
        ...(options.wrapper ?? []),
        ...HAB_WORDS,
        "hab-launch",
        options.verb ?? "run",
        ...(options.args ?? []),
      ],
      {
        env: {
          ...inheritedEnvironment(),
          TERM: "dumb",
          FS_ROOT: this.root,
          PUPPET_SOCKET: join(this.root, "puppet"),
          HAB_SUP_BINARY: options.supervisor ?? puppet,
          ...options.env,
        },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    this.#launchers.push(launcher);
    void this.#collect(0, launcher.stdout);
    void this.#collect(1, launcher.stderr);
    return launcher;
  }

  /** An executable shell script in the root. */
  script(name: string, text: string): string {
    const path = join(this.root, name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return path;
  }

  /** Starts a shell command as a service. */
  async spawn(
    group: string,
    text: string,
    more: { user?: Identity; stopSignal?: string; stopTimeoutMs?: number; env?: Record<string, string> } = {},
  ): Promise<{ pid: number; startTime: number }> {
    const spec = { group, command: ["/bin/sh", "-c", text], env: {}, ...more };
    return (await this.call("spawn", spec)) as { pid: number; startTime: number };
  }

  /** Lets the present puppet do something. */
  call(call: string, ...args: unknown[]): Promise<unknown> {
    const id = this.#nextId++;
    const { promise, resolve: resolveCall, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve: resolveCall, reject });
    this.#puppet?.write(`${JSON.stringify({ id, call, args })}\n`);
    return promise;
  }

  async services(): Promise<ServiceProcess[]> {
    return (await this.call("services")) as ServiceProcess[];
  }

  /** The `count`th thing of this kind that was told, once it was. */
  async heard(event: string, count = 1): Promise<Told> {
    for (;;) {
      const found = this.told.filter((told) => told.event === event)[count - 1];
      if (found !== undefined) return found;
      await this.change();
    }
  }

  /** Resolves when the launcher has printed this. */
  async shows(text: string, descriptor: 0 | 1 = 0): Promise<void> {
    while (!this.printed[descriptor].includes(text)) await this.change();
  }

  /** Resolves at the next thing printed or told. */
  change(): Promise<void> {
    return new Promise((resolveChange) => {
      const before = this.#changed;
      this.#changed = () => {
        before();
        resolveChange();
      };
    });
  }

  /** Stops or goes on taking what launchers print. */
  read(reading: boolean): void {
    this.#reading = reading;
    this.#change();
  }

  exists(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  /** Ends everything that was started and removes the root. */
  async end(): Promise<void> {
    this.read(true);
    const services = readdirSync("/proc").filter((name) => this.#isOurs(name));
    for (const launcher of this.#launchers) launcher.kill("SIGKILL");
    for (const pid of services) killQuietly(Number(pid));
    await Promise.all(this.#launchers.map(({ exited }) => exited));
    this.#listener.stop(true);
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Whether a process was started with our root in its environment. */
  #isOurs(pid: string): boolean {
    if (!/^\d+$/.test(pid) || !isProcessRunning(Number(pid))) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`FS_ROOT=${this.root}\0`);
    } catch {
      return false;
    }
  }

  #heard(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const message = JSON.parse(line) as Told & { id?: number; result?: unknown; error?: unknown };
      if (message.id === undefined) this.told.push(message);
      else if (message.error !== undefined) this.#waiting.get(message.id)?.reject(message.error);
      else this.#waiting.get(message.id)?.resolve(message.result);
    }
    this.#change();
  }

  async #collect(descriptor: 0 | 1, stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      this.printed[descriptor] += decoder.decode(chunk, { stream: true });
      this.#change();
      while (!this.#reading) await this.change();
    }
  }

  #change(): void {
    const changed = this.#changed;
    this.#changed = () => {};
    changed();
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
}
