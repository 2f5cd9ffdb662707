// Invitations as a table (reference/cli.md §10.6).
import type { OriginInvitation } from "../../depot-client/index.ts";
import { formatTable } from "../../ui/index.ts";

/** Compat: width of the original's origin tables. */
const MINIMUM_COLUMN_WIDTH = 5;

/** Lines of a table of invitations; `withOrigin` where they are of several. Compat: no invitations are an empty line. */
export function formatInvitations(
  invitations: readonly OriginInvitation[],
  { withOrigin }: { readonly withOrigin: boolean },
): string {
  if (invitations.length === 0) return "\n";
  const row = (id: string, origin: string, ...rest: string[]) => [
    id,
    ...(withOrigin ? [origin] : []),
    ...rest,
  ];
  return formatTable(
    [
      row("Invitation Id", "Origin Name", "Account Name", "Creation Date", "Ignored"),
      ...invitations.map((invitation) =>
        row(
          invitation.id,
          invitation.origin,
          invitation.account_name,
          invitation.created_at.replace("T", " "),
          String(invitation.ignored),
        ),
      ),
    ],
    { minimumWidth: MINIMUM_COLUMN_WIDTH },
  );
}
