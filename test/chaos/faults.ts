// The faults. Each does its harm, undoes what has to be undone, and says which services may have got another process by it.
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import type { Random } from "../fuzz/random.ts";
import { WAYS } from "./depot.ts";
import { kill, processes, signal } from "./processes.ts";
import { kindOf } from "./services.ts";
import { type TestService, World } from "./world.ts";

export interface Harm {
  /** What was done, for the line that is printed. */
  readonly said: string;
  /** Services whose process may be another one now; the others' must be the same. */
  readonly ended: readonly string[] | "all";
}

export interface Fault {
  readonly name: string;
  /** Why it cannot be caused here. */
  readonly whyNot?: () => string | undefined;
  /** Needs the service that follows a depot. */
  readonly follows?: true;
  run(world: World, random: Random): Promise<Harm>;
}

/** How long a state that is no good lasts at least, so that what happens by and by happens in it. */
const LASTING_MS = 700;
const LARGEST_STEP_SECONDS = 400 * 86_400;

export const FAULTS: readonly Fault[] = [
  {
    name: "kill-supervisor",
    async run(world) {
      return { said: `pid ${await killSupervisor(world)}`, ended: [] };
    },
  },
  {
    name: "kill-supervisor-while-told",
    async run(world, random) {
      const service = random.pick(configured(world));
      const asked = world.apply(service);
      await Bun.sleep(random.below(150));
      await killSupervisor(world);
      const acknowledged = await asked;
      return { said: `configuration ${word(acknowledged)}`, ended: restartedBy(service) };
    },
  },
  {
    name: "kill-supervisor-in-start",
    async run(world, random) {
      for (let times = 0; times < 2; times++) {
        await killSupervisor(world);
        await world.until("the next Supervisor is there", () => world.supervisor() !== undefined);
        await Bun.sleep(random.below(300));
      }
      await killSupervisor(world);
      return { said: "three times", ended: [] };
    },
  },
  {
    name: "kill-launcher",
    async run(world) {
      const ends = world.launcherEnds();
      await kill(world.launcherPid);
      await ends;
      world.startLauncher();
      return { said: "started again at once", ended: "all" };
    },
  },
  {
    name: "kill-launcher-and-supervisor",
    async run(world) {
      const ends = world.launcherEnds();
      const supervisor = world.supervisor()?.pid;
      signal(world.launcherPid, "SIGSTOP");
      await kill(supervisor);
      await kill(world.launcherPid);
      await ends;
      world.startLauncher();
      return { said: "started again at once", ended: "all" };
    },
  },
  {
    name: "kill-service",
    async run(world, random) {
      const name = await killService(world, random);
      return { said: name ?? "none was up", ended: name === undefined ? [] : [name] };
    },
  },
  {
    name: "kill-services",
    async run(world, random) {
      const names: string[] = [];
      const victims = [...((await world.states()) ?? [])].filter(
        ([, { isUp }]) => isUp && random.below(3) > 0,
      );
      await Promise.all(
        victims.map(async ([name, { pid }]) => {
          if (await kill(pid)) names.push(name);
        }),
      );
      return { said: `${names.length}`, ended: names };
    },
  },
  {
    name: "kill-hook",
    async run(world, random) {
      const asked = Promise.all(configured(world).map((service) => world.apply(service)));
      const deadline = performance.now() + 2000;
      let ended = 0;
      while (ended < 1 + random.below(3) && performance.now() < deadline) {
        const all = processes();
        const supervisor = world.supervisor(all)?.pid;
        for (const { pid, parent } of all.values()) if (parent === supervisor && (await kill(pid))) ended++;
        await Bun.sleep(5);
      }
      await asked;
      return { said: `${ended}`, ended: configured(world).flatMap(restartedBy) };
    },
  },
  {
    name: "kill-anything",
    async run(world, random) {
      const names: string[] = [];
      const states = (await world.states()) ?? new Map();
      const supervisor = world.supervisor()?.pid;
      const candidates = [...processes().values()].filter(
        ({ parent, state }) => state !== "Z" && (parent === world.launcherPid || parent === supervisor),
      );
      const said: string[] = [];
      // Not a hook together with the Supervisor that runs it: what it leaves behind looks like what hooks leave on purpose, and
      // who could tell is gone (docs/failure-conditions.md).
      let spared: "hooks" | "the Supervisor" | undefined;
      const kindOf = (pid: number, parent: number) =>
        pid === supervisor ? "the Supervisor" : parent === supervisor ? "hooks" : "others";
      for (let times = 0; times < 4 && candidates.length > 0; times++) {
        const { pid, command, parent } = random.pick(candidates);
        if (spared === kindOf(pid, parent)) continue;
        if (!(await kill(pid))) continue;
        const kind = kindOf(pid, parent);
        if (kind !== "others") spared = kind === "hooks" ? "the Supervisor" : "hooks";
        said.push(pid === supervisor ? "the Supervisor" : command.slice(0, 40));
        for (const [name, state] of states) if (state.pid === pid) names.push(name);
      }
      return { said: said.join(", "), ended: names };
    },
  },
  {
    name: "freeze-supervisor",
    async run(world, random) {
      const pid = world.supervisor()?.pid;
      const name = await killService(world, random, () => signal(pid, "SIGSTOP"));
      await Bun.sleep(LASTING_MS + random.below(1500));
      signal(pid, "SIGCONT");
      return { said: `${name ?? "nothing"} killed meanwhile`, ended: name === undefined ? [] : [name] };
    },
  },
  {
    name: "disk-full",
    run: (world, random) =>
      whileBad(
        world,
        random,
        () => fillDisk(),
        () => rmSync(FILLING, { force: true }),
      ),
  },
  {
    name: "read-only",
    run: (world, random) =>
      whileBad(
        world,
        random,
        () => world.setReadOnly(true),
        () => world.setReadOnly(false),
      ),
  },
  {
    name: "clock",
    whyNot: World.whyNoClock,
    async run(world, random) {
      const seconds = random.below(2 * LARGEST_STEP_SECONDS) - LARGEST_STEP_SECONDS;
      const harm = await whileBad(
        world,
        random,
        () => world.setClock(seconds),
        () => world.setClock(0),
      );
      return { ...harm, said: `${(seconds / 86_400).toFixed(1)} days, ${harm.said}` };
    },
  },
  ...WAYS.map(
    (way): Fault => ({
      name: `depot-${way}`,
      follows: true,
      async run(world, random) {
        const { follower } = world;
        if (follower === undefined) throw new Error("there is no follower");
        follower.way.set(way);
        const taken = follower.way.taken;
        await follower.turn();
        await world.until("the depot is asked", () => follower.way.taken > taken);
        await Bun.sleep(LASTING_MS + random.below(1000));
        follower.way.set("right");
        return { said: `now offers ${follower.offered}`, ended: [follower.name] };
      },
    }),
  ),
  {
    name: "configure",
    async run(world) {
      for (const service of configured(world)) {
        if (!(await world.apply(service))) throw new Error(`${service.name}: refused to be configured`);
      }
      return { said: "acknowledged", ended: configured(world).flatMap(restartedBy) };
    },
  },
  {
    name: "upload",
    async run(world) {
      const services = world.services.filter(
        ({ kind, desired }) => kindOf(kind).uploaded && desired === "up",
      );
      for (const service of services)
        if (!(await world.upload(service))) throw new Error(`${service.name}: refused a file`);
      return { said: "acknowledged", ended: [] };
    },
  },
  {
    name: "stop-and-start",
    async run(world, random) {
      const service = random.pick(world.services);
      const [off, on] = random.once(2) ? (["stop", "start"] as const) : (["unload", "load"] as const);
      await world.command(service, off);
      if (random.once(2)) await killSupervisor(world);
      await world.until(`${service.name} is down`, async () => {
        const states = await world.states();
        return states !== undefined && states.get(service.name)?.isUp !== true;
      });
      if (on === "load") await world.load(service);
      else await world.command(service, on);
      return { said: `${service.name}: ${off}, ${on}`, ended: [service.name] };
    },
  },
  {
    name: "restart-supervisor",
    async run(world) {
      const pid = world.supervisor()?.pid;
      signal(world.launcherPid, "SIGHUP");
      await world.until("the Supervisor is replaced", () => world.supervisor()?.pid !== pid);
      return { said: `pid ${pid} went`, ended: [] };
    },
  },
];

/** Something that lasts: meanwhile the Supervisor is told things, and it or a service is killed. */
async function whileBad(world: World, random: Random, begin: () => void, end: () => void): Promise<Harm> {
  const said: string[] = [];
  let ended: string[] = [];
  const killOne = async () => {
    const name = await killService(world, random);
    if (name === undefined) return;
    ended = [...ended, name];
    said.push(`${name} killed`);
  };
  begin();
  try {
    if (random.once(2)) await killOne();
    if (random.once(2)) {
      await killSupervisor(world);
      said.push("Supervisor killed");
    }
    if (random.once(2)) {
      const service = random.pick(configured(world));
      said.push(`configuration ${word(await world.apply(service))}`);
      ended = [...ended, ...restartedBy(service)];
    }
    if (random.once(2)) {
      const service = world.services.find(({ kind }) => kindOf(kind).uploaded);
      if (service !== undefined) said.push(`file ${word(await world.upload(service))}`);
    }
    if (said.length === 0) await killOne();
    await Bun.sleep(LASTING_MS + random.below(1500));
  } finally {
    end();
  }
  return { said: said.join(", "), ended };
}

async function killSupervisor(world: World): Promise<number | undefined> {
  const pid = world.supervisor()?.pid;
  await kill(pid);
  return pid;
}

async function killService(
  world: World,
  random: Random,
  before: () => void = () => {},
): Promise<string | undefined> {
  const up = [...((await world.states()) ?? [])].filter(([, { isUp }]) => isUp);
  before();
  if (up.length === 0) return undefined;
  const [name, { pid }] = random.pick(up);
  await kill(pid);
  return name;
}

/** Services that take configuration, and are not stopped. */
function configured(world: World): TestService[] {
  return world.services.filter(({ kind, desired }) => kindOf(kind).configured === true && desired === "up");
}

/** New configuration restarts a service that has no reconfigure hook. */
function restartedBy({ name, kind }: TestService): string[] {
  return kindOf(kind).steady ? [] : [name];
}

function word(acknowledged: boolean): string {
  return acknowledged ? "acknowledged" : "refused";
}

const FILLING = "/hab/filling";

/** Writes until not a byte more has room. */
function fillDisk(): void {
  const file = openSync(FILLING, "w");
  try {
    for (const size of [1 << 20, 4096]) {
      const block = new Uint8Array(size);
      try {
        for (;;) writeSync(file, block);
      } catch {
        // Full, for pieces of this size.
      }
    }
  } finally {
    closeSync(file);
  }
}
