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

/** The original waits 8 s for the one that is not listed; `timeout 1` tests the same. */
const TOO_LONG = "sigignore";
const cases = (vectors as unknown as readonly Vector[]).filter(
  ({ name, package: parts }) => parts !== undefined && name !== TOO_LONG,
);

/** `sigignore, stop with timeout 1` → a name a package can have. */
const packageName = (name: string) => name.replaceAll(/[^a-z0-9]+/g, "-");
const loadOptions = (name: string) => {
  // Children a shell has put in the background do not heed these signals: the group is waited for, and then killed.
  const seconds = /^sig(int|quit)$/.test(name) ? "1" : /spec shutdown_timeout (\d+)/.exec(name)?.[1];
  return seconds === undefined ? [] : ["--shutdown-timeout", seconds];
};

let supervisor: TestSupervisor;

beforeAll(async () => {
  supervisor = await TestSupervisor.create();
  for (const { name, package: parts } of cases) supervisor.addPackage(packageName(name), { ...parts });
  await supervisor.start();
}, 30_000);

afterAll(async () => {
  await supervisor.stop();
}, 30_000);

/** What is the same in both: without pids, with the same words for how a process ended. */
function comparable(line: string): string {
  return line
    .replaceAll(/\bPID:? \d+/g, "PID N")
    .replace("exited with code signal: 9 (SIGKILL)", "was ended by SIGKILL")
    .replace("exited with code signal: 15 (SIGTERM)", "was ended by SIGTERM")
    .replace("exited with code exit status: ", "exited with code ");
}

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

describe("stopping a service, as the original does", () => {
  test.each(cases.map((each) => [each.name, each] as const))(
    "%s",
    async (name, { stop_args: options = [], expect: expected }) => {
      const own = packageName(name);
      const pid = (await supervisor.load(own, ...loadOptions(name))).process.pid as number;
      const isReady = () => supervisor.log.includes(`${own}.default(O): ready`);
      if (!own.startsWith("siggroup")) await supervisor.until(isReady, "the traps to be set");
      const before = linesAbout(own).length;
      expect((await supervisor.hab("svc", "stop", `vec/${own}`, ...options)).exit).toBe(0);
      const original = name.split(",")[0] as string;
      const wanted = (expected.log ?? [])
        .filter(isCertain)
        .map((line) => comparable(line).replaceAll(original, own))
        .toSorted();
      const said = () => linesAbout(own).slice(before).map(comparable).filter(isCertain);
      // The original does not always wait to see the end; here it is always told.
      const missing = () => wanted.filter((line) => !said().includes(line));
      await supervisor.until(() => missing().length === 0, `${missing().join("\n")} of ${own}`);
      expect(isProcessRunning(pid)).toBe(false);
      expect(membersOfGroup(pid)).toEqual([]);
    },
    20_000,
  );
});
