// Memberships that go with a Ping, PingReq or Ack (reference/butterfly.md §10.4): always the target's own, and five that
// are hot for it, those sent before first.
import { SHARES_PER_MEMBER } from "../../heat.ts";
import type { Member, Membership } from "../../member.ts";
import { type Context, isPersistentAndConfirmed, membershipOf } from "./context.ts";
import { PIGGYBACK } from "./timing.ts";

/** Chooses what to tell `target`, and counts it as told. */
export function membershipsFor(context: Context, target: Member): Membership[] {
  const { state } = context;
  const own = state.members.get(target.id);
  const memberships = own === undefined ? [] : [membershipOf(own)];
  const cools = !isPersistentAndConfirmed(context, target);
  for (const { id, sent, times } of hottestMembers(context, target.id)) {
    const entry = state.members.get(id);
    if (entry !== undefined) memberships.push(membershipOf(entry));
    if (cools) sent.set(target.id, times + 1);
  }
  return memberships;
}

interface HotMember {
  readonly id: string;
  readonly sent: Map<string, number>;
  readonly times: number;
}

/** Compat: the most often sent ones, which is the least news. The order among equals is that of a hash table: any. */
function hottestMembers({ state, options }: Context, targetId: string): HotMember[] {
  const byTimes: HotMember[][] = Array.from({ length: SHARES_PER_MEMBER }, () => []);
  for (const { key, sent } of state.heat.values()) {
    if (key.kind !== "member") continue;
    const times = sent.get(targetId) ?? 0;
    byTimes[times]?.push({ id: key.id, sent, times });
  }
  const chosen: HotMember[] = [];
  for (const equals of byTimes.reverse())
    chooseAny(equals, PIGGYBACK - chosen.length, options.random, chosen);
  return chosen;
}

function chooseAny<Item>(from: Item[], count: number, random: () => number, into: Item[]): void {
  if (from.length <= count) {
    into.push(...from);
    return;
  }
  for (let taken = 0; taken < count; taken++) {
    const [item] = from.splice(Math.floor(random() * from.length), 1);
    if (item !== undefined) into.push(item);
  }
}
