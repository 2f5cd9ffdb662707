// The rules of SPDX 2.3 for what our documents use, from its text (clauses 6 to 11): a JSON Schema that allows nothing else,
// and what no schema can say.
import Ajv from "ajv";
import isExpression from "spdx-expression-parse";
import type { BillOfMaterials } from "../bill.ts";

const ID = { type: "string", pattern: "^SPDXRef-[A-Za-z0-9.-]+$" };
const LINE = { type: "string", pattern: "^[^\\n]+$" };
const LOCATION = { type: "string", pattern: "^(NOASSERTION|NONE|(https?|ftps?|git|ssh|git\\+\\w+)://\\S+)$" };

const strict = (properties: Readonly<Record<string, object>>, required: readonly string[]) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const list = (items: object) => ({ type: "array", items });

const PACKAGE = strict(
  {
    SPDXID: ID,
    name: LINE,
    versionInfo: LINE,
    packageFileName: LINE,
    supplier: { type: "string", pattern: "^(NOASSERTION|(Person|Organization): .+)$" },
    downloadLocation: LOCATION,
    filesAnalyzed: { const: false },
    checksums: list(
      strict(
        { algorithm: { enum: ["SHA256"] }, checksumValue: { type: "string", pattern: "^[0-9a-f]{64}$" } },
        ["algorithm", "checksumValue"],
      ),
    ),
    homepage: LOCATION,
    licenseConcluded: { const: "NOASSERTION" },
    licenseDeclared: LINE,
    copyrightText: { type: "string" },
    description: { type: "string" },
    comment: { type: "string" },
    externalRefs: list(
      strict(
        {
          referenceCategory: { enum: ["SECURITY", "PACKAGE-MANAGER", "PERSISTENT-ID", "OTHER"] },
          referenceType: { type: "string", pattern: "^[A-Za-z0-9.-]+$" },
          referenceLocator: { type: "string", pattern: "^\\S+$" },
        },
        ["referenceCategory", "referenceType", "referenceLocator"],
      ),
    ),
    primaryPackagePurpose: {
      enum: ["APPLICATION", "FRAMEWORK", "LIBRARY", "CONTAINER", "OPERATING-SYSTEM", "DEVICE"].concat([
        "FIRMWARE",
        "SOURCE",
        "ARCHIVE",
        "FILE",
        "INSTALL",
        "OTHER",
      ]),
    },
  },
  ["SPDXID", "name", "downloadLocation"],
);

const DOCUMENT = strict(
  {
    spdxVersion: { const: "SPDX-2.3" },
    dataLicense: { const: "CC0-1.0" },
    SPDXID: { const: "SPDXRef-DOCUMENT" },
    name: LINE,
    documentNamespace: { type: "string", pattern: "^https://[^\\s#]+$" },
    creationInfo: strict(
      {
        created: { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$" },
        creators: {
          ...list({ type: "string", pattern: "^(Person|Organization|Tool): .+$" }),
          minItems: 1,
        },
      },
      ["created", "creators"],
    ),
    packages: { ...list(PACKAGE), minItems: 1 },
    relationships: list(
      strict(
        {
          spdxElementId: ID,
          relationshipType: { enum: ["DESCRIBES", "DEPENDS_ON", "BUILD_DEPENDENCY_OF", "GENERATED_FROM"] },
          relatedSpdxElement: ID,
        },
        ["spdxElementId", "relationshipType", "relatedSpdxElement"],
      ),
    ),
    hasExtractedLicensingInfos: list(
      strict(
        {
          licenseId: { type: "string", pattern: "^LicenseRef-[A-Za-z0-9.-]+$" },
          name: LINE,
          extractedText: { type: "string" },
        },
        ["licenseId", "extractedText"],
      ),
    ),
  },
  [
    "spdxVersion",
    "dataLicense",
    "SPDXID",
    "name",
    "documentNamespace",
    "creationInfo",
    "packages",
    "relationships",
  ],
);

const validate = new Ajv({ allErrors: true }).compile(DOCUMENT);

/** What is wrong with the document; nothing when it is as SPDX 2.3 has it. */
export function spdxProblems(document: unknown): string[] {
  if (!validate(document))
    return (validate.errors ?? []).map((each) => `${each.instancePath} ${each.message}`);
  const { packages, relationships, hasExtractedLicensingInfos = [] } = document as unknown as BillOfMaterials;
  const problems: string[] = [];
  const ids = ["SPDXRef-DOCUMENT", ...packages.map(({ SPDXID }) => SPDXID)];
  if (new Set(ids).size !== ids.length) problems.push("an SPDXID stands twice");
  for (const { spdxElementId, relatedSpdxElement } of relationships)
    for (const id of [spdxElementId, relatedSpdxElement])
      if (!ids.includes(id)) problems.push(`there is no ${id}`);
  const lines = relationships.map((each) => JSON.stringify(each));
  if (new Set(lines).size !== lines.length) problems.push("a relationship stands twice");
  const own = new Set(hasExtractedLicensingInfos.map(({ licenseId }) => licenseId));
  for (const { licenseDeclared } of packages) {
    for (const [ref] of licenseDeclared.matchAll(/LicenseRef-[A-Za-z0-9.-]+/g))
      if (!own.delete(ref) && !hasExtractedLicensingInfos.some(({ licenseId }) => licenseId === ref))
        problems.push(`${ref} is not explained`);
    if (licenseDeclared !== "NOASSERTION") isExpression(licenseDeclared);
  }
  return [...problems, ...[...own].map((ref) => `${ref} is explained and not used`)];
}
