// The ring's real protocol in the simulator (src/ring/sim), on links of 1 ms, beside the model of the original: how soon all
// know what one was told, that one is dead, who leads; how often somebody is suspected in vain. Virtual time, so the load of
// this machine changes nothing. Rings of 1,000 are ours only: the model needs hours for them. HAB_RING_SIZES names sizes.
import { loadSimulator, type SimulationReport } from "../src/ring/index.ts";
import { figure, report } from "./measure.ts";

const SIZES = (process.env.HAB_RING_SIZES ?? "30 100 1000").split(" ").map(Number);
const SEEDS = Number(process.env.HAB_RING_SEEDS ?? 5);
const LARGE = 300;
/** Of large rings, and of the model's. */
const FEW_SEEDS = 2;
const MINUTES = 5;
const LINK_MS = 1;
const LOSSES = [0.01, 0.05, 0.2];

const { MACHINES, SIZES: WIRE_SIZES, scenarioNamed, simulate } = await loadSimulator();

interface Wishes {
  readonly loss?: number;
  readonly minutes?: number;
  /** All start at the same moment and know nothing of each other yet. */
  readonly cold?: boolean;
  /** Goes on though all agree, as they do before they notice that somebody is dead. */
  readonly toTheEnd?: boolean;
}

function run(
  name: string,
  members: number,
  original: boolean,
  seed: number,
  { loss, minutes, cold, toTheEnd }: Wishes,
): SimulationReport {
  const scenario = scenarioNamed(name);
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  return simulate({
    seed,
    members,
    originals: original ? members : 0,
    machines: MACHINES,
    sizes: WIRE_SIZES,
    ...(toTheEnd === undefined ? {} : { wholeLength: toTheEnd }),
    ...(loss === undefined ? {} : { loss }),
    ...(minutes === undefined ? {} : { minutes }),
    scenario: {
      ...scenario,
      plan: (setup) => {
        const plan = scenario.plan(setup);
        const weather = { ...plan.weather, minimumMs: LINK_MS, jitterMs: 0 };
        if (cold !== true) return { ...plan, weather };
        const actions = plan.actions.map((timed) =>
          timed.action.kind === "start" ? { ...timed, atMs: 0 } : timed,
        );
        return { ...plan, weather, actions, warm: false };
      },
    },
  });
}

type Pick = (report: SimulationReport) => readonly (number | undefined)[];

/** Runs a scenario with all seeds, ours and the original's, and reports what each of `figures` picks from it. */
function measure(
  name: string,
  members: number,
  wishes: Wishes,
  figures: readonly {
    readonly what: string;
    readonly unit: string;
    readonly aim?: number;
    readonly pick: Pick;
  }[],
): void {
  const large = members > LARGE;
  const seeds = Array.from({ length: large ? Math.min(SEEDS, FEW_SEEDS) : SEEDS }, (_, index) => index + 1);
  const mine = seeds.map((seed) => run(name, members, false, seed, wishes));
  const theirs = large ? [] : seeds.slice(0, FEW_SEEDS).map((seed) => run(name, members, true, seed, wishes));
  for (const { what, unit, aim, pick } of figures) {
    const [ours, others] = [mine, theirs].map((reports) => reports.flatMap(pick));
    const known = (samples: readonly (number | undefined)[] = []) =>
      samples.filter((sample) => sample !== undefined);
    const missing = (samples: readonly (number | undefined)[] = []) => samples.length - known(samples).length;
    const title = `${members} members: ${what}`;
    if (known(ours).length === 0) throw new Error(`${title}: never seen in ${seeds.length} runs`);
    const subject = figure(title, unit, known(ours));
    const reference =
      known(others).length === 0 ? undefined : figure("the original's model", unit, known(others));
    const notes = [
      ...(reference === undefined || reference.median === 0
        ? []
        : [`${(subject.median / reference.median).toPrecision(2)} × the model`]),
      ...(missing(ours) === 0 ? [] : [`${missing(ours)} times never`]),
      ...(missing(others) === 0 ? [] : [`the model ${missing(others)} times never`]),
    ];
    report({
      subject,
      ...(reference === undefined ? {} : { reference }),
      ...(aim === undefined ? {} : { aim: { value: aim } }),
      ...(notes.length === 0 ? {} : { note: notes.join(", ") }),
    });
  }
}

/** One for each who believes it. */
const falseAlarms = (under: string) =>
  [
    {
      what: `suspicions of healthy members in ${MINUTES} min, ${under}`,
      unit: "times",
      pick: ({ measures }: SimulationReport) => [measures.suspicionsOfHealthy],
    },
    {
      what: `confirmations of healthy members in ${MINUTES} min, ${under}`,
      unit: "times",
      pick: ({ measures }: SimulationReport) => [measures.confirmationsOfHealthy],
    },
  ] as const;

for (const members of SIZES) {
  measure("rumor", members, {}, [
    {
      what: "applied → known at half",
      unit: "ms",
      aim: members > LARGE ? 1000 : 150,
      pick: ({ measures }) => measures.spreads.map(({ halfMs }) => halfMs),
    },
    {
      what: "applied → known at the last",
      unit: "ms",
      aim: members > LARGE ? 1000 : 300,
      pick: ({ measures }) => measures.spreads.map(({ lastMs }) => lastMs),
    },
  ]);
  const confirmed = (which: number) => (found: SimulationReport) => [
    found.measures.detections[which]?.confirmedByAllMs,
  ];
  measure("crash", members, { toTheEnd: true }, [
    { what: "process killed → confirmed at all", unit: "ms", aim: 4000, pick: confirmed(0) },
    { what: "power lost → confirmed at all", unit: "ms", aim: 4000, pick: confirmed(1) },
  ]);
  measure("leader-crash", members, { toTheEnd: true }, [
    {
      what: "leader's power lost → new one known to all",
      unit: "ms",
      aim: 1500,
      pick: ({ measures }) => measures.leaderChanges.map(({ allMs }) => allMs),
    },
  ]);
  measure("join", members, { cold: true }, [
    {
      what: "cold start, all at once → all see all",
      unit: "ms",
      aim: 3000,
      pick: ({ measures }) => [measures.allSeeAllMs],
    },
    {
      what: "cold start, all at once → one leader known to all",
      unit: "ms",
      aim: 5000,
      pick: ({ measures }) => [measures.firstLeaderMs],
    },
  ]);
  measure("idle", members, { minutes: 2 }, [
    {
      what: "idle, datagrams of a member",
      unit: "a second",
      pick: ({ measures }) => [measures.datagramsPerMemberSecond],
    },
    {
      what: "idle, sent by a member (no headers)",
      unit: "bytes/s",
      pick: ({ measures }) => [measures.bytesPerMemberSecond],
    },
  ]);
  for (const loss of LOSSES)
    measure("loss", members, { loss, minutes: MINUTES }, falseAlarms(`${loss * 100} % of packets lost`));
  measure("slow", members, { minutes: MINUTES }, falseAlarms("1 % of members slow"));
}
