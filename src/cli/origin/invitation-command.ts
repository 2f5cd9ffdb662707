// What the commands that change one invitation share: an origin and the id of its invitation, a change, and what to do when the
// depot refuses it (reference/cli.md §10.6).
import type { DepotClient } from "../../depot-client/index.ts";
import type { StatusVerb } from "../../ui/index.ts";
import { argument, type Command, defineCommand } from "../command.ts";
import { depotWithToken } from "../depot-access.ts";
import { type Hints, withHints } from "../depot-hints.ts";
import { authOption } from "../secret-option.ts";
import { urlOption } from "../shared-options.ts";
import { bigInteger, originName } from "../values.ts";

interface InvitationChange {
  readonly summary: string;
  readonly example: { readonly command: string; readonly explains: string };
  /** Before and after. */
  readonly verbs: readonly [StatusVerb, StatusVerb];
  /** Key that is true in the JSON document. */
  readonly outcome: string;
  /** What to do about a refusal, by status. */
  hints(origin: string): Hints;
  change(depot: DepotClient, origin: string, invitation: bigint, signal: AbortSignal): Promise<void>;
}

/** A command `ORIGIN INVITATION_ID` that makes this change. */
export function invitationCommand(parts: InvitationChange): Command {
  return defineCommand({
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
    options: { url: urlOption(), auth: authOption() },
    json: true,
    hasVersion: false,
    async run(context) {
      const { args, ui, json, printJson, signal } = context;
      const { origin, invitation } = args;
      const depot = await depotWithToken(context);
      const shown = `invitation ${invitation} to origin ${origin}.`;
      const [before, after] = parts.verbs;
      ui.status(before, shown);
      await withHints(parts.hints(origin), parts.change(depot, origin, invitation, signal));
      ui.status(after, shown);
      // An id has 64 bits: as text, as the depot writes it.
      if (json) printJson({ origin, invitation: invitation.toString(), [parts.outcome]: true });
    },
  });
}
