// One Supervisor with no, ten and a hundred services: memory, CPU when idle, how soon a hundred are loaded and how many
// requests for `/services` a second it answers, beside a bare server of the same text. Other work on the machine slows
// all of this: the load is told, and CPU time beside wall time.
import { loadavg } from "node:os";
import { BenchHost, cpuTimeOf, memoryOf, until } from "./host.ts";
import { install } from "./installed.ts";
import { figure, report } from "./measure.ts";

/** Half a minute after something happened the runtime stops looking after its heap every second. */
const SETTLE_MS = 35_000;
const IDLE_MS = 10_000;
const LOOKS = 5;
const REQUEST_SECONDS = 3;
const REQUEST_RUNS = 3;
const CONNECTIONS = 16;

/** By number of services. What the original needs, and for requests serves, is in the issue; these are our own aims. */
const AIMS = [
  { count: 0, megabytes: 45, idlePercent: 0.1 },
  { count: 10, megabytes: 50, idlePercent: 0.1, requests: 20_800 },
  { count: 100, megabytes: 65, idlePercent: 0.2, requests: 2_830, loadSeconds: 5 },
] as const;

/** Answers every request with what it was given. */
const BARE_SERVER = `
  const body = await Bun.stdin.text();
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, development: false,
    fetch: () => new Response(body, { headers: { "content-type": "application/json" } }) });
  console.log(server.port);`;

install({ wrk: "wrk" });
const host = new BenchHost();
try {
  for (let index = 0; index < 100; index++) host.addPackage(`app${index}`);
  host.start("sup", "run");
  await until("the gateway answered", () => host.get("/services"));
  let loaded = 0;
  for (const aims of AIMS) {
    const { count } = aims;
    const begin = performance.now();
    const cpuBefore = cpuTimeOf(host.processes());
    for (; loaded < count; loaded++) await host.hab("svc", "load", `bench/app${loaded}`, "-r", host.remote);
    await until("all were up", async () => {
      const services = (await host.get("/services")) as { process: { state: string } }[] | undefined;
      return services?.length === count && services.every(({ process }) => process.state === "up")
        ? true
        : undefined;
    });
    const loadSeconds = (performance.now() - begin) / 1000;
    if ("loadSeconds" in aims)
      report({
        subject: figure("90 × svc load, one after the other → all up", "s", [loadSeconds]),
        aim: { value: aims.loadSeconds },
        note: `${((cpuTimeOf(host.processes()) - cpuBefore) / 1000).toFixed(1)} s of CPU in launcher and Supervisor; ${load()}`,
      });
    await measureIdle(aims);
    if ("requests" in aims) await measureRequests(count, aims.requests);
  }
} finally {
  await host[Symbol.asyncDispose]();
}

async function measureIdle({ count, megabytes, idlePercent }: (typeof AIMS)[number]): Promise<void> {
  await Bun.sleep(SETTLE_MS);
  const pids = host.processes();
  const cpuBefore = cpuTimeOf(pids);
  const begin = performance.now();
  const memory: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    memory.push(memoryOf(pids));
    await Bun.sleep(IDLE_MS / LOOKS);
  }
  const percent = ((cpuTimeOf(pids) - cpuBefore) / (performance.now() - begin)) * 100;
  report({
    subject: figure(`memory (PSS) of launcher + Supervisor, ${count} services`, "MB", memory),
    aim: { value: megabytes },
    note: pids.map((pid) => memoryOf([pid]).toFixed(1)).join(" + "),
  });
  report({
    subject: figure(`idle CPU of launcher + Supervisor, ${count} services`, "% of a core", [percent]),
    aim: { value: idlePercent },
    note: load(),
  });
}

async function measureRequests(count: number, aim: number): Promise<void> {
  const body = JSON.stringify(await host.get("/services"));
  const bare = Bun.spawn([process.execPath, "-e", BARE_SERVER], {
    env: { BODY_BYTES: String(body.length) },
    stdin: new TextEncoder().encode(body),
    stdout: "pipe",
  });
  try {
    const first = await bare.stdout.getReader().read();
    const bareUrl = `http://127.0.0.1:${new TextDecoder().decode(first.value).trim()}/`;
    const [, supervisor] = host.processes();
    const ours: number[] = [];
    const theirs: number[] = [];
    let requests = 0;
    const cpuBefore = cpuTimeOf([supervisor ?? 0]);
    for (let run = 0; run < REQUEST_RUNS; run++) {
      const rate = await requestsPerSecond(host.url("/services"));
      ours.push(rate);
      requests += rate * REQUEST_SECONDS;
      theirs.push(await requestsPerSecond(bareUrl));
    }
    const cpuSeconds = (cpuTimeOf([supervisor ?? 0]) - cpuBefore) / 1000;
    const subject = figure(`/services with ${count} services`, "requests/s", ours);
    const reference = figure("the same text from a bare Bun server", "requests/s", theirs);
    report({
      subject,
      aim: { value: aim, atLeast: true },
      note: `${(body.length / 1000).toFixed(0)} kB; ${(requests / cpuSeconds).toFixed(0)} per second of the Supervisor's CPU; ${load()}`,
    });
    report({ subject, reference, ratio: subject.median / reference.median });
  } finally {
    bare.kill();
    await bare.exited;
  }
}

async function requestsPerSecond(url: string): Promise<number> {
  const words = ["wrk", "-t1", `-c${CONNECTIONS}`, `-d${REQUEST_SECONDS}s`, url];
  const child = Bun.spawn(words, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const said = await child.stdout.text();
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(said)?.[1];
  if (rate === undefined || said.includes("Non-2xx")) throw new Error(said);
  return Number(rate);
}

function load(): string {
  return `load of the machine ${(loadavg()[0] ?? 0).toFixed(1)}`;
}
