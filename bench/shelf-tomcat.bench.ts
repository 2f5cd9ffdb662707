// Start of core/tomcat under the Supervisor beside the same Java process alone: same Java, same words, same variables, same user. From
// the start of the program until Tomcat answers.
import { mkdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { HAB } from "./host.ts";
import { report } from "./measure.ts";
import { inPairs } from "./pairs.ts";
import { AS_HAB, childrenOf, cpuTimeWithChildren, insideShelf } from "./shelf.ts";

const PAIRS = 6;
/** On a machine with much else to do. */
const PATIENCE_MS = 300_000;
const ADDRESS = "http://127.0.0.1:8080/";
const ENVIRONMENT = { PATH: "/usr/bin:/bin", HAB_LICENSE: "accept-no-persist", NO_COLOR: "1" };

interface Start {
  readonly milliseconds: number;
  /** Of all processes there are until then. */
  readonly cpuMilliseconds: number;
}

const directory = insideShelf(import.meta.path, ["tomcat"]);
if (directory !== undefined) {
  mkdirSync(join(directory, "home"));
  let java: JavaProcess | undefined;
  const supervised = async (): Promise<Start> => {
    const begin = performance.now();
    const launcher = Bun.spawn([HAB, "sup", "run", "core/tomcat", "--local-gossip-mode"], {
      env: { ...ENVIRONMENT, HOME: join(directory, "home") },
      stdin: "ignore",
      stdout: Bun.file(join(directory, "supervisor.log")),
      stderr: "inherit",
    });
    try {
      const milliseconds = await answered(begin);
      const pids = [launcher.pid, ...childrenOf(launcher.pid)];
      java ??= javaOf(pids);
      return { milliseconds, cpuMilliseconds: cpuOf(pids) };
    } finally {
      launcher.kill("SIGTERM");
      await launcher.exited;
    }
  };
  // The first start makes what later ones find, and says how Java is called.
  await supervised();
  const { words, variables, workingDirectory } = java ?? javaMissing();
  const alone = async (): Promise<Start> => {
    const begin = performance.now();
    const server = Bun.spawn([...AS_HAB, ...words], {
      env: variables,
      cwd: workingDirectory,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    try {
      return { milliseconds: await answered(begin), cpuMilliseconds: cpuOf([server.pid]) };
    } finally {
      server.kill("SIGTERM");
      await server.exited;
    }
  };
  const comparisons = await inPairs({
    subject: { name: "hab sup run core/tomcat until it answers", measure: supervised },
    reference: { name: "the same Java process alone", measure: alone },
    metrics: [
      { name: "time", unit: "ms", of: ({ milliseconds }) => milliseconds, aim: { value: 1.1 } },
      {
        name: "processor time",
        unit: "ms",
        of: ({ cpuMilliseconds }) => cpuMilliseconds,
        aim: { value: 1.1 },
      },
    ],
    runs: PAIRS,
  });
  for (const comparison of comparisons) report(comparison);
}

async function answered(begin: number): Promise<number> {
  for (;;) {
    const milliseconds = performance.now() - begin;
    try {
      const response = await fetch(ADDRESS, { keepalive: false });
      await response.arrayBuffer();
      if (response.ok) return milliseconds;
    } catch {
      // Nobody listens yet.
    }
    if (milliseconds > PATIENCE_MS) throw new Error("Tomcat did not answer");
    await Bun.sleep(5);
  }
}

function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuTimeWithChildren(pid), 0) / 1000;
}

interface JavaProcess {
  readonly words: readonly string[];
  readonly variables: Record<string, string>;
  readonly workingDirectory: string;
}

function javaOf(pids: readonly number[]): JavaProcess | undefined {
  const pid = pids.find((each) => partsOf(each, "cmdline")[0]?.endsWith("/java"));
  if (pid === undefined) return undefined;
  const variables = partsOf(pid, "environ").map((line): [string, string] => {
    const at = line.indexOf("=");
    return [line.slice(0, at), line.slice(at + 1)];
  });
  return {
    words: partsOf(pid, "cmdline"),
    variables: Object.fromEntries(variables),
    workingDirectory: readlinkSync(`/proc/${pid}/cwd`),
  };
}

function partsOf(pid: number, file: string): string[] {
  return readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0").slice(0, -1);
}

function javaMissing(): never {
  throw new Error("the Supervisor runs no Java");
}
