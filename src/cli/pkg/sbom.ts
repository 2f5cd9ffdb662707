// `hab pkg sbom`: the bill of materials of a package (beyond Habitat; docs/reproducible-builds.md).
import { readBill } from "../../build/index.ts";
import { formatTable } from "../../ui/index.ts";
import { defineCommand } from "../command.ts";
import { objectsIn, recordedPackage, recordedPackageArgument, textIn } from "./recorded-package.ts";

/** What is shown of a package in the document, which is whatever its origin has signed. */
interface Shown {
  readonly SPDXID?: unknown;
  readonly name?: unknown;
  readonly versionInfo?: unknown;
  readonly packageFileName?: unknown;
  readonly downloadLocation?: unknown;
  readonly licenseDeclared?: unknown;
  readonly externalRefs?: unknown;
  readonly checksums?: unknown;
}

interface Relationship {
  readonly spdxElementId?: unknown;
  readonly relationshipType?: unknown;
  readonly relatedSpdxElement?: unknown;
}

export const command = defineCommand({
  summary: "Show what a package is made of",
  description:
    "Shows the bill of materials in the package: what it was made from, what it needs to run, what it was built with. " +
    "With --json it is printed as it is: an SPDX 2.3 document.",
  examples: [
    { command: "hab pkg sbom core/redis", explains: "of an installed package" },
    { command: "hab pkg sbom --json app.hart > app.spdx.json", explains: "of a hart, for other programs" },
  ],
  args: { source: recordedPackageArgument() },
  helpIfBare: true,
  json: true,
  async run({ args, stdout, json, printJson }) {
    const bill = await readBill(recordedPackage(args.source));
    if (json) {
      printJson(bill);
      return;
    }
    const packages = objectsIn<Shown>(bill["packages"]);
    const relationships = objectsIn<Relationship>(bill["relationships"]);
    const [own] = packages;
    const related = (type: string, mine: keyof Relationship, theirs: keyof Relationship) => {
      const ids = new Set(
        relationships
          .filter((each) => each.relationshipType === type && each[mine] === own?.SPDXID)
          .map((each) => each[theirs]),
      );
      return packages.filter(({ SPDXID }) => ids.has(SPDXID));
    };
    const madeFrom = related("GENERATED_FROM", "spdxElementId", "relatedSpdxElement");
    const needs = related("DEPENDS_ON", "spdxElementId", "relatedSpdxElement");
    const builtWith = related("BUILD_DEPENDENCY_OF", "relatedSpdxElement", "spdxElementId");
    const others = packages.filter((each) => ![own, ...madeFrom, ...needs, ...builtWith].includes(each));
    stdout.write(formatTable([[textIn(bill["name"]), textIn(own?.licenseDeclared)]]));
    for (const [title, list] of [
      ["Made from", madeFrom],
      ["Needs to run", needs],
      ["Built with", builtWith],
      ["And what these need", others],
    ] as const) {
      if (list.length > 0) stdout.write(`\n${title}:\n${formatTable(list.map(row))}`);
    }
  },
});

function row(each: Shown): string[] {
  const [checksum] = objectsIn<{ readonly checksumValue?: unknown }>(each.checksums);
  const detail =
    checksum === undefined ? textIn(each.licenseDeclared) : `sha256 ${textIn(checksum.checksumValue)}`;
  const place = textIn(each.downloadLocation);
  const [reference] = objectsIn<{ readonly referenceLocator?: unknown }>(each.externalRefs);
  const where = place === "NOASSERTION" ? textIn(reference?.referenceLocator) : place;
  return [`  ${textIn(each.name)}`, textIn(each.versionInfo), detail, where];
}
