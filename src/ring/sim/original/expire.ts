// The expire thread (reference/butterfly.md §9.5): suspects are confirmed in time, and the confirmed depart after days.
import type { Health } from "../../member.ts";
import { insertMembership } from "../../membership.ts";
import { type Context, changeHealth, type Thread } from "./context.ts";
import { DEPARTURE_MS, EXPIRE_MS, SUSPICION_MS } from "./timing.ts";

export function* expireThread(context: Context): Thread {
  for (;;) {
    for (const { member, health, since } of [...context.state.members.values()]) {
      const age = context.now - since;
      const to: Health | undefined =
        health === "suspect" && age >= SUSPICION_MS
          ? "confirmed"
          : health === "confirmed" && age >= DEPARTURE_MS
            ? "departed"
            : undefined;
      if (to === undefined) continue;
      changeHealth(context, member.id, "time", () =>
        insertMembership(context.state, { member, health: to }, context.now),
      );
    }
    yield context.now + EXPIRE_MS;
  }
}
