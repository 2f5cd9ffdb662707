// Start of core/tomcat under the Supervisor beside the same Java process alone: same Java, same words, same variables, same user. Until
// Tomcat answers, from the start of the Supervisor, which then starts with it, and from `hab svc start` where one runs.
import { existsSync, mkdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { HAB, until } from "./host.ts";
import { report } from "./measure.ts";
import { inPairs, type Metric } from "./pairs.ts";
import { AS_HAB, childrenOf, cpuTimeWithChildren, insideShelf } from "./shelf.ts";

const PAIRS = 6;
/** On a machine with much else to do. */
const PATIENCE_MS = 300_000;
const ADDRESS = "http://127.0.0.1:8080/";
const PID_FILE = "/hab/svc/tomcat/PID";
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
  const env = { ...ENVIRONMENT, HOME: join(directory, "home") };
  const startSupervisor = () =>
    Bun.spawn([HAB, "sup", "run", "core/tomcat", "--local-gossip-mode"], {
      env,
      stdin: "ignore",
      stdout: Bun.file(join(directory, "supervisor.log")),
      stderr: "inherit",
    });
  const supervised = async (): Promise<Start> => {
    const begin = performance.now();
    const launcher = startSupervisor();
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
  const reference = { name: "the same Java process alone", measure: alone };
  const metrics: readonly Metric<Start>[] = [
    { name: "time", unit: "ms", of: ({ milliseconds }) => milliseconds, aim: { value: 1.1 } },
    { name: "processor time", unit: "ms", of: ({ cpuMilliseconds }) => cpuMilliseconds, aim: { value: 1.1 } },
  ];
  const subject = { name: "hab sup run core/tomcat until it answers", measure: supervised };
  for (const comparison of await inPairs({ subject, reference, metrics, runs: PAIRS })) report(comparison);

  // The port is one's at a time: the Supervisor runs all the while, its Tomcat only while it is measured.
  const launcher = startSupervisor();
  try {
    await answered(performance.now());
    const pids = () => [launcher.pid, ...childrenOf(launcher.pid)];
    const service = async (word: "start" | "stop") => {
      const { exited, resourceUsage } = runToEnd([HAB, "svc", word, "core/tomcat"], env);
      if (exited !== 0) throw new Error(`hab svc ${word} core/tomcat: exit ${exited}`);
      if (word === "stop") await until("Tomcat ended", () => (existsSync(PID_FILE) ? undefined : true));
      return Number(resourceUsage.cpuTime.total) / 1000;
    };
    await service("stop");
    const started = async (): Promise<Start> => {
      const before = cpuOf(pids());
      const begin = performance.now();
      const commandMilliseconds = await service("start");
      const milliseconds = await answered(begin);
      const cpuMilliseconds = cpuOf(pids()) - before + commandMilliseconds;
      await service("stop");
      return { milliseconds, cpuMilliseconds };
    };
    const running = { name: "hab svc start core/tomcat until it answers", measure: started };
    for (const comparison of await inPairs({ subject: running, reference, metrics, runs: PAIRS }))
      report(comparison);
  } finally {
    launcher.kill("SIGTERM");
    await launcher.exited;
  }
}

function runToEnd(command: readonly string[], env: Record<string, string>) {
  const { exitCode, resourceUsage } = Bun.spawnSync({
    cmd: [...command],
    env,
    stdout: "ignore",
    stderr: "inherit",
  });
  return { exited: exitCode, resourceUsage };
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
