// `script/chaos`: one fault after the other on a real Supervisor, and after each what must hold. See arguments.ts.

import { Random } from "../fuzz/random.ts";
import { chaosArguments } from "./arguments.ts";
import { FAULTS, type Fault, type Harm } from "./faults.ts";
import { measureUsual, problemsOf, type Usual } from "./invariants.ts";
import { describeProcesses, descriptorsOf, privateMegabytes } from "./processes.ts";
import { kindOf } from "./services.ts";
import { World } from "./world.ts";

/** Longer than the longest pause before a service or a Supervisor is started again, for a machine that is busy. */
const SETTLE_LIMIT_MS = 90_000;
const SETTLE_LOOK_MS = 50;
const LOG_LINES = 60;

const say = (text: string) => process.stdout.write(`${text}\n`);
const words = process.argv.slice(3);
const directory = process.argv[2];
if (directory === undefined) throw new Error("started without a directory: use script/chaos");

const { seconds, seed, services, only, count } = chaosArguments(words);
const unknown = only.filter((name) => !FAULTS.some((fault) => fault.name === name));
if (unknown.length > 0) {
  say(`no such fault: ${unknown.join(", ")}; there are ${FAULTS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
const chosen = FAULTS.filter(({ name }) => only.length === 0 || only.includes(name));
const possible = chosen.filter(({ name, whyNot }) => {
  const why = whyNot?.();
  if (why !== undefined) say(`left out: ${name}: ${why}`);
  return why === undefined;
});
if (possible.length === 0) process.exit(2);

const random = new Random(seed);
const world = new World(
  directory,
  services,
  possible.some(({ whyNot }) => whyNot !== undefined),
);
const counts = new Map<string, number>();
let done = 0;
try {
  await world.start({ follows: possible.some(({ follows }) => follows) });
  const first = await settle(undefined);
  let usual = measureUsual(world);
  say(
    `seed ${seed}: ${world.services.length} services up after ${first.toFixed(1)} s; ` +
      `launcher ${memory(world.launcherPid)}, Supervisor ${memory(world.supervisor()?.pid ?? 0)}`,
  );
  const started = performance.now();
  // Every fault once, in an order of the seed's, before one comes again.
  let deck: Fault[] = [];
  while (done < count && (performance.now() - started) / 1000 < seconds) {
    if (deck.length === 0) deck = shuffled(possible);
    const fault = deck.pop();
    if (fault === undefined) break;
    await cause(fault, usual);
    if (done === 1) usual = { ...usual, files: measureUsual(world).files };
  }
  await end();
  const list = [...counts].sort().map(([name, times]) => `${name} ${times}`);
  say(
    `${done} faults in ${((performance.now() - started) / 1000).toFixed(0)} s, everything held: ${list.join(", ")}`,
  );
} catch (error) {
  const again = `script/chaos --seed ${seed} --services ${services}${only.length > 0 ? ` --only ${only.join(",")}` : ""}`;
  say(`\nFAILED at fault ${done + 1}: ${error instanceof Error ? error.message : error}`);
  say(`\n${describeProcesses()}\n\n${world.lastLog(LOG_LINES)}\n`);
  say(`again: ${again} --count ${done + 1}`);
  process.exitCode = 1;
}
process.exit();

async function cause(fault: Fault, usual: Usual): Promise<void> {
  const before = await steadyPids();
  let harm: Harm;
  try {
    harm = await fault.run(world, random);
  } catch (error) {
    throw new Error(`${fault.name}: ${error instanceof Error ? error.message : error}`);
  }
  let settled: number;
  try {
    settled = await settle(usual);
  } catch (error) {
    throw new Error(`${fault.name} (${harm.said}): ${error instanceof Error ? error.message : error}`);
  }
  if (harm.ended !== "all") {
    const after = await steadyPids();
    for (const [name, pid] of before)
      if (!harm.ended.includes(name) && after.get(name) !== pid)
        throw new Error(`${fault.name} (${harm.said}): ${name} was ${pid} and is ${after.get(name)} now`);
  }
  done++;
  counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
  const supervisor = world.supervisor()?.pid ?? 0;
  say(
    `${String(done).padStart(4)}  ${fault.name}: ${harm.said} · settled in ${settled.toFixed(1)} s · ` +
      `launcher ${memory(world.launcherPid)}, Supervisor ${memory(supervisor)}`,
  );
}

/** Processes of services that change only when somebody ends them. */
async function steadyPids(): Promise<Map<string, number | undefined>> {
  const states = await world.states();
  if (states === undefined) throw new Error("the gateway does not answer");
  const steady = world.services.filter(({ kind }) => kindOf(kind).steady).map(({ name }) => name);
  if (world.follower !== undefined) steady.push(world.follower.name);
  return new Map(steady.map((name) => [name, states.get(name)?.pid]));
}

/** Waits until everything holds; how many seconds that took. */
async function settle(usual: Usual | undefined): Promise<number> {
  const began = performance.now();
  for (;;) {
    if (world.broken !== undefined) throw new Error(world.broken);
    const problems = await problemsOf(world, usual).catch((error: Error) => [error.message]);
    const passed = performance.now() - began;
    if (problems.length === 0) {
      const { exit, err } = await world.hab(["svc", "status"]);
      if (exit !== 0) throw new Error(`hab svc status: exit ${exit}: ${err}`);
      return passed / 1000;
    }
    if (passed > SETTLE_LIMIT_MS)
      throw new Error(`after ${SETTLE_LIMIT_MS / 1000} s still:\n  ${problems.join("\n  ")}`);
    await Bun.sleep(SETTLE_LOOK_MS);
  }
}

/** The orderly end: exit code 0, and nothing left. */
async function end(): Promise<void> {
  const ends = world.launcherEnds();
  await world.hab(["sup", "term"]);
  const code = await ends;
  if (code !== 0) throw new Error(`the launcher ended with exit code ${code}`);
  const { processes, treeOf } = await import("./processes.ts");
  await world.until("every process has ended", () => {
    const all = processes();
    const ours = treeOf(all, process.pid);
    return [...all.values()].every(
      ({ pid, parent, command }) => ours.has(pid) || pid === 1 || (parent === 1 && command === "sleep 3600"),
    );
  });
}

function memory(pid: number): string {
  return `${privateMegabytes(pid).toFixed(0)} MB/${descriptorsOf(pid).length} fd`;
}

function shuffled(faults: readonly Fault[]): Fault[] {
  const left = [...faults];
  return faults.map(() => left.splice(random.below(left.length), 1)[0] as Fault);
}
