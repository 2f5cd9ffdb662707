// Scenarios that show one thing each; the ring is up and has a leader before it happens.
import type { Action, TimedAction } from "../action.ts";
import { between, sample } from "../random.ts";
import {
  everyone,
  LEADER_GROUP,
  loadAll,
  PLAIN_GROUP,
  type Plan,
  quietPlan,
  type Scenario,
  type Setup,
  startAll,
} from "./scenario.ts";

const ELECTING_HOSTS = 20;
const UP_MS = 20_000;
const LATER_MS = 60_000;
/** Bigger rings know each other from the first: every member learning of every other is what the scenario `join` is for. */
const WARM_MEMBERS = 1000;
const JOIN_WITHIN_MS = 2000;

/** A ring that is up at `upMs`, then what is to happen to it. */
function afterStart(
  setup: Setup,
  happenings: readonly (readonly [atMs: number, action: Action])[],
  options: { readonly quietAfterMs?: number; readonly leaderHosts?: readonly number[] } = {},
): Plan {
  const start = upMs(setup);
  const actions: TimedAction[] = [
    ...loadAll(setup, options.leaderHosts ?? everyone(setup).slice(0, 5)),
    ...startAll(setup, startWithinMs(setup)),
    ...happenings.map(([atMs, action]) => ({ atMs: start + atMs, action })),
  ];
  const lastAt = Math.max(start, ...actions.map(({ atMs }) => atMs));
  const plan = quietPlan(setup, actions, lastAt + (options.quietAfterMs ?? 0));
  return isWarm(setup) ? { ...plan, warm: true } : plan;
}

function isWarm({ members, originals }: Setup): boolean {
  return members > WARM_MEMBERS && originals === 0;
}

function startWithinMs(setup: Setup): number {
  const { members } = setup;
  // Who knows somebody that has not started yet takes it for dead.
  if (isWarm(setup)) return 0;
  return Math.min(1000 + members * 10, 10_000);
}

/** Members of the original take longer the more they are (baselines: 100 members, 97 s to a leader). */
function upMs(setup: Setup): number {
  return setup.originals === 0 ? UP_MS : UP_MS + setup.members * 2000;
}

const NAMED: readonly Scenario[] = [
  {
    name: "join",
    summary: "all members start at about the same time",
    members: () => 30,
    minutes: 1,
    plan: (setup) => ({
      ...afterStart(setup, []),
      actions: [...loadAll(setup, everyone(setup).slice(0, 5)), ...startAll(setup, JOIN_WITHIN_MS)],
      warm: false,
    }),
  },
  {
    name: "idle",
    summary: "nothing happens for the minutes given",
    members: () => 30,
    minutes: 1,
    plan: (setup) => afterStart(setup, [], { quietAfterMs: setup.minutes * LATER_MS }),
  },
  {
    name: "rumor",
    summary: "configuration is applied at one member, a file uploaded at another",
    members: () => 30,
    minutes: 1,
    plan: (setup) => {
      const [first = 0, second = 1] = sample(setup.random, everyone(setup), 2);
      return afterStart(setup, [
        [0, { kind: "configure", host: first, group: PLAIN_GROUP, version: 1n, text: "port = 1" }],
        [
          5000,
          { kind: "upload", host: second, group: PLAIN_GROUP, filename: "motd", version: 1n, text: "hello" },
        ],
        [10_000, { kind: "configure", host: second, group: PLAIN_GROUP, version: 2n, text: "port = 2" }],
      ]);
    },
  },
  {
    name: "crash",
    summary: "one member is killed, another loses power, both for good",
    members: () => 30,
    minutes: 1,
    plan: (setup) => {
      const [killed = 1, dark = 2] = sample(setup.random, everyone(setup).slice(2), 2);
      return afterStart(
        setup,
        setup.members < 4
          ? [[0, { kind: "kill", host: killed }]]
          : [
              [0, { kind: "kill", host: killed }],
              [LATER_MS, { kind: "power-loss", host: dark }],
            ],
        { quietAfterMs: 1000 },
      );
    },
  },
  {
    name: "leader-crash",
    summary: "the host of the group's leader loses power",
    members: () => 5,
    minutes: 1,
    plan: (setup) =>
      afterStart(setup, [[0, { kind: "leader-loss", group: LEADER_GROUP }]], {
        quietAfterMs: 1000,
        leaderHosts: everyone(setup).slice(0, ELECTING_HOSTS),
      }),
  },
  {
    name: "partition",
    summary: "a third of the members is cut off for a minute",
    members: () => 9,
    minutes: 1,
    plan: (setup) => {
      const few = sample(setup.random, everyone(setup), Math.max(1, Math.floor(setup.members / 3)));
      const others = everyone(setup).filter((host) => !few.includes(host));
      return afterStart(setup, [
        [0, { kind: "cut", name: "a", from: few, to: others }],
        [10_000, { kind: "configure", host: others[0] ?? 0, group: PLAIN_GROUP, version: 1n, text: "many" }],
        [
          20_000,
          {
            kind: "upload",
            host: few[0] ?? 0,
            group: PLAIN_GROUP,
            filename: "few",
            version: 1n,
            text: "few",
          },
        ],
        [setup.minutes * LATER_MS, { kind: "heal", name: "a" }],
      ]);
    },
  },
  {
    name: "even-split",
    summary: "the ring falls into two halves of the same size, then comes together",
    members: () => 6,
    minutes: 1,
    plan: (setup) => {
      const half = everyone(setup).filter((host) => host % 2 === 0);
      const other = everyone(setup).filter((host) => host % 2 === 1);
      return afterStart(setup, [
        [0, { kind: "cut", name: "half", from: half, to: other }],
        [setup.minutes * LATER_MS, { kind: "heal", name: "half" }],
      ]);
    },
  },
  {
    name: "one-way",
    summary: "one member hears all and is heard by none, another has no UDP, a third no TCP",
    members: () => 9,
    minutes: 1,
    plan: (setup) => {
      const [mute = 0, noUdp = 1, noTcp = 2] = sample(setup.random, everyone(setup), 3);
      const but = (host: number): number[] => everyone(setup).filter((other) => other !== host);
      const end = setup.minutes * LATER_MS;
      return afterStart(setup, [
        [0, { kind: "cut", name: "mute", from: [mute], to: but(mute), oneWay: true }],
        [100, { kind: "cut", name: "no UDP", from: [noUdp], to: but(noUdp), only: "udp" }],
        [200, { kind: "cut", name: "no TCP", from: [noTcp], to: but(noTcp), only: "tcp" }],
        [end, { kind: "heal", name: "mute" }],
        [end + 100, { kind: "heal", name: "no UDP" }],
        [end + 200, { kind: "heal", name: "no TCP" }],
      ]);
    },
  },
  {
    name: "full-restart",
    summary: "all hosts lose power at once and come back with what is on their disks",
    members: () => 9,
    minutes: 1,
    plan: (setup) =>
      afterStart(setup, [
        [0, { kind: "configure", host: 0, group: PLAIN_GROUP, version: 1n, text: "kept" }],
        ...everyone(setup).map((host) => [10_000, { kind: "power-loss", host }] as const),
        ...everyone(setup).map(
          (host) => [20_000 + between(setup.random, 0, 5000), { kind: "start", host, disk: "kept" }] as const,
        ),
      ]),
  },
  {
    name: "flapping",
    summary: "one member dies and comes back again and again",
    members: () => 9,
    minutes: 2,
    plan: (setup) => {
      const [host = 0] = sample(setup.random, everyone(setup), 1);
      const happenings: (readonly [number, Action])[] = [];
      for (let at = 0; at < setup.minutes * LATER_MS; at += 6000) {
        happenings.push([at, { kind: at % 12_000 === 0 ? "kill" : "power-loss", host }]);
        happenings.push([at + 3000, { kind: "start", host, disk: "kept" }]);
      }
      return afterStart(setup, happenings);
    },
  },
  {
    name: "suspend",
    summary: "members sleep, a minute and a few seconds, with and without their clocks",
    members: () => 9,
    minutes: 1,
    plan: (setup) => {
      const [long = 0, short = 1] = sample(setup.random, everyone(setup), 2);
      return afterStart(setup, [
        [0, { kind: "suspend", host: long, forMs: setup.minutes * LATER_MS, clockStops: true }],
        [5000, { kind: "suspend", host: short, forMs: 4000, clockStops: true }],
        [20_000, { kind: "suspend", host: short, forMs: 4000, clockStops: false }],
        [
          setup.minutes * LATER_MS,
          { kind: "configure", host: long, group: PLAIN_GROUP, version: 1n, text: "up" },
        ],
      ]);
    },
  },
  {
    name: "move",
    summary: "members go away and come back at another address, one after the other",
    members: () => 9,
    minutes: 1,
    plan: (setup) =>
      afterStart(
        setup,
        everyone(setup).flatMap((host, place) => [
          [place * 8000, { kind: "power-loss", host }] as const,
          [place * 8000, { kind: "move", host }] as const,
          [place * 8000 + 5000, { kind: "start", host, disk: "kept" }] as const,
        ]),
      ),
  },
  {
    name: "two-members",
    summary: "a ring of two, of which one goes away and comes back",
    members: () => 2,
    minutes: 1,
    plan: (setup) =>
      afterStart(setup, [
        [0, { kind: "power-loss", host: 1 }],
        [setup.minutes * LATER_MS, { kind: "start", host: 1, disk: "kept" }],
      ]),
  },
  {
    name: "loss",
    summary: "5 % of all packets are lost (--loss for another share)",
    members: () => 30,
    minutes: 5,
    plan: (setup) => {
      const plan = afterStart(setup, [], { quietAfterMs: setup.minutes * LATER_MS });
      return { ...plan, weather: { ...plan.weather, loss: 0.05 } };
    },
  },
  {
    name: "slow",
    summary: "1 % of the members (at least one) answer late and stand still at times",
    members: () => 100,
    minutes: 5,
    plan: (setup) => {
      const slow = sample(setup.random, everyone(setup), Math.ceil(setup.members / 100));
      const end = setup.minutes * LATER_MS;
      const happenings: (readonly [number, Action])[] = slow.flatMap((host) => {
        const own: (readonly [number, Action])[] = [[0, { kind: "slow", host, byMs: 20 }]];
        for (let at = 1000; at < end; at += between(setup.random, 8000, 16_000))
          own.push([at, { kind: "stall", host, forMs: between(setup.random, 500, 5000) }]);
        return [...own, [end, { kind: "slow", host, byMs: 0 }] as const];
      });
      return afterStart(setup, happenings);
    },
  },
  {
    name: "leave",
    summary: "members leave and are told to depart, services stop, a new member joins",
    members: () => 9,
    minutes: 1,
    plan: (setup) => {
      const [leaves = 2, departs = 3, stops = 4] = sample(setup.random, everyone(setup).slice(1), 3);
      return afterStart(setup, [
        [0, { kind: "unload", host: stops, group: PLAIN_GROUP }],
        [5000, { kind: "leave", host: leaves }],
        [10_000, { kind: "depart", host: 0, victim: departs }],
        [30_000, { kind: "load", host: stops, group: PLAIN_GROUP, leader: false }],
        [40_000, { kind: "start", host: leaves, disk: "nothing" }],
      ]);
    },
  },
  {
    name: "mixed",
    summary: "half of the members are originals; one is killed, one starts again",
    members: () => 8,
    originals: (members) => Math.floor(members / 2),
    minutes: 1,
    plan: (setup) => {
      const [killed = 2, again = 3] = sample(setup.random, everyone(setup).slice(2), 2);
      return afterStart(setup, [
        [0, { kind: "configure", host: 0, group: PLAIN_GROUP, version: 1n, text: "mixed" }],
        [10_000, { kind: "kill", host: killed }],
        [20_000, { kind: "kill", host: again }],
        [25_000, { kind: "start", host: again, disk: "kept" }],
      ]);
    },
  },
];

export const namedScenarios = NAMED;
