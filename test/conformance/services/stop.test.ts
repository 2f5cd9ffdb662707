// How a service is stopped, against what the original did: signal, process group, timeout, post-stop and what is said about it
// (stop.json; reference/supervisor.md §9.2).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { isProcessRunning, processStatus } from "../../../src/host/index.ts";
import { TestSupervisor } from "../../supervisor/harness.ts";
import vectors from "./stop.json";

interface Vector {
  readonly name: string;
  readonly package?: {
    readonly hooks: Readonly<Record<string, string>>;
    readonly files?: Readonly<Record<string, string>>;
  };
  readonly stop_args?: readonly string[];
  readonly expect: { readonly log?: readonly string[] };
}

const cases = (vectors as unknown as readonly Vector[]).filter(({ package: parts }) => parts !== undefined);
/** The one without a package: that of another case, stopped and started while it still runs. */
const [again] = (vectors as unknown as readonly Vector[]).filter(({ package: parts }) => parts === undefined);

/** `sigignore, stop with timeout 1` → a name a package can have. */
const packageName = (name: string) => name.replaceAll(/[^a-z0-9]+/g, "-");
const loadOptions = (name: string) => {
  // Children a shell has put in the background do not heed these signals: the group is waited for, and then killed.
  const seconds = /^sig(int|quit)$/.test(name) ? "1" : /spec shutdown_timeout (\d+)/.exec(name)?.[1];
  return seconds === undefined ? [] : ["--shutdown-timeout", seconds];
};

let supervisor: TestSupervisor;
const outcomes = new Map<string, Promise<Outcome>>();
let startedAgain: Promise<readonly string[]>;

beforeAll(async () => {
  supervisor = await TestSupervisor.create();
  for (const { name, package: parts } of cases) supervisor.addPackage(packageName(name), { ...parts });
  supervisor.addPackage("again", { ...cases.find(({ name }) => name === "sigignore3")?.package });
  await supervisor.start();
  // All at once: one of them takes the 8 s of the default.
  for (const vector of cases) {
    const outcome = stopAsRecorded(vector);
    // Whoever looks at it hears of its failure.
    outcome.catch(() => {});
    outcomes.set(vector.name, outcome);
  }
  startedAgain = stopAndStart();
  startedAgain.catch(() => {});
}, 30_000);

afterAll(async () => {
  await supervisor.stop();
}, 30_000);

/** What is the same in both: without pids. */
const comparable = (line: string) => line.replaceAll(/\bPID:? \d+/g, "PID N");

/** Lines that do not always come: those of shells about their own children, and about health checks. */
const isCertain = (line: string) => !/\(E\): |Health checking has been stopped/.test(line);

function linesAbout(name: string): string[] {
  const about = new RegExp(`(^|[ '/])${name}([. :]|$)`);
  return supervisor.log.filter((line) => about.test(line));
}

/** Zombies of a slow process 1 are none. */
function membersOfGroup(group: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processStatus(Number(name)))
    .filter((status) => status?.group === group && status.state !== "Z")
    .map((status) => status?.pid ?? 0);
}

interface Outcome {
  readonly running: boolean;
  readonly left: readonly number[];
}

/** Loads the service, stops it as the vector says, and waits for what was said then. */
async function stopAsRecorded({ name, stop_args: options = [], expect: expected }: Vector): Promise<Outcome> {
  const own = packageName(name);
  const pid = await loadReady(own, ...loadOptions(name));
  const before = linesAbout(own).length;
  expect((await supervisor.typed("svc", "stop", `vec/${own}`, ...options)).exit).toBe(0);
  const original = name.split(",")[0] as string;
  const wanted = (expected.log ?? [])
    .filter(isCertain)
    .map((line) => comparable(line).replaceAll(original, own))
    .toSorted();
  const said = () => linesAbout(own).slice(before).map(comparable).filter(isCertain);
  // The original does not always wait to see the end; here it is always told.
  const missing = () => wanted.filter((line) => !said().includes(line));
  await supervisor.until(() => missing().length === 0, `${missing().join("\n")} of ${own}`);
  return { running: isProcessRunning(pid), left: membersOfGroup(pid) };
}

/** Loads the service and waits until its traps are set; its pid. */
async function loadReady(own: string, ...options: string[]): Promise<number> {
  expect((await supervisor.typed("svc", "load", `vec/${own}`, ...options)).exit).toBe(0);
  const isReady = () => own.startsWith("siggroup") || supervisor.log.includes(`${own}.default(O): ready`);
  await supervisor.until(isReady, "the traps to be set");
  return (await supervisor.up(own)).process.pid as number;
}

/** Stops a service that ignores TERM, and starts it while its process is still there. */
async function stopAndStart(): Promise<readonly string[]> {
  const pid = await loadReady("again");
  const before = linesAbout("again").length;
  await supervisor.typed("svc", "stop", "vec/again");
  await supervisor.until(
    () => linesAbout("again").some((line) => line.includes("(O): got TERM")),
    "the signal",
  );
  await supervisor.typed("svc", "start", "vec/again");
  expect(isProcessRunning(pid)).toBe(true);
  const service = await supervisor.up("again", pid);
  expect([service.restart_count, service.last_process_state]).toEqual([0, null]);
  const isReadyAgain = () => linesAbout("again").slice(before).includes("again.default(O): ready");
  await supervisor.until(isReadyAgain, "the traps to be set again");
  const said = linesAbout("again").slice(before).map(comparable).filter(isCertain);
  // The end of the Supervisor need not wait for it.
  await supervisor.typed("svc", "unload", "vec/again", "--shutdown-timeout", "0");
  return said;
}

describe("stopping a service, as the original does", () => {
  test.each(cases.map(({ name }) => name))("%s", async (name) => {
    expect(await outcomes.get(name)).toEqual({ running: false, left: [] });
  });

  // The original takes the dying process up again, and its end then for a failure of the service.
  test(again?.name ?? "", async () => {
    const said = await startedAgain;
    const wanted = (again?.expect.log ?? []).map((line) =>
      comparable(line).replaceAll("sigignore3", "again"),
    );
    const ofTheMistake = /Reattaching|will restart immediately|Restarted/;
    expect(wanted.filter((line) => ofTheMistake.test(line))).toHaveLength(3);
    expect(said.filter((line) => ofTheMistake.test(line))).toEqual([]);
    for (const line of wanted.filter((each) => isCertain(each) && !ofTheMistake.test(each)))
      expect(said).toContain(line);
  });
});
