// `hab depot backup`.
import { argument, defineCommand, flag } from "../command.ts";
import { placeOf, placeOptions } from "./place-options.ts";

export const command = defineCommand({
  summary: "Write everything a depot keeps to one file, while it runs",
  description:
    "The rows as they are at one moment, the packages they name, and the key that seals secrets: whoever can read the file " +
    "(mode 0600) can read all of it. `hab depot restore` takes it into any kind of depot: a directory, or a database server " +
    "with an object store.",
  examples: [
    { command: "hab depot backup /backup/depot-$(date +%F).tar", explains: "then copy it elsewhere" },
    {
      command: "hab depot backup --without-keys depot.tar",
      explains: "without the key of its secrets, to be kept elsewhere",
    },
  ],
  args: { file: argument({ value: "FILE", help: "Where to write it", completes: "file" }) },
  options: {
    ...placeOptions(),
    withoutKeys: flag({ long: "without-keys", help: "Leave out the key that seals secrets" }),
  },
  json: true,
  async run(context) {
    const { args, options, ui, json, printJson, signal } = context;
    const { backUpDepot } = await import("../../depot/index.ts");
    ui.begin(`Writing ${args.file}`);
    let progress: ReturnType<typeof ui.progress> | undefined;
    const result = await backUpDepot(placeOf(context), args.file, {
      withKeys: !options.withoutKeys,
      signal,
      onProgress(done, total) {
        progress ??= ui.progress("packages", total);
        progress.update(done);
      },
    });
    progress?.finish();
    ui.end(`Wrote ${result.packages} packages (${result.bytes} bytes) to ${args.file}`);
    if (json) printJson(result);
  },
});
