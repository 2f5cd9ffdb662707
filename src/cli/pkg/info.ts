// `hab pkg info` (reference/packages.md §5.7, §8).
import { formatNamedRevision } from "../../crypto/index.ts";
import { formatIdent, readArchive } from "../../package/index.ts";
import { argument, defineCommand } from "../command.ts";
import { existingFile } from "../values.ts";

export const command = defineCommand({
  summary: "Show what a hart says about itself",
  examples: [
    { command: "hab pkg info app.hart", explains: "its identifier" },
    { command: "hab pkg info --json app.hart", explains: "everything in its header and metadata" },
  ],
  args: { source: argument({ value: "SOURCE", help: "A hart", type: existingFile }) },
  json: { short: "j" },
  helpIfBare: true,
  async run({ args, ui, stdout, json, printJson }) {
    if (!json) {
      ui.begin(`Reading PackageIdent from ${args.source}`);
      ui.br();
    }
    const archive = await readArchive(args.source);
    const { header, ident } = archive;
    if (!json) {
      stdout.write(
        `Package Path   : ${args.source}\nOrigin         : ${ident.origin}\nName           : ${ident.name}\n`,
      );
      stdout.write(`Version        : ${ident.version}\nRelease        : ${ident.release}\n`);
      return;
    }
    printJson({
      format_version: header.formatVersion,
      key_name: formatNamedRevision(header.signer),
      hash_type: header.hashType,
      signature_raw: header.rawSignature,
      ident: formatIdent(ident),
      origin: ident.origin,
      name: ident.name,
      version: ident.version,
      release: ident.release,
      checksum: archive.checksum,
      target: archive.target,
      is_a_service: archive.isService,
      deps: archive.deps.map(formatIdent),
      tdeps: archive.tdeps.map(formatIdent),
      build_deps: archive.buildDeps.map(formatIdent),
      build_tdeps: archive.buildTdeps.map(formatIdent),
      exposes: archive.exposes,
      manifest: archive.manifest,
      config: archive.config ?? null,
      svc_user: archive.svcUser ?? null,
      svc_group: archive.svcGroup ?? null,
      ld_run_path: archive.ldRunPath ?? null,
      ldflags: archive.ldflags ?? null,
      cflags: archive.cflags ?? null,
    });
  },
});
