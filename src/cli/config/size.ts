// The limit of the control gateway for one configuration or file (reference/supervisor.md §12.6).
import { HabError } from "../../error/index.ts";
import { supervisorErrors } from "../../supervisor/index.ts";

const MAX_ENTITY_BYTES = 65_536;

/** Refuses what a Supervisor would refuse, before it is sent. */
export function assertEntitySize(content: Uint8Array, what: "Configuration" | "File"): void {
  if (content.length <= MAX_ENTITY_BYTES) return;
  throw new HabError(
    supervisorErrors.entityTooLarge,
    `${what} too large. Maximum size allowed is ${MAX_ENTITY_BYTES} bytes.`,
  );
}
