// `hab origin rbac set` (reference/cli.md §10.6).
import { MEMBER_ROLES, type MemberRole } from "../../../depot-client/index.ts";
import { argument, defineCommand, flag } from "../../command.ts";
import { depotForRoles } from "../../depot-access.ts";
import { withHints } from "../../depot-hints.ts";
import { memberArgument, memberOptions, noSuchMember } from "./member.ts";

export const command = defineCommand({
  summary: "Give a member of an origin another role",
  description: "A role includes the rights of those before it in the list.",
  examples: [
    { command: "hab origin rbac set --origin acme bob MAINTAINER", explains: "asks first" },
    { command: "hab origin rbac set -n -o acme bob READONLY_MEMBER", explains: "does not ask" },
  ],
  args: {
    member: memberArgument(),
    role: argument({
      value: "ROLE",
      help: "The role, in any case",
      type: { parse: memberRole, choices: MEMBER_ROLES.map((role) => role.toUpperCase()), anyCase: true },
    }),
  },
  options: {
    ...memberOptions(),
    noPrompt: flag({ short: "n", long: "no-prompt", help: "Do not ask" }),
  },
  json: true,
  hasVersion: false,
  async run(context) {
    const { args, options, ui, json, printJson, signal } = context;
    const { member, role } = args;
    const { origin } = options;
    const depot = await depotForRoles(context);
    ui.begin(`Preparing to update member ${member}'s role to '${role}' in ${origin} origin.`);
    if (!options.noPrompt) {
      const answer = await ui.confirm("Modifying the role changes what this member may do. Continue?", "yes");
      if (answer !== "yes") {
        if (json) printJson({ origin, member, role, updated: false });
        return;
      }
    }
    await withHints(
      {
        403: {
          next: "It takes an administrator of the origin; nobody changes their own role or the owner's. A new owner: hab origin transfer",
        },
        404: noSuchMember(member, origin),
        422: { next: "The depot does not know this role: update the depot, or choose another." },
      },
      depot.setMemberRole(origin, member, role, signal),
    );
    ui.status("Updated", `${member}'s role to '${role}' in ${origin} origin.`);
    if (json) printJson({ origin, member, role, updated: true });
  },
});

/** A role in any case, with an underscore as in help. */
function memberRole(text: string): MemberRole {
  const role = MEMBER_ROLES.find((known) => known === text.toLowerCase());
  if (role === undefined) throw new Error(`Unknown origin member role '${text}'`);
  return role;
}
