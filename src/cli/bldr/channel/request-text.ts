// Requests for promotions as a person reads them, and options of the commands about them.
import type { Listed, PromotionRequest } from "../../../depot-client/index.ts";
import { formatTable, printableLine } from "../../../ui/index.ts";
import { argument, option } from "../../command.ts";
import { integer } from "../../values.ts";

export const requestArgument = () =>
  argument({ value: "REQUEST", help: "Id of the request (hab bldr channel requests)", type: requestId });

function requestId(text: string): string {
  if (/^[0-9]{1,19}$/.test(text)) return text;
  throw new Error("an id is a number of at most 19 digits");
}

export const commentOption = () =>
  option({ long: "comment", value: "TEXT", help: "What the others should know", default: "" });

export const limitOption = (what: string) =>
  option({
    short: "l",
    long: "limit",
    value: "NUMBER",
    help: `At most so many ${what}`,
    default: "50",
    type: integer(1_000_000),
  });

/** How far it is: `1 of 2 approvals`. */
export function progressOf({ approvals, needed }: PromotionRequest): string {
  const counting = approvals.filter(({ counts }) => counts).length;
  return needed == null ? `${counting} approvals` : `${counting} of ${needed} approvals`;
}

/** A request in some lines, each ended. */
export function formatRequest(request: PromotionRequest): string {
  const lines = [
    `Request ${request.id}: ${request.count} ${request.count === 1 ? "package" : "packages"} ${request.from == null ? "" : `of ${request.from} `}to ${request.to} of ${request.origin}`,
    `  ${request.state}, ${progressOf(request)}, asked by ${request.requested_by} at ${request.at}, expires ${request.expires_at}`,
    ...(request.reason === "" ? [] : [`  ${request.reason}`]),
    ...(request.comment === "" ? [] : [`  "${request.comment}"`]),
    ...request.approvals.map(
      ({ account, at, comment, counts }) =>
        `  approved by ${account} at ${at}${counts ? "" : " (does not count any more)"}${said(comment)}`,
    ),
    ...request.rejections.map(
      ({ account, at, comment }) => `  rejected by ${account} at ${at}${said(comment)}`,
    ),
    ...request.idents.map((ident) => `  ${ident}`),
    ...(request.count > request.idents.length ? [`  … (${request.count} in all, each target counted)`] : []),
  ];
  return lines.map((line) => `${printableLine(line)}\n`).join("");
}

function said(comment: string): string {
  return comment === "" ? "" : `: ${comment}`;
}

export function formatRequests({ items, total }: Listed<PromotionRequest>): string {
  if (items.length === 0) return "There are no such requests.\n";
  const table = formatTable([
    ["REQUEST", "STATE", "TO", "FROM", "PACKAGES", "APPROVALS", "ASKED BY", "AT"],
    ...items.map((request) => [
      request.id,
      request.state,
      request.to,
      request.from ?? "-",
      String(request.count),
      `${request.approvals.filter(({ counts }) => counts).length}/${request.needed ?? "-"}`,
      request.requested_by,
      request.at,
    ]),
  ]);
  return total > items.length ? `${table}… ${total} in all (--limit)\n` : table;
}
