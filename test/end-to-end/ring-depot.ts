// A depot on a machine of a ring of services (service-ring.ts), from which its Supervisors update themselves.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "./machine.ts";
import { Network } from "./network.ts";
import { type NextRelease, nextRelease } from "./next-release.ts";
import type { ServiceRing } from "./service-ring.ts";

const PORT = 9636;

/** What a ring has to be told so that its Supervisors look at the depot of this machine, often. */
export function depotEnvironment(machine: number): Record<string, string> {
  return {
    HAB_BLDR_URL: `http://${Network.address(machine)}:${PORT}`,
    HAB_UPDATE_STRATEGY_PERIOD_MS: "1000",
    HAB_UPDATE_STRATEGY_PERIOD_BYPASS_CHECK: "1",
  };
}

export class RingDepot {
  readonly #ring: ServiceRing;
  readonly #machine: number;
  readonly #token: string;

  private constructor(ring: ServiceRing, machine: number, token: string) {
    this.#ring = ring;
    this.#machine = machine;
    this.#token = token;
  }

  /** Starts it, empty; it ends with its machine. */
  static async start(ring: ServiceRing, machine: number): Promise<RingDepot> {
    const data = ["--data", join(ring.machine(machine).directory, "depot")];
    ring.machine(machine).background(["hab", "depot", "run", "--listen", `0.0.0.0:${PORT}`, ...data]);
    await ring.until("the depot answers", async () => {
      const { status } = await ring.network.http(machine, PORT, "/v1/status");
      return status === 200;
    });
    await ring.run(machine, ["hab", "depot", "user", "create", "alice", ...data]);
    const { stdout } = await ring.run(machine, ["hab", "depot", "token", "create", "alice", ...data]);
    return new RingDepot(ring, machine, stdout.trim());
  }

  /** Makes a new release of each of these packages and promotes them. */
  async release(names: readonly string[]): Promise<NextRelease[]> {
    const directory = mkdtempSync(join(this.#ring.packages.directory, "next-"));
    try {
      const made = await Promise.all(names.map((name) => nextRelease(this.#ring, name, directory)));
      const keys = join(this.#ring.packages.directory, "keys");
      const program = join(PROJECT, "test/end-to-end/publish.ts");
      await this.#ring.run(
        this.#machine,
        [process.execPath, program, keys, ...made.map(({ hart }) => hart)],
        { env: { HAB_AUTH_TOKEN: this.#token } },
      );
      return made;
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
}
