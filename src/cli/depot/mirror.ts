// `hab depot mirror`.
import { describeError } from "../../error/index.ts";
import { argument, defineCommand, flag, option, optionList } from "../command.ts";
import { authOption } from "../secret-option.ts";
import { absoluteUrl, accountName, integer } from "../values.ts";
import { channelOfOrigin } from "./channel-name.ts";
import { placeOf, placeOptions } from "./place-options.ts";

/** Some packages could not be taken. */
const EXIT_PARTLY = 3;

const MINUTE_MS = 60_000;

export const command = defineCommand({
  summary: "Keep channels of another depot in this one",
  description:
    "Fetches what is new there with all it depends on and the public keys, checks it as an upload is checked, and fills the " +
    "channel here. What is here is not fetched again, and downloads go on where they broke off. May run beside the depot. " +
    "Exit code 0: all is here; 3: some packages were not taken, and are named; 1: the other depot does not answer.",
  examples: [
    {
      command: "hab depot mirror https://bldr.habitat.sh --channel core/stable --newest --owner alice",
      explains: "the newest of each package, once",
    },
    {
      command: "hab depot mirror https://depot.example.com --channel acme/stable --owner alice --every 15",
      explains: "and again each quarter of an hour, until stopped",
    },
  ],
  args: { url: argument({ value: "URL", help: "Address of the other depot", type: absoluteUrl }) },
  options: {
    ...placeOptions(),
    channels: optionList({
      long: "channel",
      value: "ORIGIN/CHANNEL",
      values: "one",
      help: "A channel to keep; may be given several times",
      required: true,
      type: channelOfOrigin,
    }),
    targets: optionList({
      long: "target",
      value: "TARGET",
      values: "one",
      help: "A target to keep (default: x86_64-linux)",
    }),
    newest: flag({ long: "newest", help: "Only the newest release of each package in the channel" }),
    exactly: flag({
      long: "exactly",
      help: "Take out of the channel here what is not in it there (but never out of unstable)",
    }),
    owner: option({
      long: "owner",
      value: "ACCOUNT",
      help: "Account of this depot that acts, and owns the origins that are new here",
      required: true,
      type: accountName,
    }),
    every: option({
      long: "every",
      value: "MINUTES",
      help: "Run again after this time, until stopped",
      type: integer(10_080),
    }),
    auth: authOption(),
  },
  json: true,
  async run(context) {
    const { args, options, ui, json, printJson, stderr, signal } = context;
    const { mirrorDepot } = await import("../../depot/index.ts");
    const place = placeOf(context);
    const once = async (): Promise<number> => {
      const result = await mirrorDepot(place, {
        url: args.url,
        token: options.auth,
        channels: options.channels,
        targets: options.targets.length === 0 ? ["x86_64-linux"] : options.targets,
        newestOnly: options.newest,
        exactly: options.exactly,
        owner: options.owner,
        signal,
        onPackage: (ident, target) => ui.info(`${ident} (${target})`),
      });
      for (const { ident, reason } of result.failures) ui.warn(`${ident}: ${reason}`);
      ui.end(
        `${result.added.length} packages are new, ${result.present} were here, ${result.failures.length} were not taken; ` +
          `${result.promoted} came into channels, ${result.demoted} left them`,
      );
      if (json && options.every === undefined) printJson(result);
      return result.failures.length === 0 ? 0 : EXIT_PARTLY;
    };
    ui.begin(`Mirroring ${args.url}`);
    if (options.every === undefined) return await once();
    while (!signal.aborted) {
      try {
        await once();
      } catch (error) {
        if (signal.aborted) break;
        // The next run finds the other depot in better shape, or says the same again.
        stderr.write(`${new Date().toISOString()} ${describeError(error)}\n`);
      }
      await pause(options.every * MINUTE_MS, signal);
    }
    return 0;
  },
});

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
