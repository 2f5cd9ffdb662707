// What the commands under `hab bldr` that list something of an origin have in common: so many lines at most, newest first, as
// a table or as JSON.
import type { DepotClient, Listed } from "../../depot-client/index.ts";
import { formatTable } from "../../ui/index.ts";
import { type ArgumentPart, defineCommand } from "../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../depot-access.ts";
import { authOption } from "../secret-option.ts";
import { originOption } from "../shared-options.ts";
import { limitOption } from "./channel/request-text.ts";

interface Listing<Name extends string, Item> {
  readonly summary: string;
  readonly description?: string;
  readonly examples: readonly { readonly command: string; readonly explains: string }[];
  readonly args: Readonly<Record<Name, ArgumentPart<string>>>;
  /** What is listed, as one says it and as the JSON calls it: `changes`. */
  readonly items: string;
  readonly header: readonly string[];
  row(item: Item): readonly string[];
  ask(
    depot: DepotClient,
    origin: string,
    args: Readonly<Record<Name, string>>,
    limit: number,
    signal: AbortSignal,
  ): Promise<Listed<Item>>;
}

export function listingCommand<Name extends string, Item>(listing: Listing<Name, Item>) {
  const { summary, description, examples, args, items: name, header } = listing;
  return defineCommand({
    summary,
    ...(description !== undefined && { description }),
    examples,
    args,
    options: {
      limit: limitOption(name),
      url: channelUrlOption(),
      origin: originOption(),
      auth: authOption(),
    },
    json: true,
    helpIfBare: Object.keys(args).length > 0,
    async run(context) {
      const { options, configuration, stdout, json, printJson, signal } = context;
      const origin = await configuration.origin(options.origin);
      const depot = await depotWithTokenAt(context);
      // The compiler does not follow it to a name that is not known here: arguments of text have texts as values.
      const given = context.args as unknown as Readonly<Record<Name, string>>;
      const { items, total } = await listing.ask(depot, origin, given, options.limit, signal);
      if (json) {
        printJson({ origin, ...given, total, [name]: items });
        return;
      }
      stdout.write(formatTable([header, ...items.map((item) => listing.row(item))]));
      if (total > items.length) stdout.write(`… ${total} in all (--limit)\n`);
    },
  });
}
