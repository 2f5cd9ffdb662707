// A ring of private machines (network.ts) on which tests run services of plans/: packages, Supervisors that know each other,
// services that are loaded and configured, and what they all said when something does not come to pass.
import { describe } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BackgroundProcess, type Finished, type Machine, type RunOptions, until } from "./machine.ts";
import { Network, whyNoNetwork } from "./network.ts";
import { type Packages, packagesOf } from "./packages.ts";

/** A member that comes back goes through recovery, an election and what it has to take over. */
const PATIENT_SECONDS = 90;
/** Of what a Supervisor said, where a test fails. */
const SHOWN_CHARACTERS = 8000;

export interface ServiceRingOptions {
  /** Plans whose packages the machines have. */
  readonly plans: readonly string[];
  /** Machines with a Supervisor, from 0 on. */
  readonly members: number;
  /** Further machines, behind the members: for a client, a depot. */
  readonly others?: number;
  /** Of every command on the machines, their Supervisors among them. */
  readonly env?: Readonly<Record<string, string>>;
}

export class ServiceRing {
  readonly network: Network;
  readonly packages: Packages;
  /** Numbers of the machines with a Supervisor. */
  readonly members: readonly number[];
  readonly #supervisors = new Map<number, BackgroundProcess>();
  /** The last version of what was applied to each group. */
  readonly #applied = new Map<string, number>();

  private constructor(network: Network, packages: Packages, options: ServiceRingOptions) {
    this.network = network;
    this.packages = packages;
    this.members = Array.from({ length: options.members }, (_, number) => number);
  }

  /** Makes the packages and the machines. No Supervisor runs yet. */
  static async make(options: ServiceRingOptions): Promise<ServiceRing> {
    const packages = await packagesOf(...options.plans);
    const network = await Network.start(options.members + (options.others ?? 0));
    for (const machine of network.machines) Object.assign(machine.env, options.env);
    await Promise.all(network.machines.map((machine) => packages.giveTo(machine)));
    return new ServiceRing(network, packages, options);
  }

  machine(number: number): Machine {
    const found = this.network.machines[number];
    if (found === undefined) throw new Error(`there is no machine ${number}`);
    return found;
  }

  run(machine: number, command: readonly string[], options?: RunOptions): Promise<Finished> {
    return this.machine(machine).run(command, options);
  }

  /** The newest release of a package that all machines have; `path` is relative to `/hab/pkgs`. */
  newest(name: string): { readonly release: string; readonly path: string } {
    const versions = join(this.packages.directory, "pkgs/core", name);
    const [version = ""] = readdirSync(versions);
    const release = readdirSync(join(versions, version)).sort().at(-1) ?? "";
    return { release, path: join("core", name, version, release) };
  }

  /** Path of a program of a package, as machines see it: started by that it costs much less than by `hab pkg exec`. */
  program(name: string, path: string): string {
    return join("/hab/pkgs", this.newest(name).path, path);
  }

  /** Path of a file of a machine's `/hab`, on the host. */
  file(machine: number, path: string): string {
    return join(this.machine(machine).directory, "hab", path);
  }

  /** Starts the Supervisor of a member, which knows all others by name. */
  start(member: number): void {
    const others = this.members.filter((other) => other !== member).map(Network.address);
    const words = ["hab", "sup", "run", "--permanent-peer", "--sys-ip-address", Network.address(member)];
    const supervisor = this.machine(member).background([...words, "--peer", ...others]);
    this.#supervisors.set(member, supervisor);
  }

  /** Starts all Supervisors and waits until they are one ring. */
  async startAll(): Promise<void> {
    for (const member of this.members) this.start(member);
    await this.network.untilRingIsWhole(this.members);
  }

  /** What a member's Supervisor and its services have said. */
  output(member: number): string {
    return this.#supervisors.get(member)?.output() ?? "";
  }

  /** Ends a member's Supervisor and all its services at once, as a power cut would. */
  async crash(member: number): Promise<void> {
    await this.#supervisors.get(member)?.kill();
  }

  /** Applies configuration to a service group; it need not exist yet. */
  async apply(service: string, toml: string): Promise<void> {
    const version = (this.#applied.get(service) ?? 0) + 1;
    this.#applied.set(service, version);
    const command = ["hab", "config", "apply", `${service}.default`, String(version)];
    await this.run(0, command, { input: toml });
  }

  /** Loads a package of origin core as a service of these members. */
  async load(service: string, members: readonly number[], ...words: readonly string[]): Promise<void> {
    const command = ["hab", "svc", "load", `core/${service}`, "--health-check-interval", "2", ...words];
    await Promise.all(members.map((member) => this.run(member, command)));
  }

  /** The process the Supervisor started for a service. Throws when there is none. */
  pid(member: number, service: string): number {
    return Number(readFileSync(this.file(member, `svc/${service}/PID`), "utf8"));
  }

  /** Waits until a service is well on these members, by its own health check. */
  async untilWell(service: string, members: readonly number[]): Promise<void> {
    for (const member of members)
      await this.until(`${service} is well at ${member}`, async () => {
        const path = `/services/${service}/default/health`;
        const health = await this.network.get<{ status: string }>(member, path);
        return health?.status.startsWith("OK");
      });
  }

  /** The release of a service's package that runs on a member. */
  async release(member: number, service: string): Promise<string | undefined> {
    const path = `/services/${service}/default`;
    const shown = await this.network.get<{ pkg: { release: string }; process: { state: string } }>(
      member,
      path,
    );
    return shown?.process.state === "up" ? shown.pkg.release : undefined;
  }

  /** As `until`, and tells what all Supervisors and `also` said when it was in vain. */
  async until<T>(
    what: string,
    condition: () => Promise<T | false | undefined> | T | false | undefined,
    { seconds = PATIENT_SECONDS, also }: { seconds?: number; also?: () => string } = {},
  ): Promise<T> {
    try {
      return await until(what, condition, seconds);
    } catch (error) {
      const said = this.members.map(
        (member) => `--- machine ${member}\n${this.output(member).slice(-SHOWN_CHARACTERS)}`,
      );
      if (also !== undefined) said.push(`--- also\n${also().slice(-SHOWN_CHARACTERS / 4)}`);
      throw new Error(`${what}: waited ${seconds} s in vain\n${said.join("\n")}`, { cause: error });
    }
  }

  /** Ends everything in it. */
  stop(): Promise<void> {
    return this.network.stop();
  }
}

const impossible = whyNoNetwork();

/** `describe` for tests that need such a network; where there can be none they are skipped, and the title says why. */
export function describeOnRing(title: string, tests: () => void): void {
  describe.skipIf(impossible !== undefined)(
    impossible === undefined ? title : `${title} (skipped: ${impossible})`,
    tests,
  );
}
