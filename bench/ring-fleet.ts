// Many members of a ring as processes of their own, for ring.bench.ts: of ours (ring-member.ts) or of Serf. Both print what
// they see on standard output, and are timed alike: when that arrives here. All are in one network namespace of their
// own, where what they send can be counted.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export interface Member {
  readonly number: number;
  readonly pid: number;
  /** A line for it to read. */
  tell(line: string): void;
  /** Ends it at once. */
  kill(): Promise<void>;
}

export interface Line {
  readonly member: number;
  readonly atMs: number;
  readonly text: string;
}

const PROBE_MS = 2;

/** A network namespace with nothing but loopback, and the processes in it. */
export class Fleet {
  readonly directory = mkdtempSync(join(tmpdir(), "hab-fleet-"));
  readonly members = new Map<number, Member>();
  readonly #holder: ChildProcess;
  readonly #hear: (line: Line) => void;
  /** `hear` is told every line that any member prints. */
  constructor(hear: (line: Line) => void) {
    this.#hear = hear;
    this.#holder = spawn("unshare", ["-n", "cat"], { stdio: ["pipe", "ignore", "inherit"] });
    // `unshare` is in its namespace before it becomes `cat`; `ip` may be a moment too early.
    const rules =
      "table inet count { chain out { type filter hook output priority 0; meta l4proto udp counter; meta l4proto tcp counter; }; }";
    const own = readNamespace("self");
    while (readNamespace(String(this.#holder.pid)) === own) Bun.sleepSync(PROBE_MS);
    this.inside(["ip", "link", "set", "lo", "up"]);
    this.inside(["nft", rules]);
  }

  /** Runs a command in the namespace to its end; gives what it printed. */
  inside(command: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(
      "nsenter",
      ["-t", String(this.#holder.pid), "-n", ...command],
      { encoding: "utf8" },
    );
    if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** Begins a command in the namespace that ends by itself. */
  begin(command: readonly string[]): void {
    spawn("nsenter", ["-t", String(this.#holder.pid), "-n", ...command], { stdio: "ignore" });
  }

  start(number: number, command: readonly string[]): Member {
    const child = spawn("nsenter", ["-t", String(this.#holder.pid), "-n", ...command], {
      stdio: ["pipe", "pipe", "pipe"],
      cwd: resolve(import.meta.dir, ".."),
    });
    const ended = new Promise<void>((done) => child.once("exit", () => done()));
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on("line", (text) =>
        this.#hear({ member: number, atMs: performance.now(), text }),
      );
    child.stdin.on("error", () => {}); // it has ended
    const member: Member = {
      number,
      pid: child.pid as number,
      tell: (line) => child.stdin.write(`${line}\n`),
      kill: async () => {
        child.kill("SIGKILL");
        this.members.delete(number);
        await ended;
      },
    };
    this.members.set(number, member);
    return member;
  }

  /** Sent so far by all: packets and bytes with IP headers, by UDP and TCP. */
  traffic(): { readonly udp: Traffic; readonly tcp: Traffic } {
    const found = [
      ...this.inside(["nft", "list", "table", "inet", "count"]).matchAll(/packets (\d+) bytes (\d+)/g),
    ].map(([, packets, bytes]) => ({ packets: Number(packets), bytes: Number(bytes) }));
    const none = { packets: 0, bytes: 0 };
    return { udp: found[0] ?? none, tcp: found[1] ?? none };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.members.values()].map((member) => member.kill()));
    this.#holder.stdin?.end();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export interface Traffic {
  readonly packets: number;
  readonly bytes: number;
}

function readNamespace(process: string): string {
  return spawnSync("readlink", [`/proc/${process}/ns/net`], { encoding: "utf8" }).stdout;
}

/** Waits until `condition` holds, looked at after each event that `wake` is called for. */
export class Waiter {
  #wake: (() => void) | undefined;

  wake(): void {
    this.#wake?.();
  }

  /** Gives the time when it held. Throws after `limitMs`. */
  async until(what: () => string, condition: () => boolean, limitMs: number): Promise<number> {
    const end = performance.now() + limitMs;
    while (!condition()) {
      const left = end - performance.now();
      if (left <= 0) throw new Error(`waited ${limitMs / 1000} s in vain until ${what()}`);
      await new Promise<void>((done) => {
        const timer = setTimeout(done, left);
        this.#wake = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
    return performance.now();
  }
}
