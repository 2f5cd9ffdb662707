// For tests: one machine on a clock of the test's own, told by the test what happens to it.
import type { Health, Member, Membership } from "../../member.ts";
import type { GossipMessage, RingEffect, RingEvent, RingMachine, SwimMessage } from "../../protocol.ts";
import type { Election, ServiceRumor } from "../../rumor.ts";
import { emptyRingState } from "../../state.ts";
import { type Core, newCore } from "../core.ts";
import { memberOf } from "../machine.ts";
import { PORT, steadyRandom } from "./records.ts";

export type Effect<Kind extends RingEffect["kind"]> = Extract<RingEffect, { kind: Kind }>;

interface RigOptions {
  readonly id?: string;
  readonly incarnation?: bigint;
  readonly seed?: number;
  readonly self?: Partial<Core["self"]>;
  /** What is on disk at the start. */
  readonly before?: (state: Core["state"]) => void;
  readonly started?: boolean;
}

/** One member of ours, `self` at 10.0.0.1. Pushes are answered by the test, or at once by `autoPush`. */
export class Rig {
  readonly core: Core;
  readonly machine: RingMachine;
  now = 10_000;
  /** Everything done so far. */
  readonly done: RingEffect[] = [];
  autoPush = true;

  constructor({
    id = "self",
    incarnation = 1n,
    seed = 1,
    self = {},
    before,
    started = true,
  }: RigOptions = {}) {
    const state = emptyRingState(id, incarnation);
    before?.(state);
    this.core = newCore({
      state,
      self: { address: "", swimPort: PORT, gossipPort: PORT, persistent: false, ...self },
      random: steadyRandom(seed),
    });
    this.machine = memberOf(this.core);
    if (started) this.event({ kind: "start", peers: [] });
  }

  get state(): Core["state"] {
    return this.core.state;
  }

  event(event: RingEvent): RingEffect[] {
    const effects = this.machine.step(event, this.now);
    this.done.push(...effects);
    const all = [...effects];
    if (this.autoPush)
      for (const effect of effects)
        if (effect.kind === "push")
          all.push(...this.event({ kind: "pushed", push: effect.push, delivered: true }));
    return all;
  }

  /** Lets so much time pass; every timer on its time. What is done in it. */
  wait(ms: number): RingEffect[] {
    const end = this.now + ms;
    const all: RingEffect[] = [];
    for (let wakes = 0; this.machine.wakeAt() <= end; wakes++) {
      if (wakes > 100_000) throw new Error("the machine turns in circles");
      this.now = Math.max(this.now, this.machine.wakeAt());
      all.push(...this.event({ kind: "timer", lateMs: 0 }));
    }
    this.now = end;
    return all;
  }

  datagram(message: SwimMessage, host: string): RingEffect[] {
    return this.event({ kind: "datagram", from: { host, port: PORT }, message });
  }

  message(message: GossipMessage, by?: string): RingEffect[] {
    return this.event({ kind: "message", from: "10.0.0.99", message, ...(by === undefined ? {} : { by }) });
  }

  tell(member: Member, health: Health = "alive", rest: Partial<Membership> = {}, by?: string): RingEffect[] {
    return this.message({ kind: "member", fromId: by ?? "teller", value: { member, health, ...rest } }, by);
  }

  elect(election: Partial<Election> & { candidate: string }, by?: string): RingEffect[] {
    const value = {
      serviceGroup: "g.default",
      term: 0n,
      suitability: 0n,
      status: "running" as const,
      votes: [election.candidate],
      ...election,
    };
    return this.message({ kind: "election", fromId: value.candidate, value }, by);
  }

  service(value: ServiceRumor, by?: string): RingEffect[] {
    return this.message({ kind: "service", fromId: value.memberId, value }, by);
  }

  health(id: string): Health | undefined {
    return this.state.members.get(id)?.health;
  }
}

export function only<Kind extends RingEffect["kind"]>(
  effects: readonly RingEffect[],
  kind: Kind,
): Effect<Kind>[] {
  return effects.filter((effect): effect is Effect<Kind> => effect.kind === kind);
}

/** Datagrams, as kind and host. */
export function datagrams(effects: readonly RingEffect[]): string[] {
  return only(effects, "datagram").map(({ to, message }) => `${message.kind} ${to.host}`);
}

/** Messages pushed to a member. */
export function pushedTo(effects: readonly RingEffect[], id: string): GossipMessage[] {
  return only(effects, "push")
    .filter(({ to }) => to === id)
    .flatMap(({ messages }) => messages);
}
