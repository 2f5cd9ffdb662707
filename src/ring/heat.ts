// Which rumors are still to be told to whom (reference/butterfly.md §12.3). A rumor is hot for a member until it has been
// sent to it twice; for a member never heard of before, everything is hot. Not kept over restarts.
import type { RumorKey } from "./rumor.ts";

/** How often a rumor is offered to each member. */
export const SHARES_PER_MEMBER = 2;

interface Warmth {
  readonly key: RumorKey;
  /** Member id → times sent. */
  readonly sent: Map<string, number>;
}

/** By the text of the key. */
export type Heat = Map<string, Warmth>;

function textOf({ kind, id, key }: RumorKey): string {
  // With its length, an id cannot pass for the beginning of a key.
  return `${kind} ${id.length} ${id} ${key}`;
}

/** Makes a rumor hot for everybody, also when it was cold. */
export function startHot(heat: Heat, key: RumorKey): void {
  heat.set(textOf(key), { key, sent: new Map() });
}

/** Everything about a departed member: its services are no longer told, and all is hot for it should it come back. */
export function purgeHeat(heat: Heat, memberId: string): void {
  for (const [text, { key, sent }] of heat) {
    if (key.kind === "service" && key.id === memberId) heat.delete(text);
    else sent.delete(memberId);
  }
}

/** Notes that a rumor was sent to a member. */
export function coolDown(heat: Heat, key: RumorKey, memberId: string): void {
  const warmth = heat.get(textOf(key));
  warmth?.sent.set(memberId, (warmth.sent.get(memberId) ?? 0) + 1);
}

/** What is still to be told to a member, already sent ones first (Compat: the original's order). */
export function hotFor(heat: Heat, memberId: string): RumorKey[] {
  return [...heat.values()]
    .map(({ key, sent }) => ({ key, times: sent.get(memberId) ?? 0 }))
    .filter(({ times }) => times < SHARES_PER_MEMBER)
    .sort((a, b) => b.times - a.times)
    .map(({ key }) => key);
}

/** Every rumor that is or was hot and has not been purged. */
export function heatedKeys(heat: Heat): RumorKey[] {
  return [...heat.values()].map(({ key }) => key);
}
