// The push thread (reference/butterfly.md §10.6): tells everybody in turn all that is hot for them, five at a time, by a
// new connection each.
import { SHARES_PER_MEMBER } from "../../heat.ts";
import type { Member } from "../../member.ts";
import type { Rumor } from "../../rumor.ts";
import { storedRumor } from "../../stored-rumors.ts";
import {
  type Context,
  isPersistentAndConfirmed,
  isPingable,
  otherMembers,
  refuse,
  shuffled,
  type Thread,
} from "./context.ts";
import { GOSSIP_MS, PUSH_SLICE, SEND_TIMEOUT_MS } from "./timing.ts";

export function* pushThread(context: Context): Thread {
  let count = 0;
  for (;;) {
    const began = context.now;
    const checkList = context.shuffle(otherMembers(context), "push");
    // Compat: the dead have their places in the slices.
    for (let first = 0; first < checkList.length; first += PUSH_SLICE) {
      const sliceBegan = context.now;
      for (const member of checkList.slice(first, first + PUSH_SLICE)) {
        if (!isPingable(context, member) || isPersistentAndConfirmed(context, member)) continue;
        if (startWorker(context, member, count)) count++;
      }
      yield* joinWorkers(context);
      if (context.now < sliceBegan + GOSSIP_MS) yield sliceBegan + GOSSIP_MS;
    }
    if (context.now < began + GOSSIP_MS) yield began + GOSSIP_MS;
  }
}

/** The messages of a push were taken over. One that failed goes on trying until it gives up. */
export function finishPush(context: Context, push: number): void {
  const worker = context.workers.get(push);
  if (worker === undefined) return;
  context.workers.delete(push);
  // Compat: all count as sent, also those that were not.
  const { heat } = context.state;
  for (const text of worker.texts) {
    const sent = heat.get(text)?.sent;
    sent?.set(worker.memberId, (sent.get(worker.memberId) ?? 0) + 1);
  }
}

function startWorker(context: Context, member: Member, push: number): boolean {
  const texts = hotTexts(context, member.id);
  if (texts.length === 0) return false;
  const messages: Rumor[] = [];
  for (const text of texts) {
    const key = context.state.heat.get(text)?.key;
    const rumor = key && storedRumor(context.state, key);
    if (rumor === undefined) refuse(context, "push", `no rumor for ${text}`);
    else messages.push(rumor);
  }
  const address = { host: member.address, port: member.gossipPort };
  const givesUpAt = context.now + messages.length * SEND_TIMEOUT_MS;
  context.workers.set(push, { memberId: member.id, texts, givesUpAt });
  context.effects.push({ kind: "push", push, to: member.id, address, messages, once: true });
  return true;
}

function* joinWorkers(context: Context): Thread {
  while (context.workers.size > 0) {
    let next = Infinity;
    for (const [push, { givesUpAt }] of context.workers) {
      if (givesUpAt <= context.now) finishPush(context, push);
      else next = Math.min(next, givesUpAt);
    }
    if (next < Infinity) yield next;
  }
}

/** Already sent ones first; the order among equals is that of a hash table: any. */
function hotTexts({ state, options }: Context, memberId: string): string[] {
  const byTimes: string[][] = Array.from({ length: SHARES_PER_MEMBER }, () => []);
  for (const [text, { sent }] of state.heat) byTimes[sent.get(memberId) ?? 0]?.push(text);
  return byTimes.reverse().flatMap((texts) => shuffled(texts, options.random));
}
