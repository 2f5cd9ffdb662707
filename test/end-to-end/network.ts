// A network of private machines (machine.ts): each with an interface of its own, 10.77.0.1 and on, behind one bridge in a
// namespace of its own, so that the host's network is not touched. What goes wrong with it goes wrong at the bridge.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Machine, PROJECT, until } from "./machine.ts";

/** What does not pass the bridge. Machines are named by their numbers, from 0. */
export type Fault =
  | {
      readonly kind: "cut";
      readonly from: readonly number[];
      readonly to: readonly number[];
      readonly oneWay?: boolean;
      readonly only?: "udp" | "tcp";
    }
  /** So much of what a machine sends and is sent is lost. */
  | { readonly kind: "loss"; readonly machine: number; readonly percent: number };

const OBSERVER_ADDRESS = "10.77.0.254";

/** Why there can be no such network here; undefined when there can. */
export function whyNoNetwork(): string | undefined {
  if (process.geteuid?.() !== 0) return "only root can connect network namespaces";
  for (const tool of ["unshare", "nsenter", "ip", "nft"])
    if (Bun.which(tool) === null) return `${tool} is not installed`;
  const probe =
    "ip link add br0 type bridge && ip link add v0 type veth peer name v1 && " +
    "nft add table bridge t && nft 'add chain bridge t c { type filter hook forward priority 0; }' && " +
    "nft add rule bridge t c numgen random mod 100 '<' 20 drop";
  const { status, stderr } = spawnSync("unshare", ["-n", "sh", "-c", probe], { encoding: "utf8" });
  return status === 0 ? undefined : `the kernel does not allow it: ${stderr.trim().split("\n")[0]}`;
}

export class Network {
  readonly machines: readonly Machine[];
  readonly #directory: string;
  readonly #observer: ChildProcess;

  private constructor(machines: readonly Machine[], directory: string, observer: ChildProcess) {
    this.machines = machines;
    this.#directory = directory;
    this.#observer = observer;
  }

  /** So many machines that reach each other. */
  static async start(count: number): Promise<Network> {
    const directory = mkdtempSync(join(tmpdir(), "hab-network-"));
    const socket = join(directory, "observer");
    const observer = spawn(
      "unshare",
      ["-n", process.execPath, join(PROJECT, "test/end-to-end/observer.ts"), socket],
      { stdio: ["pipe", "inherit", "inherit"] },
    );
    const machines: Machine[] = [];
    const network = new Network(machines, directory, observer);
    try {
      for (const machine of await Promise.allSettled(Array.from({ length: count }, () => Machine.start()))) {
        if (machine.status === "rejected") throw machine.reason;
        machines.push(machine.value);
      }
      await until("the observer listens", () => existsSync(socket));
      network.#connect();
    } catch (error) {
      await network.stop();
      throw error;
    }
    return network;
  }

  /** The address of a machine. */
  static address(machine: number): string {
    return `10.77.0.${machine + 1}`;
  }

  /** From now on these faults and no others. */
  impose(...faults: readonly Fault[]): void {
    const rules = faults.flatMap(rulesOf).map((rule) => `${rule} drop;`);
    this.#run(
      ["nft", "-f", "-"],
      [
        "table bridge faults {}",
        "delete table bridge faults",
        "table bridge faults { chain passing {",
        "type filter hook forward priority 0;",
        ...rules,
        "}; }\n",
      ].join("\n"),
    );
  }

  /** What a machine's HTTP gateway answers; undefined when it does not answer 200. */
  async get<Answer>(machine: number, path: string): Promise<Answer | undefined> {
    const { status, text } = await this.http(machine, 9631, path);
    if (status !== 200) return undefined;
    return (text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text) as Answer;
  }

  /** Waits until each of the members knows all of them as alive. */
  async untilRingIsWhole(members: readonly number[]): Promise<void> {
    await until("the ring is whole", async () => {
      const known = await Promise.all(
        members.map((member) => this.get<{ health: string }[]>(member, "/ring/members")),
      );
      return known.every(
        (each) => each?.filter(({ health }) => health === "alive").length === members.length,
      );
    });
  }

  /**
   * What is answered to a GET at a port of a machine; 502 when nothing is. Whoever asks a machine that is there for something that
   * costs it much is more patient than who asks one that may be cut off.
   */
  async http(
    machine: number,
    port: number,
    path: string,
    { patienceSeconds }: { patienceSeconds?: number } = {},
  ): Promise<{ status: number; text: string }> {
    const headers: Record<string, string> =
      patienceSeconds === undefined ? {} : { "x-patience-ms": String(patienceSeconds * 1000) };
    const response = await this.#observed(`${Network.address(machine)}:${port}${path}`, { headers });
    return { status: response.status, text: await response.text() };
  }

  /** Says something to a port of a machine; gives what is said back until the connection is closed there. */
  async say(machine: number, port: number, words: string): Promise<string> {
    const response = await this.#observed(`${Network.address(machine)}:${port}`, {
      method: "POST",
      body: words,
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(text);
    return text;
  }

  /** Ends everything in it. */
  async stop(): Promise<void> {
    await Promise.all(this.machines.map((machine) => machine.stop()));
    const ended = new Promise((done) => this.#observer.once("exit", done));
    this.#observer.stdin?.end();
    if (this.#observer.exitCode === null) await ended;
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #observed(path: string, request: RequestInit = {}): Promise<Response> {
    return fetch(`http://observer/${path}`, { ...request, unix: join(this.#directory, "observer") });
  }

  #connect(): void {
    const links = this.machines.flatMap(({ directory }, number) => [
      `link add m${number} type veth peer name eth0 netns ${readFileSync(join(directory, "pid"), "utf8")}`,
      `link set m${number} master br0 up`,
    ]);
    this.#run(
      ["ip", "-batch", "-"],
      [
        "link add br0 type bridge",
        `addr add ${OBSERVER_ADDRESS}/24 dev br0`,
        "link set br0 up",
        ...links,
        "",
      ].join("\n"),
    );
    for (const [number, { directory }] of this.machines.entries())
      this.#run(
        ["ip", "-batch", "-"],
        `addr add ${Network.address(number)}/24 dev eth0\nlink set eth0 up\n`,
        readFileSync(join(directory, "pid"), "utf8"),
      );
  }

  /** Runs a command in a process's network, by default the bridge's. */
  #run(
    command: readonly string[],
    input: string,
    pid: string | number | undefined = this.#observer.pid,
  ): void {
    const { status, stderr } = spawnSync("nsenter", ["-t", String(pid), "-n", ...command], {
      input,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr}\n${input}`);
  }
}

function rulesOf(fault: Fault): string[] {
  const set = (machines: readonly number[]) => `{ ${machines.map((machine) => `"m${machine}"`).join(", ")} }`;
  if (fault.kind === "loss") {
    const chance = `numgen random mod 100 < ${fault.percent}`;
    return [`iifname "m${fault.machine}" ${chance}`, `oifname "m${fault.machine}" ${chance}`];
  }
  const what = fault.only === undefined ? "" : ` ip protocol ${fault.only}`;
  const [from, to] = [set(fault.from), set(fault.to)];
  const there = `iifname ${from} oifname ${to}${what}`;
  return fault.oneWay === true ? [there] : [there, `iifname ${to} oifname ${from}${what}`];
}
