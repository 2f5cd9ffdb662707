// Every change of what one member believes of another's health, however its machine goes about it: in small rings by looking
// at all it knows after each change, in large ones by its notes.
import { HEALTHS, type Health } from "../member.ts";
import type { RingEffect, RingEvent } from "../protocol.ts";
import type { Host } from "./host.ts";
import { eachRecord, memberChanges } from "./view.ts";
import type { Witness } from "./witness.ts";

/** Up to so many hosts everything is looked at. */
export const SMALL_RING = 64;

export interface Transition {
  readonly by: Host;
  readonly member: string;
  readonly from: Health | undefined;
  readonly to: Health | undefined;
  /** Absent where only a note told. */
  readonly incarnation?: bigint;
  readonly incarnationBefore?: bigint;
  readonly why?: string;
}

interface Belief {
  readonly health: Health;
  readonly incarnation: bigint;
}

/** What the members of a ring of so many hosts come to believe, told to `tell`. */
export function watchTransitions(hosts: number, tell: (transition: Transition) => void): Witness {
  return hosts <= SMALL_RING ? lookAtAll(tell) : listenToNotes(tell);
}

function lookAtAll(tell: (transition: Transition) => void): Witness {
  const beliefs = new Map<Host, Map<string, Belief>>();
  const seen = new Map<Host, number>();
  return {
    started(host) {
      beliefs.set(host, new Map());
      seen.set(host, -1);
    },
    stepped(host, _event, effects) {
      const state = host.machine?.state;
      const known = beliefs.get(host);
      if (state === undefined || known === undefined || seen.get(host) === memberChanges(state)) return;
      seen.set(host, memberChanges(state));
      const still = new Set<string>();
      eachRecord(state, (member, health, incarnation) => {
        still.add(member);
        const before = known.get(member);
        if (before?.health === health && before.incarnation === incarnation) return;
        known.set(member, { health, incarnation });
        const why = reasonIn(effects, member, health);
        tell({
          by: host,
          member,
          from: before?.health,
          to: health,
          incarnation,
          ...(before !== undefined && { incarnationBefore: before.incarnation }),
          ...(why !== undefined && { why }),
        });
      });
      if (known.size === still.size) return;
      for (const [member, { health }] of known)
        if (!still.has(member)) {
          known.delete(member);
          tell({ by: host, member, from: health, to: undefined });
        }
    },
  };
}

function listenToNotes(tell: (transition: Transition) => void): Witness {
  return {
    stepped(host: Host, _event: RingEvent, effects: readonly RingEffect[]) {
      for (const effect of effects) {
        if (effect.kind !== "note" || effect.note.kind !== "health") continue;
        const { member, from, to, why } = effect.note;
        const health = HEALTHS.find((known) => known === to);
        tell({ by: host, member, from: HEALTHS.find((known) => known === from), to: health, why });
      }
    },
  };
}

function reasonIn(effects: readonly RingEffect[], member: string, to: Health): string | undefined {
  for (const effect of effects)
    if (
      effect.kind === "note" &&
      effect.note.kind === "health" &&
      effect.note.member === member &&
      effect.note.to === to
    )
      return effect.note.why;
  return undefined;
}
