// Which member of which origin the commands on roles are about (reference/cli.md §10.6).
import { argument, option } from "../../command.ts";
import type { Hint } from "../../depot-hints.ts";
import { authOption } from "../../secret-option.ts";
import { urlOption } from "../../shared-options.ts";
import { accountName, originName } from "../../values.ts";

export const memberArgument = () =>
  argument({ value: "MEMBER_ACCOUNT", help: "Account of the member", type: accountName });

/** The origin, which is an option here, and the depot. */
export const memberOptions = () => ({
  origin: option({
    short: "o",
    long: "origin",
    help: "Origin the account is a member of",
    required: true,
    type: originName,
  }),
  url: urlOption(),
  auth: authOption(),
});

/** What to do when the depot knows no such member (404). */
export const noSuchMember = (member: string, origin: string): Hint => ({
  next: `Check the spelling: ${member} is no member of ${origin}, or there is no such account.`,
});
