// `hab origin rbac show` (reference/cli.md §10.6).
import { printable } from "../../../ui/index.ts";
import { defineCommand } from "../../command.ts";
import { depotForRoles } from "../../depot-access.ts";
import { withHints } from "../../depot-hints.ts";
import { memberArgument, memberOptions, noSuchMember } from "./member.ts";

export const command = defineCommand({
  summary: "Show the role of a member of an origin",
  examples: [{ command: "hab origin rbac show --origin acme bob", explains: "what bob may do in acme" }],
  args: { member: memberArgument() },
  options: memberOptions(),
  json: { short: "j" },
  hasVersion: false,
  async run(context) {
    const { args, options, ui, json, printJson, signal } = context;
    const { member } = args;
    const { origin } = options;
    const depot = await depotForRoles(context);
    ui.status("Discovering", `role of ${member} in origin ${origin}.`);
    const role = await withHints(
      {
        403: { next: "Only members of the origin see roles: ask its owner to invite you." },
        404: noSuchMember(member, origin),
      },
      depot.memberRole(origin, member, signal),
    );
    if (json) printJson({ role });
    else ui.status("Found", `${member} has the role ${printable(role)} in origin ${origin}.`);
  },
});
