// `hab pkg provenance`: how a package came to be (beyond Habitat; docs/reproducible-builds.md).
import { readProvenance, readSignedProvenance } from "../../build/index.ts";
import { formatNamedRevision, KeyCache } from "../../crypto/index.ts";
import { formatTable } from "../../ui/index.ts";
import { defineCommand, option, usageProblem } from "../command.ts";
import { cacheKeyPathOption } from "../shared-options.ts";
import { existingFile } from "../values.ts";
import { fieldsOf, objectsIn, recordedPackage, recordedPackageArgument, textIn } from "./recorded-package.ts";

interface Resource {
  readonly name?: unknown;
  readonly uri?: unknown;
  readonly digest?: unknown;
}

export const command = defineCommand({
  summary: "Show how a package was made",
  description:
    "Shows the provenance in the package and checks that it is about the files that the package's signed FILES lists. " +
    "--signed takes the provenance that hab pkg build writes beside a hart, checks its signature and that it is about " +
    "this hart, and shows that instead. With --json the in-toto statement is printed as it is.",
  examples: [
    { command: "hab pkg provenance core/redis", explains: "of an installed package" },
    {
      command: "hab pkg provenance app.hart --signed app.hart.intoto.jsonl",
      explains: "what was signed about this very hart",
    },
  ],
  args: { source: recordedPackageArgument() },
  options: {
    cacheKeyPath: cacheKeyPathOption(),
    signed: option({
      long: "signed",
      value: "FILE",
      help: "Signed provenance of the hart, as it was written beside it",
      type: existingFile,
    }),
  },
  helpIfBare: true,
  json: true,
  async run({ args, options, ui, stdout, json, printJson }) {
    const of = recordedPackage(args.source);
    let statement: Readonly<Record<string, unknown>>;
    if (options.signed === undefined) statement = await readProvenance(of);
    else {
      if (typeof of !== "string")
        throw usageProblem("--signed goes with a hart, not with an installed package");
      const keys = new KeyCache(options.cacheKeyPath);
      const opened = await readSignedProvenance(of, options.signed, (name) =>
        keys.get("origin-public", name),
      );
      statement = opened.statement;
      ui.status("Verified", `signed with ${formatNamedRevision(opened.signer)}`);
    }
    if (json) {
      printJson(statement);
      return;
    }
    stdout.write(shown(statement));
  },
});

function shown(statement: Readonly<Record<string, unknown>>): string {
  const { buildDefinition, runDetails } = fieldsOf(statement["predicate"]);
  const { externalParameters, resolvedDependencies } = fieldsOf(buildDefinition);
  const { ident, target } = fieldsOf(externalParameters);
  const { builder, metadata } = fieldsOf(runDetails);
  const { id, version } = fieldsOf(builder);
  const rows: [string, string][] = [
    ["Package:", textIn(ident)],
    ["Target:", textIn(target)],
    ["Builder:", textIn(id)],
    ["Version of hab:", textIn(fieldsOf(version)["hab"])],
    ["Started:", textIn(fieldsOf(metadata)["startedOn"])],
  ];
  const made = objectsIn<Resource>(resolvedDependencies).map(({ name, uri, digest }) => {
    const sha256 = textIn(fieldsOf(digest)["sha256"]);
    return [`  ${textIn(name)}`, sha256 === "" ? "" : `sha256 ${sha256}`, textIn(uri)];
  });
  return `${formatTable(rows.filter(([, text]) => text !== ""))}\nMade with:\n${formatTable(made)}`;
}
