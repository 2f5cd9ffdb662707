// One run of the simulator: a plan made from a seed, carried out, watched and judged.

import { findDifferences } from "./agreement.ts";
import { Invariants, type Violation } from "./invariants.ts";
import { type Measures, Measuring } from "./measure.ts";
import { WIDE_AREA } from "./network.ts";
import { type Pace, Pacer } from "./pace.ts";
import { seededRandom } from "./random.ts";
import { chaos, type Plan, type Scenario } from "./scenarios/index.ts";
import type { Sizes } from "./sizes.ts";
import { Story, type StoryLine } from "./story.ts";
import { watchTransitions } from "./transitions.ts";
import { anyChanges } from "./view.ts";
import { type HostPlan, type MachineFactories, World } from "./world.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly machines: MachineFactories;
  /** Default: chaos, everything by turns. */
  readonly scenario?: Scenario;
  readonly members?: number;
  /** How many of the members are originals. */
  readonly originals?: number;
  /** Share of packets lost all the time. */
  readonly loss?: number;
  /** How long faults go on, in virtual minutes. */
  readonly minutes?: number;
  readonly wideArea?: boolean;
  readonly sizes?: Sizes;
  /** Goes on to the plan's end although everything has come to rest. */
  readonly wholeLength?: boolean;
  /** Milliseconds of a real clock, to tell how fast the run is. */
  readonly realMs?: () => number;
}

export interface Report {
  readonly seed: number;
  readonly scenario: string;
  readonly members: number;
  readonly originals: number;
  /** True when no invariant was broken. */
  readonly ok: boolean;
  readonly violations: readonly Violation[];
  /** How long after the last fault everything had come to rest; absent: it did not. */
  readonly settledMs?: number;
  /** Virtual length of the run. */
  readonly lengthMs: number;
  readonly steps: number;
  /** Only where there was a clock to measure it. */
  readonly pace?: Pace;
  /** The same for the same seed and the same machines. */
  readonly fingerprint: string;
  readonly measures: Measures;
  readonly story: readonly StoryLine[];
}

/** How often is looked whether everything has come to rest, and how long it must stay so. */
const LOOK_EVERY_MS = 250;
const REST_MS = 3000;
/** Of a large ring all views cannot be compared that often. */
const LOOK_EVERY_MS_LARGE = 5000;
const LARGE = 200;

/** Runs a scenario. The same options give the same report. */
export function simulate(options: SimulationOptions): Report {
  const { seed, sizes } = options;
  const scenario = options.scenario ?? chaos;
  const random = seededRandom(seed, 3);
  const members = Math.max(2, options.members ?? scenario.members(random));
  const originals = Math.min(members, options.originals ?? scenario.originals?.(members, random) ?? 0);
  const plan = scenario.plan({
    members,
    originals,
    random,
    minutes: options.minutes ?? scenario.minutes,
  });
  const weather = {
    ...plan.weather,
    ...(options.wideArea === true && WIDE_AREA),
    ...(options.loss !== undefined && { loss: options.loss }),
  };
  const lastStarts = lastStartsAgain(plan);
  const world = new World({
    seed,
    machines: options.machines,
    hosts: plan.hosts.map((host, index) => ({
      ...host,
      diskReadUntilMs: diskReadUntil(host, lastStarts.get(index)),
    })),
    weather,
    heavyLoss: originals > 0 ? 0 : HEAVY_LOSS,
    drift: plan.drift ?? DRIFT,
    warm: plan.warm === true,
  });
  const explainMs = plan.explainMs ?? (originals > 0 ? EXPLAIN_MS + members * ORIGINAL_PROBE_MS : EXPLAIN_MS);
  const invariants = new Invariants({ world, random: seededRandom(seed, 4), explainMs, sizes });
  const measuring = new Measuring({ world, sizes, explainMs, starting: startingHosts(plan) });
  const story = new Story(world);
  const transitions = watchTransitions(world.hosts.length, (transition) => {
    story.believed(transition);
    invariants.believed(transition);
    measuring.believed(transition);
  });
  world.witnesses.push(story, invariants, measuring, transitions);

  world.perform({ kind: "weather", weather });
  for (const { atMs, action } of plan.actions) world.after(atMs, () => world.perform(action));
  const pacer = new Pacer(world, options.realMs);
  pacer.run(plan.quietAtMs);
  story.tell("no more faults from here on");
  const settledMs = runToRest(
    world,
    pacer,
    invariants,
    plan.quietAtMs,
    plan.endMs,
    options.wholeLength === true,
  );
  if (settledMs === undefined) invariants.checkEnd();
  story.tellLeaders(invariants.leaderGroups);
  story.tell(
    settledMs === undefined
      ? "the members have not come to agree"
      : `all agree, ${(settledMs / 1000).toFixed(1)} s after the last fault`,
  );
  for (const { rule, text } of invariants.violations) story.tell(`BROKEN (${rule}): ${text}`);
  return {
    seed,
    scenario: scenario.name,
    members,
    originals,
    ok: invariants.violations.length === 0,
    violations: invariants.violations,
    ...(settledMs !== undefined && { settledMs }),
    lengthMs: world.now,
    steps: world.steps,
    ...(pacer.pace !== undefined && { pace: pacer.pace }),
    fingerprint: world.fingerprint.text,
    measures: measuring.result(),
    story: story.lines,
  };
}

/** Host → when its disk is read for the last time: what is written later need not be, which costs most of a disk. */
function lastStartsAgain({ actions }: Plan): Map<number, number> {
  const last = new Map<number, number>();
  for (const { atMs, action } of actions)
    if (action.kind === "start" && action.disk !== undefined)
      last.set(action.host, Math.max(atMs, last.get(action.host) ?? 0));
  return last;
}

/** An original may crash at any time, and then reads its state. */
function diskReadUntil({ behaviour }: HostPlan, lastStartMs = 0): number {
  return behaviour === "original" ? Number.POSITIVE_INFINITY : lastStartMs;
}

/** How many hosts start at the beginning, not joining or coming back later. */
function startingHosts({ actions }: Plan): number {
  const first = actions.filter(({ atMs, action }) => atMs <= START_MS && action.kind === "start");
  return first.filter(({ action }) => action.kind === "start" && action.disk === undefined).length;
}

/** Whoever starts later than this joins a ring that is there. */
const START_MS = 10_000;
/** In a ring of ours less loss than this must not make anybody take anybody for dead. */
const HEAVY_LOSS = 0.1;
/** 100 parts in a million, a bad quartz. */
const DRIFT = 1e-4;
/** How long a fault that ended may still be talked about. */
const EXPLAIN_MS = 45_000;
/** An original probes one member at a time, each so long (butterfly.md §10.2). */
const ORIGINAL_PROBE_MS = 3100;

/** Differs whenever anything has changed that members could disagree on. */
function changesOf({ hosts }: World): string {
  let changes = 0;
  let processes = 0;
  let incarnations = 0n;
  for (const { machine, process } of hosts) {
    processes += 2 * process + (machine === undefined ? 0 : 1);
    if (machine === undefined) continue;
    changes += anyChanges(machine.state);
    incarnations += machine.state.incarnation;
  }
  return `${changes} ${processes} ${incarnations}`;
}

/** Runs on until all agree and go on agreeing; how long after `quietAtMs` they began to. */
function runToRest(
  world: World,
  pacer: Pacer,
  invariants: Invariants,
  quietAtMs: number,
  endMs: number,
  wholeLength: boolean,
): number | undefined {
  const every = world.hosts.length > LARGE ? LOOK_EVERY_MS_LARGE : LOOK_EVERY_MS;
  let agreedAt: number | undefined;
  let seen = "";
  let agree = false;
  while (world.now < endMs) {
    const changes = changesOf(world);
    // Nobody has changed its mind since the last look.
    if (changes !== seen)
      agree = findDifferences(world, invariants.observers(), invariants.leaderGroups).length === 0;
    seen = changes;
    if (!agree) agreedAt = undefined;
    else agreedAt ??= world.now;
    if (!wholeLength && agreedAt !== undefined && world.now - agreedAt >= REST_MS) break;
    pacer.run(Math.min(world.now + every, endMs));
  }
  return agreedAt === undefined ? undefined : agreedAt - quietAtMs;
}
