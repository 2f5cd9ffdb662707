// `hab pkg search` (reference/cli.md §10.7).
import { formatIdent } from "../../package/index.ts";
import { argument, defineCommand, option } from "../command.ts";
import { depotWithOptionalToken } from "../depot-access.ts";
import { authOption } from "../secret-option.ts";
import { urlOption } from "../shared-options.ts";
import { integer } from "../values.ts";

export const command = defineCommand({
  summary: "Search the depot for packages",
  examples: [
    { command: "hab pkg search redis", explains: "packages whose origin or name has a word like it" },
  ],
  args: { term: argument({ value: "SEARCH_TERM", help: "Words to look for; the last may be a beginning" }) },
  options: {
    url: urlOption(),
    auth: authOption(),
    limit: option({
      short: "l",
      long: "limit",
      help: "Most packages to list",
      default: "50",
      type: integer(Number.MAX_SAFE_INTEGER),
    }),
  },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, stdout, stderr, json, printJson, signal } = context;
    const depot = await depotWithOptionalToken(context);
    const { idents, total } = await depot.search(args.term, options.limit, signal);
    if (json) {
      printJson({ packages: idents.map(formatIdent), total });
      return;
    }
    for (const ident of idents) stdout.write(`${formatIdent(ident)}\n`);
    if (idents.length === 0) stderr.write("No packages found that match the specified search term.\n");
    else if (idents.length < total)
      stderr.write(`Search returned too many items, only showing the first ${idents.length} of ${total}\n`);
  },
});
