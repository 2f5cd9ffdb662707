// A machine for end-to-end tests: the real dist/hab in a private root (script/private-root), with an own /hab, own
// processes and an own network that is nothing but loopback. Everything in it ends with it.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { descendantsOf } from "../../src/host/index.ts";

export const PROJECT = resolve(import.meta.dir, "../..");
const PRIVATE_ROOT = join(PROJECT, "script/private-root");

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly input?: string;
  /** The exit code that is right; any other throws with what the command said. `any` accepts all. */
  readonly exit?: number | "any";
}

export interface BackgroundProcess {
  /** What it has printed so far, both streams. */
  output(): string;
  /** Ends it, and everything it started, at once, without a word. */
  kill(): Promise<void>;
  readonly exited: Promise<number | null>;
}

export class Machine {
  /** Holds the machine's /hab (as `hab`), logs and whatever the test puts there; visible inside under the same path. */
  readonly directory: string;
  /** Given to every command; a test may add to it (`HAB_AUTH_TOKEN`, …). */
  readonly env: Record<string, string>;
  #backgrounds = 0;

  private constructor(directory: string) {
    this.directory = directory;
    this.env = {
      PATH: `${join(PROJECT, "dist")}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      HOME: join(directory, "home"),
      HAB_LICENSE: "accept-no-persist",
      HAB_NOCOLORING: "1",
      TERM: "dumb",
      LANG: "C.UTF-8",
    };
  }

  static async start(): Promise<Machine> {
    if (!existsSync(join(PROJECT, "dist/hab")))
      throw new Error("dist/hab is missing: run script/build first");
    const directory = mkdtempSync(join(tmpdir(), "hab-machine-"));
    const machine = new Machine(directory);
    await execute([PRIVATE_ROOT, "start", directory], { env: { PATH: process.env.PATH ?? "" } });
    await machine.run(["mkdir", "-p", machine.env["HOME"] as string]);
    return machine;
  }

  /** Runs a command to its end. Throws when the exit code is not the one expected (0). */
  run(command: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const settings = Object.entries({ ...this.env, ...options.env }).map(
      ([name, value]) => `${name}=${value}`,
    );
    return execute([PRIVATE_ROOT, "enter", this.directory, "env", "-i", ...settings, ...command], options);
  }

  /** Starts a command that goes on; it ends with the machine at the latest. */
  background(command: readonly string[], options: RunOptions = {}): BackgroundProcess {
    const log = join(this.directory, `background-${this.#backgrounds++}.log`);
    const file = openSync(log, "w");
    const settings = Object.entries({ ...this.env, ...options.env }).map(
      ([name, value]) => `${name}=${value}`,
    );
    const child = spawn(PRIVATE_ROOT, ["enter", this.directory, "env", "-i", ...settings, ...command], {
      stdio: ["ignore", file, file],
      cwd: options.cwd ?? PROJECT,
      detached: true,
    });
    const exited = new Promise<number | null>((done) => child.on("exit", (code) => done(code)));
    return {
      output: () => readFileSync(log, "utf8"),
      kill: async () => {
        // All stand still first and children end before their parents, so that none sees another one end.
        for (const pid of child.pid === undefined ? [] : standingStill(child.pid).reverse())
          signalIfThere(pid, "SIGKILL");
        await exited;
      },
      exited,
    };
  }

  /** Gives the machine another, empty /hab: from here on it is a machine that has nothing. */
  async replaceHab(name: string): Promise<void> {
    await execute([PRIVATE_ROOT, "empty", this.directory, name], { env: { PATH: process.env.PATH ?? "" } });
  }

  stop(): Promise<void> {
    return stopMachine(this.directory);
  }
}

/** Ends a machine by its directory: also one that a test which was killed has left. */
export async function stopMachine(directory: string): Promise<void> {
  await execute([PRIVATE_ROOT, "stop", directory], { env: { PATH: process.env.PATH ?? "" } });
  rmSync(directory, { recursive: true, force: true });
}

/** Between two looks at a condition, at first and at most: a look may cost as much as what is waited for. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 200;

/** Waits until `condition` gives something other than false, undefined or a throw; returns it. Throws after `seconds`. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | false | undefined> | T | false | undefined,
  seconds = 30,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  let last: unknown;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.2, LONGEST_PAUSE_MS)) {
    try {
      const value = await condition();
      if (value !== false && value !== undefined) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline)
      throw new Error(`waited ${seconds} s in vain until ${what}`, { cause: last });
    await Bun.sleep(pause);
  }
}

/** Stops a process and all below it, also those that were started meanwhile; gives them, parents before their children. */
function standingStill(pid: number): number[] {
  const stopped = new Set<number>();
  for (;;) {
    const moving = [pid, ...descendantsOf(pid).map((each) => each.pid)].filter((each) => !stopped.has(each));
    if (moving.length === 0) return [...stopped];
    for (const each of moving) {
      signalIfThere(each, "SIGSTOP");
      stopped.add(each);
    }
  }
}

function signalIfThere(pid: number, signal: "SIGSTOP" | "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Ended with one before it.
  }
}

function execute(command: readonly string[], options: RunOptions): Promise<Finished> {
  const [program, ...args] = command;
  return new Promise((done, failed) => {
    const child = spawn(program as string, args, { cwd: options.cwd ?? PROJECT });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk) => stdout.push(chunk));
    child.stderr.on("data", (chunk) => stderr.push(chunk));
    child.on("error", failed);
    child.on("close", (code) => {
      const finished = {
        exitCode: code ?? 255,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      };
      if (options.exit !== "any" && finished.exitCode !== (options.exit ?? 0))
        failed(
          new Error(
            `${command.join(" ")}\nexit ${finished.exitCode}, expected ${options.exit ?? 0}\n${finished.stdout}${finished.stderr}`,
          ),
        );
      else done(finished);
    });
    child.stdin.end(options.input ?? "");
  });
}
