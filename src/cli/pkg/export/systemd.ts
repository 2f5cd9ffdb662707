// `hab pkg export systemd`: beyond Habitat 2.1.78.
import { resolve } from "node:path";
import { exportPortable } from "../../../export/index.ts";
import { argument, defineCommand, option } from "../../command.ts";
import { choice } from "../../values.ts";
import { exportOptions, habPackages, rootOptions } from "../export-options.ts";

export const command = defineCommand({
  summary: "Turn a service and all it needs into a portable service of systemd",
  description:
    "Writes a directory that systemd runs as a portable service: the packages, this program, and a unit that starts the " +
    "service under a Supervisor. It uses nothing of the host but systemd and the kernel; what it writes is below " +
    "/var/lib/hab-NAME of the host.",
  examples: [
    {
      command: "hab pkg export systemd acme/app",
      explains: "the directory results/app_1.0.0-20260101000000",
    },
    {
      command: "portablectl attach ./results/app_1.0.0-20260101000000 --now",
      explains: "runs it, on the machine where that is",
    },
  ],
  args: {
    source: argument({
      value: "PKG_IDENT_OR_ARTIFACT",
      completes: ["installed-package", "file"],
      help: "A package (acme/app) or the path of a hart",
    }),
  },
  options: {
    format: option({
      long: "format",
      value: "FORMAT",
      help: "A directory to attach, or one archive of it",
      default: "directory",
      type: choice("directory", "tar"),
    }),
    output: option({
      long: "output",
      value: "PATH",
      completes: "file",
      help: "Where it goes (default: results/NAME_VERSION-RELEASE, with .tar.gz for an archive)",
    }),
    ...exportOptions(),
  },
  helpIfBare: true,
  json: true,
  async run(context) {
    const { args, options, ui, json, printJson } = context;
    const isArchive = options.format === "tar";
    ui.begin(`Exporting ${args.source}`);
    const exported = await exportPortable({
      ...(await rootOptions(options, context)),
      source: args.source,
      habPackages: habPackages(options),
      form: isArchive ? "archive" : "directory",
      destination: ({ ident: { name, version, release } }) =>
        resolve(options.output ?? `results/${name}_${version}-${release}${isArchive ? ".tar.gz" : ""}`),
      onStep: (path) => ui.status("Creating", path),
      onMissing: (what, why) => ui.warn(`without ${what}: ${why}`),
    });
    ui.end(`${exported.ident} is in ${exported.path}, with ${exported.unit}`);
    if (json) printJson(exported);
  },
});
