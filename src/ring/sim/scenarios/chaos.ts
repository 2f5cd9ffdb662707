// Everything by turns: a schedule of faults of all kinds made from the seed, then quiet. Each fault that is to end has ended
// by then; who has lost everything is a new member.
import type { Action, DiskLeft, TimedAction } from "../action.ts";
import { FAIR } from "../network.ts";
import { below, between, chance, exponential, pick, type Random, sample } from "../random.ts";
import {
  everyone,
  hostsOf,
  LEADER_GROUP,
  loadAll,
  PLAIN_GROUP,
  type Plan,
  type Scenario,
  type Setup,
  settleMs,
  startAll,
} from "./scenario.ts";

const FIRST_FAULT_MS = 5000;
const MEAN_PAUSE_MS = 4000;
const LONGEST_FAULT_MS = 25_000;
const MINUTE_MS = 60_000;
const LATE_JOINERS = 2;

/** Collects the schedule; knows which hosts are up, and when one of them is busy with another fault. */
class Schedule {
  readonly actions: TimedAction[] = [];
  readonly up: Set<number>;
  /** Host → until when something is already planned for it. */
  readonly #taken = new Map<number, number>();
  #cuts = 0;

  constructor(up: readonly number[]) {
    this.up = new Set(up);
  }

  add(atMs: number, action: Action): void {
    this.actions.push({ atMs, action });
  }

  cutName(): string {
    this.#cuts++;
    return `cut ${this.#cuts}`;
  }

  free(now: number): number[] {
    return [...this.up].filter((host) => (this.#taken.get(host) ?? 0) <= now);
  }

  take(host: number, untilMs: number): void {
    this.#taken.set(host, untilMs);
  }
}

interface Draw {
  readonly schedule: Schedule;
  readonly setup: Setup;
  readonly random: Random;
  readonly now: number;
  /** When the fault ends, if it does. */
  readonly until: number;
  /** A counter for versions and texts that differ. */
  readonly number: number;
}

type Fault = (draw: Draw) => void;

function onOne({ schedule, random, now, until }: Draw, act: (host: number) => void): void {
  const host = pick(random, schedule.free(now));
  if (host === undefined) return;
  schedule.take(host, until + 1);
  act(host);
}

/** Goes down and comes back with more or less of its disk. */
function outage(draw: Draw, down: (host: number) => Action): void {
  const { schedule, setup, random, now, until } = draw;
  onOne(draw, (host) => {
    schedule.add(now, down(host));
    // An original that has lost its state hears old rumors no more (butterfly.md §14.3): no fault of ours to test.
    const disks: [DiskLeft, ...DiskLeft[]] =
      setup.originals === 0 ? ["kept", "kept", "kept", "id-only", "nothing"] : ["kept", "kept", "nothing"];
    schedule.add(until, { kind: "start", host, disk: pick(random, disks) });
  });
}

function cut(draw: Draw, limits: Pick<Extract<Action, { kind: "cut" }>, "oneWay" | "only">): void {
  const { schedule, setup, random, now, until } = draw;
  const few = sample(random, everyone(setup), 1 + below(random, Math.ceil(setup.members / 2)));
  const rest = everyone(setup).filter((host) => !few.includes(host));
  const others = chance(random, 0.5) ? rest : sample(random, rest, 1 + below(random, rest.length));
  if (others.length === 0) return;
  const name = schedule.cutName();
  schedule.add(now, { kind: "cut", name, from: few, to: others, ...limits });
  schedule.add(until, { kind: "heal", name });
}

const FAULTS: readonly [Fault, ...Fault[]] = [
  (draw) => outage(draw, (host) => ({ kind: "kill", host })),
  (draw) => outage(draw, (host) => ({ kind: "power-loss", host })),
  (draw) =>
    outage(draw, (host) => ({
      kind: "power-loss",
      host,
      lieMs: Math.round(between(draw.random, 500, 8000)),
    })),
  (draw) => cut(draw, {}),
  (draw) => cut(draw, { oneWay: true }),
  (draw) => cut(draw, { only: chance(draw.random, 0.5) ? "udp" : "tcp", oneWay: chance(draw.random, 0.5) }),
  ({ schedule, random, now, until }) => {
    const loss = Math.round(between(random, 0.02, 0.3) * 100) / 100;
    schedule.add(now, { kind: "weather", weather: { loss, duplication: 0.05, reordering: 0.1 } });
    schedule.add(until, { kind: "weather", weather: { loss: 0, duplication: 0, reordering: 0 } });
  },
  (draw) =>
    onOne(draw, (host) => {
      draw.schedule.add(draw.now, {
        kind: "spoil",
        host,
        loss: Math.round(between(draw.random, 0.1, 0.9) * 10) / 10,
      });
      draw.schedule.add(draw.until, { kind: "spoil", host, loss: 0 });
    }),
  (draw) =>
    onOne(draw, (host) => {
      draw.schedule.add(draw.now, { kind: "slow", host, byMs: Math.round(between(draw.random, 5, 150)) });
      draw.schedule.add(draw.until, { kind: "slow", host, byMs: 0 });
    }),
  (draw) =>
    onOne(draw, (host) =>
      draw.schedule.add(draw.now, { kind: "stall", host, forMs: Math.round(draw.until - draw.now) }),
    ),
  (draw) =>
    onOne(draw, (host) =>
      draw.schedule.add(draw.now, {
        kind: "suspend",
        host,
        forMs: Math.round(draw.until - draw.now),
        clockStops: chance(draw.random, 0.5),
      }),
    ),
  (draw) =>
    onOne(draw, (host) => {
      const { schedule, now, until } = draw;
      schedule.add(now, { kind: "power-loss", host });
      schedule.add(now, { kind: "move", host });
      schedule.add(until, { kind: "start", host, disk: "kept" });
    }),
  (draw) =>
    onOne(draw, (host) => {
      // For good, unless too few would be left.
      if (draw.schedule.up.size * 2 <= draw.setup.members + 2) return;
      draw.schedule.up.delete(host);
      const how = pick(draw.random, ["leave", "kill", "power-loss"] as const);
      draw.schedule.add(draw.now, { kind: how, host });
    }),
  (draw) => {
    const { schedule, setup, random, now } = draw;
    if (schedule.up.size * 2 <= setup.members + 2) return;
    onOne(draw, (victim) => {
      const at = pick(
        random,
        schedule.free(now).filter((host) => host !== victim),
      );
      if (at === undefined) return;
      schedule.up.delete(victim);
      schedule.add(now, { kind: "depart", host: at, victim });
    });
  },
  (draw) =>
    onOne(draw, (host) =>
      draw.schedule.add(draw.now, {
        kind: "configure",
        host,
        group: pick(draw.random, [LEADER_GROUP, PLAIN_GROUP]),
        // Of ours, also two at once with the same version must come to one.
        version:
          draw.setup.originals === 0 ? BigInt(1 + below(draw.random, draw.number)) : BigInt(draw.number),
        text: `number ${draw.number}`,
      }),
    ),
  (draw) =>
    onOne(draw, (host) =>
      draw.schedule.add(draw.now, {
        kind: "upload",
        host,
        group: PLAIN_GROUP,
        filename: pick(draw.random, ["a", "b"]),
        version: BigInt(draw.number),
        text: `number ${draw.number}`,
      }),
    ),
  (draw) =>
    onOne(draw, (host) => {
      draw.schedule.add(draw.now, { kind: "unload", host, group: PLAIN_GROUP });
      if (chance(draw.random, 0.7))
        draw.schedule.add(draw.until, { kind: "load", host, group: PLAIN_GROUP, leader: false });
    }),
  (draw) =>
    onOne(draw, (host) => draw.schedule.add(draw.now, { kind: "re-elect", host, group: LEADER_GROUP })),
];

export const chaos: Scenario = {
  name: "chaos",
  summary: "faults of all kinds by turns, different for each seed",
  members: (random) => 3 + below(random, 7),
  minutes: 1,
  plan(setup): Plan {
    const { members, random } = setup;
    const late = members > 4 ? sample(random, everyone(setup).slice(2), below(random, LATE_JOINERS + 1)) : [];
    const atFirst = everyone(setup).filter((host) => !late.includes(host));
    const schedule = new Schedule(atFirst);
    const faultsEndMs = FIRST_FAULT_MS + setup.minutes * MINUTE_MS;
    const leaderHosts = sample(random, everyone(setup), Math.max(2, below(random, members + 1)));
    for (const { atMs, action } of loadAll(setup, leaderHosts)) schedule.add(atMs, action);
    for (const { atMs, action } of startAll(setup, 3000))
      if (action.kind === "start" && !late.includes(action.host)) schedule.add(atMs, action);
    for (const host of late) {
      const at = between(random, FIRST_FAULT_MS, faultsEndMs);
      schedule.add(at, { kind: "start", host });
      schedule.take(host, at);
      schedule.up.add(host);
    }
    let number = 0;
    for (
      let now = FIRST_FAULT_MS + exponential(random, MEAN_PAUSE_MS);
      now < faultsEndMs;
      now += exponential(random, MEAN_PAUSE_MS)
    ) {
      number++;
      const until = Math.min(now + between(random, 200, LONGEST_FAULT_MS), faultsEndMs);
      pick(random, FAULTS)({ schedule, setup, random, now, until, number });
    }
    // Who loses all it knew can only come back by somebody that is still there.
    const lasting = [...schedule.up];
    return {
      hosts: hostsOf(setup).map((host, index) => {
        const known = sample(
          random,
          lasting.filter((other) => other !== index),
          2,
        );
        return { ...host, peers: [...new Set([...host.peers, ...known])] };
      }),
      actions: schedule.actions,
      weather: FAIR,
      quietAtMs: faultsEndMs + 1,
      endMs: faultsEndMs + settleMs(setup),
      drift: 1e-3,
    };
  },
};
