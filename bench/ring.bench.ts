// Rings of many members, each a process of its own on this machine: ours (ring-member.ts, compiled) beside Serf, and beside
// what the original reached on a machine of this kind (Supervisors, with what they render). How soon all know what one was
// told, that one is dead, who leads; what an idle member costs. HAB_RING_SIZES names other sizes than 5, 30 and 100.
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import { cpuTimeOf, memoryOf } from "./host.ts";
import { install } from "./installed.ts";
import { type Comparison, type Figure, figure, report } from "./measure.ts";
import { Fleet, type Line, Waiter } from "./ring-fleet.ts";
import type { Setup, Sight } from "./ring-member.ts";

const SIZES = (process.env.HAB_RING_SIZES ?? "5 30 100").split(" ").map(Number);
const SPREADS = 9;
const CRASHES = 3;
/** By then what runs often has been compiled. */
const SETTLE_MS = 45_000;
const IDLE_MS = 15_000;
const LIMIT_MS = 120_000;
const KEY = `SYM-SEC-1\nbench-20260101000000\n\n${Buffer.alloc(32, 7).toString("base64")}`;
/** The original's figures by size: seconds; CPU in % of a core, memory in MB. */
const ORIGINAL: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  5: { half: 1.0, last: 1.2, crash: 25.2, leader: 27.1, cold: 8.1, cpu: 0.23, memory: 9.0 },
  30: { half: 1.1, last: 2.9, crash: 25.2, leader: 40.2, cold: 11.2, cpu: 0.31, memory: 6.4 },
  100: { half: 2.2, last: 3.5, crash: 15.6, leader: 70.4, cold: 97.1, cpu: 1.12, memory: 11.5 },
};
const AIMS: Readonly<Record<string, number>> = {
  half: 0.15,
  last: 0.3,
  crash: 4,
  leader: 1.5,
  cold: 3,
  cpu: 0.3,
  memory: 25,
};

/** What a member is known to see. */
interface View {
  speaks: boolean;
  id: string;
  alive: number;
  dead: number;
  applied: number;
  leader: string;
}

/** A program whose members form rings. */
interface Kind {
  readonly name: string;
  readonly elects: boolean;
  command(number: number, directory: string): string[];
  /** Takes in a line that a member printed. */
  read(view: View, line: Line): void;
  /** Has a member tell all others the text of this number. */
  apply(ring: Ring, member: number, number: number): void;
}

const port = (number: number) => 20_000 + number;
const rpcPort = (number: number) => 30_000 + number;
/** Two, so that the ring forms though one of them is being killed. */
const peersOf = (number: number) =>
  [0, 1].filter((peer) => peer !== number).map((peer) => `127.0.0.1:${port(peer)}`);

function ours(program: string): Kind {
  return {
    name: "hab",
    elects: true,
    command: (number, directory) => {
      const setup: Setup = {
        directory: join(directory, String(number)),
        host: "127.0.0.1",
        port: port(number),
        peers: peersOf(number),
        key: KEY,
        serves: true,
      };
      return [program, JSON.stringify(setup)];
    },
    read: (view, { text }) => {
      if (!text.startsWith("{")) return;
      const sight = JSON.parse(text) as Sight;
      view.id = sight.id ?? view.id;
      view.alive = sight.alive ?? view.alive;
      view.dead = sight.confirmed ?? view.dead;
      view.applied = sight.incarnation ?? view.applied;
      view.leader = sight.leader ?? view.leader;
    },
    apply: ({ fleet }, member, number) =>
      fleet.members.get(member)?.tell(JSON.stringify({ incarnation: number, text: `value = ${number}\n` })),
  };
}

const serf: Kind = {
  name: "Serf",
  elects: false,
  command: (number) => [
    "serf",
    "agent",
    `-node=n${number}`,
    `-bind=127.0.0.1:${port(number)}`,
    `-rpc-addr=127.0.0.1:${rpcPort(number)}`,
    `-encrypt=${Buffer.alloc(32, 7).toString("base64")}`,
    ...peersOf(number).map((peer) => `-retry-join=${peer}`),
  ],
  read: (view, { member, text }) => {
    const [, event, name] = /serf: EventMember(Join|Failed): (\S+)/.exec(text) ?? [];
    if (event !== undefined && name !== `n${member}`) {
      // Each member that is started again joins after it failed.
      if (event === "Failed") view.dead++;
      else if (view.dead > 0) view.dead--;
      view.alive += event === "Join" ? 1 : -1;
    }
    const applied = /Received event: user-event: v(\d+)/.exec(text)?.[1];
    if (applied !== undefined) view.applied = Math.max(view.applied, Number(applied));
  },
  apply: ({ fleet }, member, number) => {
    fleet.begin([
      "serf",
      "event",
      "-coalesce=false",
      `-rpc-addr=127.0.0.1:${rpcPort(member)}`,
      `v${number}`,
      `value = ${number}`,
    ]);
  },
};

/** A ring of one kind, and what its members see. */
class Ring {
  readonly kind: Kind;
  readonly size: number;
  readonly fleet: Fleet;
  readonly views = new Map<number, View>();
  /** When each was first seen to have what was applied last. */
  readonly applied = new Map<number, number>();
  readonly #waiter = new Waiter();
  #lastApplied = 0;

  constructor(kind: Kind, size: number) {
    this.kind = kind;
    this.size = size;
    this.fleet = new Fleet((line) => this.#hear(line));
  }

  #hear(line: Line): void {
    const view = this.views.get(line.member);
    if (view === undefined) return;
    view.speaks = true;
    this.kind.read(view, line);
    if (view.applied === this.#lastApplied && !this.applied.has(line.member))
      this.applied.set(line.member, line.atMs);
    this.#waiter.wake();
  }

  start(number: number): void {
    this.views.set(number, { speaks: false, id: "", alive: 0, dead: 0, applied: 0, leader: "" });
    this.fleet.start(number, this.kind.command(number, this.fleet.directory));
  }

  async kill(number: number): Promise<void> {
    this.views.delete(number);
    await this.fleet.members.get(number)?.kill();
  }

  /** Waits until the view of every member that runs fits; gives the time. */
  until(what: string, fits: (view: View) => boolean): Promise<number> {
    const all = () => [...this.views.values()];
    return this.#waiter.until(
      () => `${what} at all: ${all().filter((view) => !fits(view)).length} of ${this.size} do not`,
      () => all().every(fits),
      LIMIT_MS,
    );
  }

  untilWhole(): Promise<number> {
    const led = (view: View) => !this.kind.elects || (view.leader !== "" && view.leader === this.leader);
    return this.until("all see all", (view) => view.alive === this.size - 1 && view.dead === 0 && led(view));
  }

  get leader(): string {
    return this.views.values().next().value?.leader ?? "";
  }

  /** All start at once; the time is that of the ring, from when the last process has begun to speak. */
  async coldStart(): Promise<number> {
    for (let number = 0; number < this.size; number++) this.start(number);
    const begin = await this.until("to speak", (view) => view.speaks);
    return (await this.untilWhole()) - begin;
  }

  /** One is told; gives how long after it half, and all, of the members had it. */
  async spread(): Promise<readonly [half: number, last: number]> {
    this.applied.clear();
    const number = ++this.#lastApplied;
    const member = pick(this.size);
    this.kind.apply(this, member, number);
    await this.until("what was applied", (view) => view.applied === number);
    const times = [...this.applied.values()].sort((a, b) => a - b);
    // Its own line may be read after those of others.
    const begin = times[0] ?? 0;
    return [(times[Math.ceil(times.length / 2) - 1] ?? 0) - begin, (times.at(-1) ?? 0) - begin];
  }

  /** A member's process is killed, later started again. */
  async crash(number: number, noticed: (view: View) => boolean): Promise<number> {
    const begin = performance.now();
    await this.kill(number);
    const took = (await this.until("the crash", noticed)) - begin;
    await this.until("the crash", (view) => view.dead > 0);
    this.start(number);
    await this.untilWhole();
    return took;
  }

  numberOf(id: string): number {
    for (const [number, view] of this.views) if (view.id === id) return number;
    throw new Error(`nobody is ${id}`);
  }
}

function pick(below: number): number {
  return Math.floor(Math.random() * below);
}

interface Idle {
  readonly cpu: number;
  readonly memory: number;
  readonly bytes: number;
  readonly packets: number;
  readonly tcpPackets: number;
}

async function idle({ fleet, size }: Ring): Promise<Idle> {
  await Bun.sleep(SETTLE_MS);
  const pids = [...fleet.members.values()].map(({ pid }) => pid);
  const [cpu, traffic, begin] = [cpuTimeOf(pids), fleet.traffic(), performance.now()];
  await Bun.sleep(IDLE_MS);
  const [cpuAfter, trafficAfter, passed] = [cpuTimeOf(pids), fleet.traffic(), performance.now() - begin];
  const rate = (after: number, before: number) => ((after - before) / size / passed) * 1000;
  return {
    cpu: rate(cpuAfter, cpu) / 10,
    memory: memoryOf(pids) / size,
    bytes: rate(trafficAfter.udp.bytes + trafficAfter.tcp.bytes, traffic.udp.bytes + traffic.tcp.bytes),
    packets: rate(trafficAfter.udp.packets, traffic.udp.packets),
    tcpPackets: rate(trafficAfter.tcp.packets, traffic.tcp.packets),
  };
}

interface Result {
  readonly cold: number;
  readonly half: readonly number[];
  readonly last: readonly number[];
  readonly crash: readonly number[];
  readonly leader: readonly number[];
  readonly idle: Idle;
}

/** Undefined, and why on standard error, where the machine cannot carry so many. */
async function measure(kind: Kind, size: number): Promise<Result | undefined> {
  const ring = new Ring(kind, size);
  try {
    const cold = await ring.coldStart();
    const cost = await idle(ring);
    const spreads: (readonly [number, number])[] = [];
    for (let run = 0; run < SPREADS; run++) {
      spreads.push(await ring.spread());
      await Bun.sleep(300);
    }
    const crash: number[] = [];
    const leader: number[] = [];
    for (let run = 0; run < CRASHES; run++) {
      // Not one by which others join.
      let victim = 2 + pick(size - 2);
      if (kind.elects && victim === ring.numberOf(ring.leader)) victim = victim === size - 1 ? 2 : victim + 1;
      crash.push(await ring.crash(victim, (view) => view.dead > 0));
      await Bun.sleep(2000);
      if (!kind.elects) continue;
      const before = ring.leader;
      leader.push(
        await ring.crash(ring.numberOf(before), (view) => view.leader !== "" && view.leader !== before),
      );
      await Bun.sleep(2000);
    }
    return {
      cold,
      half: spreads.map(([half]) => half),
      last: spreads.map(([, last]) => last),
      crash,
      leader,
      idle: cost,
    };
  } catch (error) {
    console.error(`${size} members of ${kind.name}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  } finally {
    await ring.fleet.stop();
  }
}

/** One line: ours, Serf's where there is one, the ratio to the original's. */
function compare(
  what: string,
  size: number,
  unit: string,
  samples: readonly [mine: readonly number[], theirs?: readonly number[]],
  key?: string,
): void {
  const [mine, theirs] = samples;
  const subject = figure(`${size} members: ${what}`, unit, mine);
  const reference: Figure | undefined =
    theirs === undefined || theirs.length === 0 ? undefined : figure("Serf", unit, theirs);
  const original = key === undefined ? undefined : ORIGINAL[size]?.[key];
  const scaled = unit === "ms" ? (original ?? 0) * 1000 : (original ?? 0);
  const aim = key === undefined ? undefined : (AIMS[key] ?? 0) * (unit === "ms" ? 1000 : 1);
  const notes = [
    ...(reference === undefined ? [] : [`${(subject.median / reference.median).toFixed(2)} × Serf`]),
    ...(original === undefined
      ? []
      : [`${(subject.median / scaled).toFixed(2)} × the original's ${scaled} ${unit}`]),
  ];
  const comparison: Comparison = {
    subject,
    ...(reference === undefined ? {} : { reference }),
    ...(aim === undefined ? {} : { aim: { value: aim } }),
    note: notes.join(", "),
  };
  report(comparison);
}

install({ serf: "serf", nft: "nftables", unshare: "util-linux", nsenter: "util-linux", ip: "iproute2" });
const place = new Fleet(() => {});
try {
  const program = join(place.directory, "ring-member");
  const bun = resolve(import.meta.dir, "../node_modules/@oven/bun-linux-x64-baseline/bin/bun");
  const source = join(import.meta.dir, "ring-member.ts");
  const built = Bun.spawnSync({
    cmd: [
      bun,
      "build",
      "--compile",
      "--bytecode",
      "--format=esm",
      "--minify",
      source,
      `--outfile=${program}`,
    ],
    stdout: "ignore",
    stderr: "pipe",
  });
  if (built.exitCode !== 0) throw new Error(built.stderr.toString());
  for (const size of SIZES) {
    console.error(
      `${size} members, load ${loadavg()[0]?.toFixed(1)} (${readFileSync("/proc/loadavg", "utf8").split(" ")[3]})`,
    );
    const mine = await measure(ours(program), size);
    const theirs = await measure(serf, size);
    if (mine === undefined) continue;
    const both = (of: (result: Result) => readonly number[]) =>
      [of(mine), theirs === undefined ? [] : of(theirs)] as const;
    compare(
      "cold start, all speak → all see all (ours: and one leader)",
      size,
      "ms",
      both(({ cold }) => [cold]),
      "cold",
    );
    compare(
      "applied → known at half",
      size,
      "ms",
      both(({ half }) => half),
      "half",
    );
    compare(
      "applied → known at the last",
      size,
      "ms",
      both(({ last }) => last),
      "last",
    );
    compare(
      "SIGKILL → confirmed at all",
      size,
      "ms",
      both(({ crash }) => crash),
      "crash",
    );
    compare("SIGKILL of the leader → new one known to all", size, "ms", [mine.leader], "leader");
    compare(
      "idle CPU of a member",
      size,
      "% of a core",
      both(({ idle }) => [idle.cpu]),
      "cpu",
    );
    compare(
      "memory (PSS) of a member",
      size,
      "MB",
      both(({ idle }) => [idle.memory]),
      "memory",
    );
    compare(
      "idle, sent by a member",
      size,
      "bytes/s",
      both(({ idle }) => [idle.bytes]),
    );
    compare(
      "idle, datagrams of a member",
      size,
      "a second",
      both(({ idle }) => [idle.packets]),
    );
    compare(
      "idle, TCP packets of a member",
      size,
      "a second",
      both(({ idle }) => [idle.tcpPackets]),
    );
  }
} finally {
  await place.stop();
}
