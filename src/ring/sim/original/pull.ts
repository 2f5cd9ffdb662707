// The pull thread (reference/butterfly.md §10.7): takes in one rumor after the other.
import { insertRumor } from "../../insert.ts";
import type { GossipMessage } from "../../protocol.ts";
import type { Election, Rumor } from "../../rumor.ts";
import { type Context, changeHealth, changeHealths, note, refuse } from "./context.ts";
import { hearMembership } from "./inbound.ts";
import { understoodRumor } from "./understood.ts";

export function receiveMessage(context: Context, message: GossipMessage): void {
  switch (message.kind) {
    case "member":
    case "service":
    case "service-config":
    case "service-file":
    case "election":
    case "election-update":
    case "departure":
      takeRumor(context, understoodRumor(message));
      return;
    default:
      refuse(context, "message", `unknown type ${message.kind}`);
  }
}

export function takeRumor(context: Context, rumor: Rumor): void {
  const { state, now } = context;
  const insert = () =>
    insertRumor(state, rumor, { now, suitability: (group) => suitabilityOf(context, group) });
  switch (rumor.kind) {
    case "member":
      hearMembership(context, rumor.value, "rumor");
      return;
    case "departure":
      changeHealth(context, rumor.value.memberId, "departure", insert);
      return;
    case "service": {
      const isNew = state.services.get(rumor.value.serviceGroup)?.has(rumor.value.memberId) !== true;
      if (isNew) changeHealths(context, "replaced by a new member of its group", insert);
      else insert();
      return;
    }
    case "election":
    case "election-update": {
      const store = rumor.kind === "election" ? state.elections : state.electionUpdates;
      const before = store.get(rumor.value.serviceGroup);
      insert();
      tellElection(context, before, store.get(rumor.value.serviceGroup));
      return;
    }
    default:
      insert();
  }
}

/** What the hook says of a group. */
export function suitabilityOf({ suitabilities, options }: Context, serviceGroup: string): bigint {
  return suitabilities.get(serviceGroup) ?? options.suitability?.(serviceGroup) ?? 0n;
}

/** Tells of another status, term or candidate. */
export function tellElection(
  context: Context,
  before: Election | undefined,
  after: Election | undefined,
): void {
  if (after === undefined) return;
  const { serviceGroup, status, term, candidate } = after;
  if (before?.status === status && before.term === term && before.candidate === candidate) return;
  note(context, { kind: "election", serviceGroup, what: status, term, candidate });
}
