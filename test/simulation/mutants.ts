// Members that break one rule each: what the simulator must catch. Each wraps the member it is given, so that a correct one
// becomes a wrong one by one change of its state or of what it says.

import type { Election } from "../../src/ring/index.ts";
import type {
  GossipMessage,
  MachineOptions,
  RingEffect,
  RingEvent,
  RingMachine,
} from "../../src/ring/protocol.ts";
import { MAXIMUM_U64 } from "../../src/ring/rumor.ts";

export type Factory = (options: MachineOptions) => RingMachine;

/** Calls `after` behind every step of a machine, with the machine's own effects to change or add to. */
function meddle(
  make: Factory,
  after: (
    machine: RingMachine,
    event: RingEvent,
    effects: RingEffect[],
    now: number,
  ) => RingEffect[] | undefined,
): Factory {
  return (options) => {
    const machine = make(options);
    return {
      state: machine.state,
      wakeAt: () => machine.wakeAt(),
      step(event, now) {
        const effects = machine.step(event, now);
        return after(machine, event, effects, now) ?? effects;
      },
    };
  };
}

/** True on the first call for a machine after it has run for so long. */
function onceAfter(ms: number): (machine: RingMachine, now: number) => boolean {
  const startedAt = new WeakMap<RingMachine, number>();
  const done = new WeakSet<RingMachine>();
  return (machine, now) => {
    const start = startedAt.get(machine) ?? now;
    startedAt.set(machine, start);
    if (done.has(machine) || now - start < ms) return false;
    done.add(machine);
    return true;
  };
}

const LATER_MS = 8000;

export const mutants = {
  /** Its incarnation falls. */
  incarnationFalls: (make: Factory): Factory => {
    const due = onceAfter(LATER_MS);
    return meddle(make, (machine, _event, _effects, now) => {
      if (machine.state.incarnation === 0n) machine.state.incarnation = 5n;
      else if (due(machine, now)) machine.state.incarnation -= 1n;
      return undefined;
    });
  },
  /** Raises the incarnation of others. */
  incarnationOfOthers: (make: Factory): Factory => {
    const due = onceAfter(LATER_MS);
    return meddle(make, (machine, _event, _effects, now) => {
      if (!due(machine, now)) return undefined;
      for (const [id, entry] of [...machine.state.members]) {
        if (id === machine.state.self) continue;
        const member = { ...entry.member, incarnation: entry.member.incarnation + 7n };
        machine.state.members.set(id, { ...entry, member });
        machine.state.counters.members++;
      }
      return undefined;
    });
  },
  /** Goes back to an earlier term. */
  termFalls: (make: Factory): Factory => {
    const due = onceAfter(LATER_MS);
    const early = onceAfter(LATER_MS / 2);
    const shift = (machine: RingMachine, by: bigint): void => {
      for (const [group, election] of [...machine.state.elections]) {
        machine.state.elections.set(group, { ...election, term: election.term + by });
        machine.state.counters.elections++;
      }
    };
    return meddle(make, (machine, _event, _effects, now) => {
      if (early(machine, now)) shift(machine, 2n);
      if (due(machine, now)) shift(machine, -1n);
      return undefined;
    });
  },
  /** Stores what does not exist, more and more of it. */
  storeGrows: (make: Factory): Factory =>
    meddle(make, (machine, event) => {
      if (event.kind === "timer") {
        const name = `made-up.${machine.state.serviceConfigs.size}`;
        machine.state.serviceConfigs.set(name, {
          serviceGroup: name,
          incarnation: 1n,
          encrypted: false,
          config: new Uint8Array(),
          fromId: "",
        });
        machine.state.counters.serviceConfigs++;
      }
      return undefined;
    }),
  /** Keeps a book inside that grows with every step. */
  booksGrow:
    (make: Factory): Factory =>
    (options) => {
      const machine = make(options);
      let entries = 0;
      return {
        state: machine.state,
        wakeAt: () => machine.wakeAt(),
        step(event, now) {
          entries++;
          return machine.step(event, now);
        },
        insight: () => {
          const insight = machine.insight?.();
          if (insight === undefined) throw new Error("a member of ours tells of its insides");
          return { ...insight, sizes: { ...insight.sizes, "told of their health": entries } };
        },
      };
    },
  /** Takes a stopped service for a running one again. */
  serviceReturns: (make: Factory): Factory => {
    const seen = new WeakMap<RingMachine, number>();
    return meddle(make, (machine, _event, _effects, now) => {
      for (const [, services] of machine.state.services)
        for (const [id, rumor] of services) {
          if (rumor.stopped !== true) continue;
          const since = seen.get(machine) ?? now;
          seen.set(machine, since);
          if (now - since < 3000) continue;
          const { stopped: _, ...running } = rumor;
          services.set(id, running);
          machine.state.counters.services++;
        }
      return undefined;
    });
  },
  /** Takes a member that has left for alive again. */
  memberReturns: (make: Factory): Factory => {
    const seen = new WeakMap<RingMachine, number>();
    return meddle(make, (machine, _event, _effects, now) => {
      for (const [id, entry] of [...machine.state.members]) {
        if (entry.health !== "departed") continue;
        const since = seen.get(machine) ?? now;
        seen.set(machine, since);
        if (now - since < 5000) continue;
        machine.state.members.set(id, { ...entry, health: "alive" });
        machine.state.counters.members++;
      }
      return undefined;
    });
  },
  /** Takes somebody for dead for no reason. */
  deathInvented: (make: Factory): Factory => {
    const due = onceAfter(LATER_MS);
    return meddle(make, (machine, _event, _effects, now) => {
      if (!due(machine, now)) return undefined;
      for (const [id, entry] of [...machine.state.members]) {
        if (id === machine.state.self) continue;
        machine.state.members.set(id, { ...entry, health: "confirmed" });
        machine.state.counters.members++;
        return undefined;
      }
      return undefined;
    });
  },
  /** Believes nobody's death. */
  deniesDeath: (make: Factory): Factory =>
    meddle(make, (machine) => {
      for (const [id, entry] of [...machine.state.members])
        if (entry.health !== "alive") machine.state.members.set(id, { ...entry, health: "alive" });
      return undefined;
    }),
  /** Does not take in configuration. */
  configurationIgnored: (make: Factory): Factory =>
    meddle(make, (machine, event) => {
      if (event.kind === "announce") return undefined;
      const { serviceConfigs } = machine.state;
      for (const group of [...serviceConfigs.keys()]) serviceConfigs.delete(group);
      return undefined;
    }),
  /** Follows itself only, and tells nobody. */
  leadsItself: (make: Factory): Factory =>
    meddle(make, (machine, _event, effects) => {
      for (const [group, election] of [...machine.state.elections]) {
        const mine: Election = { ...election, candidate: machine.state.self, status: "finished" };
        machine.state.elections.set(group, mine);
      }
      return effects.map((effect) =>
        effect.kind === "push"
          ? { ...effect, messages: effect.messages.filter(({ kind }) => kind !== "election") }
          : effect,
      );
    }),
  /** Throws on what it hears. */
  throws: (make: Factory): Factory => {
    const due = onceAfter(LATER_MS);
    return meddle(make, (machine, _event, _effects, now) => {
      if (due(machine, now)) throw new Error("on purpose");
      return undefined;
    });
  },
  /** Wants to be woken at once, for ever. */
  turnsInCircles:
    (make: Factory): Factory =>
    (options) => {
      const machine = make(options);
      return { state: machine.state, step: (event, now) => machine.step(event, now), wakeAt: () => 0 };
    },
  /** Answers every answer with two more questions. */
  neverStopsTalking: (make: Factory): Factory =>
    meddle(make, (_machine, event, effects) => {
      if (event.kind !== "datagram" || event.message.kind !== "ack") return effects;
      const ask = { kind: "datagram", to: event.from, message: { ...event.message, kind: "ping" } } as const;
      return [...effects, ask, ask];
    }),
  /** Puts more into a datagram than an original can receive. */
  speaksTooLong: (make: Factory): Factory =>
    meddle(make, (machine, _event, effects) => {
      const memberships = [...machine.state.members.values()].map(({ member, health }) => ({
        member,
        health,
      }));
      return effects.map((effect) =>
        effect.kind === "datagram" && effect.message.kind === "ping"
          ? { ...effect, message: { ...effect.message, membership: Array(10).fill(memberships).flat() } }
          : effect,
      );
    }),
  /** Tells originals of a leader that runs no service of its group, as long as they have no other. */
  tellsOfStrangeLeader: (make: Factory): Factory => {
    let toldAt = Number.NEGATIVE_INFINITY;
    return meddle(make, (machine, _event, effects, now) => {
      if (now - toldAt < 100) return undefined;
      toldAt = now;
      const { elections, members, services } = machine.state;
      for (const [group, election] of elections) {
        const stranger = [...members.keys()].find((id) => services.get(group)?.has(id) !== true);
        if (stranger === undefined) continue;
        const value: Election = {
          ...election,
          candidate: stranger,
          suitability: MAXIMUM_U64,
          status: "finished",
        };
        effects.push(...toOriginals(machine, { kind: "election", fromId: stranger, value }));
      }
      return effects;
    });
  },
  /** Tells originals of a member at an address they cannot read. */
  tellsOfUnreadableAddress: (make: Factory): Factory => {
    const due = onceAfter(LATER_MS);
    return meddle(make, (machine, _event, effects, now) => {
      if (!due(machine, now)) return undefined;
      const [, entry] = [...machine.state.members.values()];
      if (entry === undefined) return undefined;
      const member = { ...entry.member, incarnation: entry.member.incarnation + 1n, address: "fd00::1" };
      return [
        ...effects,
        ...toOriginals(machine, { kind: "member", fromId: member.id, value: { member, health: "alive" } }),
      ];
    });
  },
  /** Speaks to originals as to members of ours. */
  asksOriginals: (make: Factory): Factory => {
    const due = onceAfter(LATER_MS);
    return meddle(make, (machine, _event, effects, now) =>
      due(machine, now)
        ? [...effects, ...toOriginals(machine, { kind: "want", fromId: machine.state.self, keys: [1] })]
        : undefined,
    );
  },
} as const;

function toOriginals(machine: RingMachine, message: GossipMessage): RingEffect[] {
  return [...machine.state.members.values()].flatMap(({ member }, place): RingEffect[] =>
    member.abilities === undefined
      ? [
          {
            kind: "push",
            push: 1_000_000 + place,
            to: member.id,
            address: { host: member.address, port: member.gossipPort },
            messages: [message],
          },
        ]
      : [],
  );
}
