// The rumor now stored under a key, with the envelope an original tells it in (reference/butterfly.md §4, §12.1).
import { CLIENT_ID, type Rumor, type RumorKey } from "../../rumor.ts";
import type { RingState } from "../../state.ts";
import { membershipOf } from "./context.ts";

export function storedRumor(state: RingState, { kind, id, key }: RumorKey): Rumor | undefined {
  switch (kind) {
    case "member": {
      const entry = state.members.get(id);
      return entry && { kind, fromId: state.self, value: membershipOf(entry) };
    }
    case "service": {
      const value = state.services.get(key)?.get(id);
      return value && { kind, fromId: value.memberId, value };
    }
    case "service-config": {
      const value = state.serviceConfigs.get(key);
      return value && { kind, fromId: value.fromId, value };
    }
    case "service-file": {
      const value = state.serviceFiles.get(key)?.get(id);
      return value && { kind, fromId: value.fromId, value };
    }
    case "election": {
      const value = state.elections.get(key);
      return value && { kind, fromId: value.candidate, value };
    }
    case "election-update": {
      const value = state.electionUpdates.get(key);
      return value && { kind, fromId: value.candidate, value };
    }
    case "departure": {
      const value = state.departures.get(id);
      return value && { kind, fromId: CLIENT_ID, value };
    }
  }
}
