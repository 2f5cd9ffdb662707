// `hab pkg bulkupload` (reference/cli.md §10.7, packages.md §18.3).
import { KeyCache } from "../../crypto/index.ts";
import { type DepotClient, type Published, publishPackage } from "../../depot-client/index.ts";
import { HabError } from "../../error/index.ts";
import type { Ui } from "../../ui/index.ts";
import { argument, defineCommand, flag, option } from "../command.ts";
import { depotWithToken } from "../depot-access.ts";
import { cliErrors } from "../errors.ts";
import { authOption } from "../secret-option.ts";
import { urlOption } from "../shared-options.ts";
import { existingDirectoryOrFile } from "../values.ts";
import { showPublishing } from "./publish-report.ts";
import { readUploadDirectory } from "./upload-directory.ts";

export const command = defineCommand({
  summary: "Upload all packages of a directory to the depot, with their keys",
  description:
    "Takes `artifacts/*.hart`, in the order of their names, and the public keys in `keys/*.pub`: a directory as `hab pkg " +
    "download` makes it. Origins the depot lacks are created after a question. The first failure ends it; run it again to " +
    "go on, as what the depot has is passed over.",
  examples: [
    { command: "hab pkg bulkupload ./bundle", explains: "asks before it creates origins" },
    { command: "hab pkg bulkupload --auto-create-origins -c stable ./bundle", explains: "for a script" },
  ],
  args: {
    directory: argument({
      value: "UPLOAD_DIRECTORY",
      help: "Directory with artifacts and keys",
      type: existingDirectoryOrFile,
    }),
  },
  options: {
    url: urlOption(),
    auth: authOption(),
    channel: option({ short: "c", long: "channel", help: "Channel to promote to besides unstable" }),
    force: flag({ long: "force", help: "Upload even if the depot has these releases" }),
    autoCreateOrigins: flag({
      long: "auto-create-origins",
      help: "Create origins the depot does not have without asking",
    }),
  },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, ui, json, printJson, signal } = context;
    const depot = await depotWithToken(context);
    const { harts, keysDirectory, origins } = readUploadDirectory(args.directory);
    ui.begin(`Uploading ${harts.length} packages of ${args.directory}`);
    const missing = await missingOrigins(depot, origins, ui, signal);
    if (missing.length > 0 && !options.autoCreateOrigins) {
      const question = `Create the missing origins (${missing.join(", ")}) on ${depot.url}?`;
      if ((await ui.confirm(question, "yes")) !== "yes") {
        if (json) printJson({ createdOrigins: [], packages: [] });
        return;
      }
    }
    const createdOrigins: string[] = [];
    const published = new Map<string, Published>();
    const done: string[] = [];
    let current = "";
    try {
      for (const origin of missing) {
        current = `the creation of the origin ${origin}`;
        ui.status("Creating", `origin ${origin}.`);
        if (await depot.createOrigin(origin, signal)) createdOrigins.push(origin);
        ui.status("Created", `origin ${origin}.`);
      }
      const keys = new KeyCache(keysDirectory);
      for (const hart of harts) {
        current = hart;
        const outcomes = await publishPackage(depot, hart, {
          keys,
          forced: options.force,
          channel: options.channel,
          report: (event) => showPublishing(ui, event),
          signal,
        });
        // What was uploaded as a dependency is met again in its turn; the first outcome is the one that tells.
        for (const outcome of outcomes)
          published.set(
            outcome.ident + outcome.target,
            published.get(outcome.ident + outcome.target) ?? outcome,
          );
        done.push(outcomes.at(-1)?.ident ?? hart);
      }
    } catch (error) {
      if (!(error instanceof HabError)) throw error;
      throw stopped(error, current, { createdOrigins, done, total: harts.length });
    }
    ui.end(`Upload of ${done.length} packages complete.`);
    if (json) printJson({ createdOrigins, packages: [...published.values()] });
  },
});

/** Which of the origins the depot does not have. */
async function missingOrigins(
  depot: DepotClient,
  origins: readonly string[],
  ui: Ui,
  signal: AbortSignal,
): Promise<string[]> {
  const missing: string[] = [];
  for (const origin of origins) {
    if ((await depot.origin(origin, signal)) !== undefined) continue;
    ui.status("Missing", `origin ${origin}.`);
    missing.push(origin);
  }
  return missing;
}

/** The failure of the whole: where it stopped, why, and what is done. */
function stopped(
  cause: HabError,
  where: string,
  so: {
    readonly createdOrigins: readonly string[];
    readonly done: readonly string[];
    readonly total: number;
  },
): HabError {
  const lines = [
    `The upload stopped at ${where}: ${cause.message} (${cause.code})`,
    `Done: ${so.done.length} of ${so.total} packages${so.done.length === 0 ? "" : `: ${so.done.join(", ")}`}`,
    ...(so.createdOrigins.length === 0 ? [] : [`Created origins: ${so.createdOrigins.join(", ")}`]),
  ];
  return new HabError(cliErrors.bulkUploadStopped, lines.join("\n"), {
    cause,
    next: `${cause.next.replace(/\.$/, "")}. ${cliErrors.bulkUploadStopped.remedy}`,
    exitCode: cause.exitCode,
  });
}
