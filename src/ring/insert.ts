// A rumor, whichever it is, taken into the state (reference/butterfly.md §10.7).
import { insertDeparture } from "./departure.ts";
import { insertElection, type Suitability } from "./election.ts";
import { hearAboutMember } from "./membership.ts";
import type { Rumor } from "./rumor.ts";
import { insertService, insertServiceConfig, insertServiceFile } from "./services.ts";
import type { RingState } from "./state.ts";

/** What inserting needs from outside. */
export interface InsertContext {
  /** Milliseconds on the caller's monotonic clock. */
  readonly now: number;
  readonly suitability: Suitability;
}

/** True when the rumor was new or changed something. */
export function insertRumor(state: RingState, rumor: Rumor, context: InsertContext): boolean {
  switch (rumor.kind) {
    case "member":
      return hearAboutMember(state, rumor.value, context.now);
    case "service":
      return insertService(state, rumor.value, context.now);
    case "service-config":
      return insertServiceConfig(state, rumor.value);
    case "service-file":
      return insertServiceFile(state, rumor.value);
    case "election":
    case "election-update":
      return insertElection(state, rumor.kind, rumor.value, context.suitability);
    case "departure":
      return insertDeparture(state, rumor.value, context.now);
  }
}
