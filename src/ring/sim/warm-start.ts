// A ring that has been together before the run begins: each member knows all others when it first starts.
import { type MemberRegistry, MemberTable } from "../member-table.ts";
import { ABILITY } from "../protocol.ts";
import type { RingState } from "../state.ts";
import { RING_PORT } from "./addresses.ts";
import type { Host } from "./host.ts";

export class WarmStart {
  readonly #hosts: readonly Host[];
  readonly #registry: MemberRegistry;
  /** Made once, for the first to start, and copied for all. */
  #everybody: MemberTable | undefined;

  constructor(hosts: readonly Host[], registry: MemberRegistry) {
    this.#hosts = hosts;
    this.#registry = registry;
  }

  /** Straight into the table, for nothing of it is news. */
  introduceAll(state: RingState, now: number): void {
    this.#everybody ??= tableOf(this.#hosts, this.#registry);
    state.members.copyFrom(this.#everybody, now);
    // Who knew itself from before would tell all that it is back.
    state.members.delete(state.self);
  }
}

function tableOf(hosts: readonly Host[], registry: MemberRegistry): MemberTable {
  const table = new MemberTable(registry);
  for (const { id, address, persistent } of hosts)
    table.set(id, {
      member: {
        id,
        incarnation: 0n,
        address,
        swimPort: RING_PORT,
        gossipPort: RING_PORT,
        persistent,
        departed: false,
        probePing: false,
        abilities: ABILITY.own,
      },
      health: "alive",
      since: 0,
    });
  return table;
}
