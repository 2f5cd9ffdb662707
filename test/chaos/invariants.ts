// What must hold whenever a fault is over: every service that is to run does so exactly once, what was acknowledged is in
// force, and nothing is left over: no process, file, descriptor or memory.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { descriptorsOf, type Process, privateMegabytes, processes, treeOf } from "./processes.ts";
import { kindOf } from "./services.ts";
import type { ServiceState, TestService, World } from "./world.ts";

/** Beyond what was open when everything ran for the first time: connections that are just being closed. */
const SPARE_DESCRIPTORS = 10;
/** A garbage-collected process breathes; a leak of every round does not stop here. */
const SPARE_MEGABYTES = { launcher: 40, supervisor: 100 };

/** What a service that keeps ending waits at most, rounded up. */
const LONGEST_PAUSE_SECONDS = 5;

/** What was there when everything ran for the first time. */
export interface Usual {
  readonly descriptors: { readonly launcher: number; readonly supervisor: number };
  readonly megabytes: { readonly launcher: number; readonly supervisor: number };
  readonly files: ReadonlySet<string>;
}

/** Directories whose files are few and known. */
const WATCHED = ["/hab", "/hab/sup/default", "/hab/launcher"];

export function measureUsual(world: World): Usual {
  const supervisor = world.supervisor()?.pid ?? 0;
  return {
    descriptors: {
      launcher: descriptorsOf(world.launcherPid).length,
      supervisor: descriptorsOf(supervisor).length,
    },
    megabytes: {
      launcher: privateMegabytes(world.launcherPid),
      supervisor: privateMegabytes(supervisor),
    },
    files: new Set(WATCHED.flatMap(entriesOf)),
  };
}

/** Everything that does not hold now; without `usual`, nothing of what is left over is asked. */
export async function problemsOf(world: World, usual: Usual | undefined): Promise<string[]> {
  const states = await world.states();
  if (states === undefined) return ["the gateway does not answer"];
  const all = processes();
  const supervisor = world.supervisor(all);
  if (supervisor === undefined) return ["there is no Supervisor"];
  return [
    ...world.services.flatMap((service) => problemsOfService(service, states.get(service.name), all, world)),
    ...problemsOfFollower(world, states),
    ...problemsOfProcesses(world, states, all, supervisor),
    ...(usual === undefined ? [] : problemsLeftOver(world, usual, supervisor.pid)),
  ];
}

function problemsOfService(
  service: TestService,
  state: ServiceState | undefined,
  all: ReadonlyMap<number, Process>,
  world: World,
): string[] {
  const { name, desired } = service;
  const kind = kindOf(service.kind);
  const found: string[] = [];
  if (desired === "unloaded") return state === undefined ? [] : [`${name} is still loaded`];
  if (state === undefined) return [`${name} is not loaded`];
  if (desired === "down") return state.isUp ? [`${name} runs although it was stopped`] : [];
  if (state.isUp) {
    const process = all.get(state.pid ?? 0);
    if (process?.parent !== world.launcherPid || process.state === "Z")
      found.push(`${name} is said to run as ${state.pid}, which is no process of the launcher`);
  } else if (kind.crashes !== true) found.push(`${name} does not run`);
  else if (state.waitsSeconds !== undefined && state.waitsSeconds > LONGEST_PAUSE_SECONDS)
    found.push(`${name} is to wait ${state.waitsSeconds} s before it is started again`);
  if (kind.configured === true) {
    const rendered = textOf(`/hab/svc/${name}/config/app.conf`);
    const right = service.config.acceptable.map((value) => `value ${value}\n`);
    if (rendered === undefined || !right.includes(rendered))
      found.push(`${name} has the configuration ${say(rendered)}, not ${right.map(say).join(" or ")}`);
  }
  if (service.file.acceptable.length > 0) {
    const content = textOf(`/hab/svc/${name}/files/uploaded.txt`) ?? "absent";
    if (!service.file.acceptable.includes(content))
      found.push(
        `${name} has the file ${say(content)}, not ${service.file.acceptable.map(say).join(" or ")}`,
      );
  }
  return found;
}

function problemsOfFollower({ follower }: World, states: ReadonlyMap<string, ServiceState>): string[] {
  if (follower === undefined) return [];
  const state = states.get(follower.name);
  if (state?.isUp !== true) return ["the follower does not run"];
  return state.ident === follower.offered
    ? []
    : [`the follower runs ${state.ident}; its channel offers ${follower.offered}`];
}

function problemsOfProcesses(
  world: World,
  states: ReadonlyMap<string, ServiceState>,
  all: ReadonlyMap<number, Process>,
  supervisor: Process,
): string[] {
  const found: string[] = [];
  const ours = treeOf(all, process.pid);
  const running = new Set([...states.values()].flatMap(({ isUp, pid }) => (isUp ? (pid ?? []) : [])));
  for (const each of all.values()) {
    const { pid, parent, state, command } = each;
    const what = `${pid} (${command.slice(0, 80)}) of ${parent}`;
    if (state === "Z") found.push(`a zombie: ${what}`);
    else if (parent === world.launcherPid && pid !== supervisor.pid && !running.has(pid))
      found.push(`a process of the launcher that is no service: ${what}`);
    else if (!ours.has(pid) && pid !== 1 && !isOfFirst(each)) found.push(`an orphan: ${what}`);
  }
  return found;
}

/** Process 1 of the machine is a shell that sleeps. */
function isOfFirst({ parent, command }: Process): boolean {
  return parent === 1 && command === "sleep 3600";
}

function problemsLeftOver(world: World, usual: Usual, supervisor: number): string[] {
  const found: string[] = [];
  for (const [name, pid] of [
    ["launcher", world.launcherPid],
    ["supervisor", supervisor],
  ] as const) {
    const open = descriptorsOf(pid).length;
    if (open > usual.descriptors[name] + SPARE_DESCRIPTORS)
      found.push(`the ${name} has ${open} descriptors open; it began with ${usual.descriptors[name]}`);
    const megabytes = privateMegabytes(pid);
    if (megabytes > usual.megabytes[name] + SPARE_MEGABYTES[name])
      found.push(
        `the ${name} has ${megabytes.toFixed(0)} MB; it began with ${usual.megabytes[name].toFixed(0)}`,
      );
  }
  const isOurs = (path: string) => path.endsWith(`/ipc-${world.launcherPid}`);
  for (const path of WATCHED.flatMap(entriesOf))
    if (!usual.files.has(path) && !isOurs(path)) found.push(`a file that was not there before: ${path}`);
  // Half-loaded harts are swept by the next install, an hour later.
  for (const path of new Bun.Glob("{sup,svc,launcher,pkgs}/**/.tmp*").scanSync({ cwd: "/hab", dot: true }))
    found.push(`a temporary file: /hab/${path}`);
  return found;
}

function entriesOf(directory: string): string[] {
  return readdirSync(directory).map((name) => join(directory, name));
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function say(text: string | undefined): string {
  return text === undefined ? "nothing" : JSON.stringify(text);
}
