// The bill of materials of a package: an SPDX 2.3 document as JSON (spdx.github.io/spdx-spec/v2.3). Nothing in it depends
// on the machine or the hour. Files are not listed: FILES has all of them, signed (docs/decisions/0029-build-records.md).
import { artifactFileName, type FullIdent, formatIdent } from "../../package/index.ts";
import { debianPackageUrl, packageUrl, publicAddress } from "./address.ts";
import type { DebianPackage } from "./debian-file.ts";
import type { BuildFacts, DependencyFacts, SourceFacts } from "./facts.ts";
import { declaredLicense, type NamedLicense } from "./license.ts";
import { neededRelations } from "./needed-relations.ts";

const NO_ASSERTION = "NOASSERTION";
const DOCUMENT_ID = "SPDXRef-DOCUMENT";

/** A package in an SPDX document: what these documents use of it. */
export interface SpdxPackage {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo?: string;
  readonly packageFileName?: string;
  readonly supplier?: string;
  readonly downloadLocation: string;
  readonly filesAnalyzed: false;
  readonly checksums?: readonly { readonly algorithm: "SHA256"; readonly checksumValue: string }[];
  readonly homepage?: string;
  readonly licenseConcluded: string;
  readonly licenseDeclared: string;
  readonly copyrightText: string;
  readonly description?: string;
  readonly comment?: string;
  readonly externalRefs?: readonly {
    readonly referenceCategory: "PACKAGE-MANAGER" | "OTHER";
    readonly referenceType: string;
    readonly referenceLocator: string;
  }[];
  readonly primaryPackagePurpose?: "SOURCE" | "ARCHIVE";
}

export interface SpdxRelationship {
  readonly spdxElementId: string;
  readonly relationshipType: "DESCRIBES" | "DEPENDS_ON" | "BUILD_DEPENDENCY_OF" | "GENERATED_FROM";
  readonly relatedSpdxElement: string;
}

export interface BillOfMaterials {
  readonly spdxVersion: "SPDX-2.3";
  readonly dataLicense: "CC0-1.0";
  readonly SPDXID: typeof DOCUMENT_ID;
  readonly name: string;
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] };
  readonly packages: readonly SpdxPackage[];
  readonly relationships: readonly SpdxRelationship[];
  readonly hasExtractedLicensingInfos?: readonly {
    readonly licenseId: string;
    readonly name: string;
    readonly extractedText: string;
  }[];
}

/** The bill of a build. */
export function billOfMaterials(facts: BuildFacts): BillOfMaterials {
  const unlisted = new Map<string, NamedLicense>();
  const licenses = (names: readonly string[]): string => {
    const declared = declaredLicense(names);
    for (const each of declared.unlisted) unlisted.set(each.id, each);
    return declared.expression;
  };
  const ids = new ElementIds();
  const own = ownPackage(facts, ids.of("Package", formatIdent(facts.ident)), licenses(facts.licenses));
  const dependencies = [...facts.dependencies.values()].map((each) =>
    dependencyPackage(
      each,
      ids.of("Package", formatIdent(each.ident)),
      licenses(each.licenses),
      facts.target,
    ),
  );
  const sources = facts.sources.map((each) => sourcePackage(each, ids.of("Source", each.file)));
  const debian = facts.debian.map((each) =>
    debianPackage(each, ids.of("Debian", `${each.name} ${each.version} ${each.architecture}`)),
  );
  const described = {
    name: `${formatIdent(facts.ident)} for ${facts.target}`,
    creationInfo: {
      created: new Date(facts.epochSeconds * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
      creators: [`Tool: hab-${facts.version}`, `Organization: ${facts.ident.origin}`],
    },
    packages: [own, ...dependencies, ...sources, ...debian],
    relationships: relationships(facts, own.SPDXID, ids, [...sources, ...debian]),
    ...(unlisted.size > 0 && {
      hasExtractedLicensingInfos: [...unlisted.values()].map(({ id, name }) => ({
        licenseId: id,
        name,
        extractedText: `The plan names the licence only as "${name}".`,
      })),
    }),
  };
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: DOCUMENT_ID,
    documentNamespace: documentNamespace(facts, JSON.stringify(described)),
    ...described,
  };
}

/**
 * Has to be an address that no other document has. It goes by the content, so that the same document has the same one and
 * two of one name do not; spdx.org/spdxdocs is what the specification suggests to who has no address of his own.
 */
function documentNamespace({ ident, target }: BuildFacts, content: string): string {
  const digest = new Bun.CryptoHasher("sha256").update(content).digest("hex");
  const name = `${ident.origin}-${ident.name}-${ident.version}-${ident.release}-${target}`;
  const uuid = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  return `https://spdx.org/spdxdocs/${encodeURIComponent(name)}-${uuid}`;
}

function ownPackage(facts: BuildFacts, id: string, license: string): SpdxPackage {
  const homepage = publicAddress(facts.upstreamUrl);
  return {
    ...releaseOf(facts.ident, id, facts),
    ...(homepage !== undefined && { homepage }),
    licenseConcluded: NO_ASSERTION,
    licenseDeclared: license,
    copyrightText: NO_ASSERTION,
    ...(facts.description !== "" && { description: facts.description }),
    comment: "The signed metadata file FILES of the package lists its files with their BLAKE2b-256 digests.",
    externalRefs: [purlOf(facts.ident, facts)],
  };
}

function dependencyPackage(
  { ident, filesSha256 }: DependencyFacts,
  id: string,
  license: string,
  target: BuildFacts["target"],
): SpdxPackage {
  return {
    ...releaseOf(ident, id, { target }),
    licenseConcluded: NO_ASSERTION,
    licenseDeclared: license,
    copyrightText: NO_ASSERTION,
    externalRefs: [
      purlOf(ident, { target }),
      ...(filesSha256 === undefined
        ? []
        : [
            {
              referenceCategory: "OTHER" as const,
              referenceType: "sha256-of-FILES",
              referenceLocator: filesSha256,
            },
          ]),
    ],
  };
}

/** What all releases have in common. Where they come from is for who looks to decide: any depot may have them. */
function releaseOf(ident: FullIdent, id: string, { target }: Pick<BuildFacts, "target">) {
  return {
    SPDXID: id,
    name: `${ident.origin}/${ident.name}`,
    versionInfo: ident.version,
    packageFileName: artifactFileName(ident, target),
    supplier: `Organization: ${ident.origin}`,
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: false as const,
  };
}

function purlOf(ident: FullIdent, { target }: Pick<BuildFacts, "target">) {
  return {
    referenceCategory: "PACKAGE-MANAGER" as const,
    referenceType: "purl",
    referenceLocator: packageUrl(ident, target),
  };
}

function sourcePackage({ file, url, sha256 }: SourceFacts, id: string): SpdxPackage {
  return {
    SPDXID: id,
    name: file,
    packageFileName: file,
    downloadLocation: (url === undefined ? undefined : publicAddress(url)) ?? NO_ASSERTION,
    filesAnalyzed: false,
    ...(sha256 !== undefined && { checksums: [{ algorithm: "SHA256" as const, checksumValue: sha256 }] }),
    licenseConcluded: NO_ASSERTION,
    licenseDeclared: NO_ASSERTION,
    copyrightText: NO_ASSERTION,
    primaryPackagePurpose: "SOURCE",
  };
}

function debianPackage(deb: DebianPackage, id: string): SpdxPackage {
  return {
    SPDXID: id,
    name: deb.name,
    versionInfo: deb.version,
    supplier: "Organization: Debian",
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: false,
    checksums: [{ algorithm: "SHA256", checksumValue: deb.sha256 }],
    licenseConcluded: NO_ASSERTION,
    licenseDeclared: NO_ASSERTION,
    copyrightText: NO_ASSERTION,
    externalRefs: [
      {
        referenceCategory: "PACKAGE-MANAGER",
        referenceType: "purl",
        referenceLocator: debianPackageUrl(deb),
      },
    ],
    primaryPackagePurpose: "ARCHIVE",
  };
}

function relationships(
  facts: BuildFacts,
  own: string,
  ids: ElementIds,
  madeFrom: readonly SpdxPackage[],
): SpdxRelationship[] {
  const idOf = (ident: FullIdent) => ids.of("Package", formatIdent(ident));
  const found: SpdxRelationship[] = [
    { spdxElementId: DOCUMENT_ID, relationshipType: "DESCRIBES", relatedSpdxElement: own },
  ];
  for (const each of facts.run.direct)
    found.push({ spdxElementId: own, relationshipType: "DEPENDS_ON", relatedSpdxElement: idOf(each) });
  for (const each of unique(facts.build.direct))
    found.push({
      spdxElementId: idOf(each),
      relationshipType: "BUILD_DEPENDENCY_OF",
      relatedSpdxElement: own,
    });
  const known = (name: string) => facts.dependencies.has(name);
  const needs = new Map(
    [...facts.dependencies].map(([name, { deps }]) => [name, deps.map(formatIdent).filter(known)]),
  );
  const needed = neededRelations(needs);
  for (const name of facts.dependencies.keys())
    for (const each of needed.get(name) ?? [])
      found.push({
        spdxElementId: ids.of("Package", name),
        relationshipType: "DEPENDS_ON",
        relatedSpdxElement: ids.of("Package", each),
      });
  for (const { SPDXID } of madeFrom)
    found.push({ spdxElementId: own, relationshipType: "GENERATED_FROM", relatedSpdxElement: SPDXID });
  return found;
}

function unique(idents: readonly FullIdent[]): FullIdent[] {
  return [...new Map(idents.map((each) => [formatIdent(each), each])).values()];
}

/** Identifiers of elements: letters, digits, `.` and `-` only, and one for each thing. */
class ElementIds {
  readonly #given = new Map<string, string>();
  readonly #taken = new Set<string>();

  of(kind: string, name: string): string {
    const key = `${kind} ${name}`;
    const known = this.#given.get(key);
    if (known !== undefined) return known;
    const plain = `SPDXRef-${kind}-${name.replace(/[^A-Za-z0-9.-]+/g, "-")}`;
    let id = plain;
    for (let next = 2; this.#taken.has(id); next++) id = `${plain}.${next}`;
    this.#given.set(key, id);
    this.#taken.add(id);
    return id;
  }
}
