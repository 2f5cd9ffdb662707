// `hab pkg export tar` (reference/plan-build.md §17.1).
import { resolve } from "node:path";
import { exportTar } from "../../../export/index.ts";
import { argument, defineCommand, flag, option } from "../../command.ts";
import { exportOptions, habPackages, rootOptions } from "../export-options.ts";

export const command = defineCommand({
  summary: "Turn a package and all it needs into a tar archive",
  description:
    "Writes ORIGIN-NAME-VERSION-RELEASE.tar.gz to the current directory: the packages below hab/pkgs and this program as " +
    "hab/bin/hab, which runs on the C library in there. Unpacked at / of a machine with nothing but a kernel, " +
    "`/hab/bin/hab sup run ORIGIN/NAME` starts the service. The same packages make the same archive, byte for byte.",
  examples: [
    {
      command: "hab pkg export tar acme/app",
      explains: "acme-app-….tar.gz in this directory, with hab and the Supervisor",
    },
    {
      command: "hab pkg export tar ./results/acme-app-1.0.0-20260101000000-x86_64-linux.hart --no-hab-bin",
      explains: "only packages, of a file",
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
    noHabBin: flag({ long: "no-hab-bin", help: "Leave hab/bin out: packages only" }),
    noHabSup: flag({
      long: "no-hab-sup",
      help: "Leave the packages of Supervisor and launcher out (this program needs none)",
    }),
    output: option({
      long: "output",
      value: "FILE",
      completes: "file",
      help: "Where the archive goes (default: ORIGIN-NAME-VERSION-RELEASE.tar.gz here)",
    }),
    ...exportOptions(),
  },
  helpIfBare: true,
  json: true,
  async run(context) {
    const { args, options, ui, json, printJson } = context;
    const packages = options.noHabSup
      ? habPackages({ ...options, supPkg: undefined, launcherPkg: undefined })
      : habPackages(options);
    ui.begin(`Exporting ${args.source}`);
    const exported = await exportTar({
      ...(await rootOptions(options, context)),
      source: args.source,
      habPackages: packages,
      withHab: !options.noHabBin,
      destination: ({ ident: { origin, name, version, release } }) =>
        resolve(options.output ?? `${origin}-${name}-${version}-${release}.tar.gz`),
      onStep: (path) => ui.status("Creating", path),
    });
    ui.end(`${exported.ident} and all it needs (${exported.packages} packages) are in ${exported.path}`);
    if (json) printJson(exported);
  },
});
