// What the commands that change one invitation share: an origin and the id of its invitation (reference/cli.md §10.6).
import type { DepotClient } from "../../depot-client/index.ts";
import { argument, type Command, defineCommand } from "../command.ts";
import type { Hints } from "../depot-hints.ts";
import { bigInteger, originName } from "../values.ts";
import { changeOrigin, changesOrigin, type OriginChange } from "./change.ts";

interface InvitationChange {
  readonly summary: string;
  readonly example: { readonly command: string; readonly explains: string };
  readonly verbs: OriginChange["verbs"];
  /** Key that is true in the JSON document. */
  readonly outcome: string;
  /** What to do about a refusal, by status. */
  hints(origin: string): Hints;
  change(depot: DepotClient, origin: string, invitation: bigint, signal: AbortSignal): Promise<void>;
}

/** A command `ORIGIN INVITATION_ID` that makes this change. */
export function invitationCommand(parts: InvitationChange): Command {
  return defineCommand({
    ...changesOrigin(),
    summary: parts.summary,
    examples: [parts.example],
    args: {
      origin: argument({ value: "ORIGIN", help: "Origin of the invitation", type: originName }),
      invitation: argument({
        value: "INVITATION_ID",
        help: "Id of the invitation, as the lists show it",
        type: bigInteger(),
      }),
    },
    run(context) {
      const { origin, invitation } = context.args;
      return changeOrigin(context, {
        verbs: parts.verbs,
        what: `invitation ${invitation} to origin ${origin}.`,
        hints: parts.hints(origin),
        change: (depot, signal) => parts.change(depot, origin, invitation, signal),
        // An id has 64 bits: as text, as the depot writes it.
        result: { origin, invitation: invitation.toString(), [parts.outcome]: true },
      });
    },
  });
}
