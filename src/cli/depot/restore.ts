// `hab depot restore`.
import { argument, defineCommand } from "../command.ts";
import { existingFile } from "../values.ts";
import { placeOf, placeOptions } from "./place-options.ts";

export const command = defineCommand({
  summary: "Restore a backup into an empty depot",
  description:
    "The depot must not run, and have neither accounts nor packages yet. Every package is checked against its digest. " +
    "When it is broken off, run it again: nothing counts before all is there.",
  examples: [
    {
      command: "hab depot restore depot.tar --data /srv/depot",
      explains: "into a new directory; then: hab depot run",
    },
    {
      command: "hab depot restore depot.tar --database postgres://hab@db/depot --blobs s3://packages",
      explains: "from one machine to a server",
    },
  ],
  args: { file: argument({ value: "FILE", help: "A file of `hab depot backup`", type: existingFile }) },
  options: placeOptions(),
  json: true,
  async run(context) {
    const { args, ui, json, printJson, signal } = context;
    const { restoreDepot } = await import("../../depot/index.ts");
    ui.begin(`Reading ${args.file}`);
    let progress: ReturnType<typeof ui.progress> | undefined;
    const result = await restoreDepot(placeOf(context), args.file, {
      signal,
      onProgress(done, total) {
        progress ??= ui.progress("packages", total);
        progress.update(done);
      },
    });
    progress?.finish();
    ui.end(`Restored ${result.packages} packages as they were at ${result.createdAt}`);
    if (json) printJson(result);
  },
});
