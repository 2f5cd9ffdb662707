// How a package came to be: an in-toto Statement v1 with a SLSA Provenance v1 predicate (slsa.dev/provenance/v1). Inside the
// hart it holds only what is the same in every build of the same release.
import { formatIdent } from "../../package/index.ts";
import { debianPackageUrl, packageUrl, publicAddress } from "./address.ts";
import type { BuildFacts } from "./facts.ts";
import { PROVENANCE_FILE } from "./record-files.ts";

/** What the parameters below mean: docs/reproducible-builds.md. */
const BUILD_TYPE = "urn:x-hab:plan-build:v1";
/** Whoever ran hab: that it was somebody to be trusted, only the signature says. */
export const UNNAMED_BUILDER = "urn:x-hab:builder:unnamed";

export interface ResourceDescriptor {
  readonly name?: string;
  readonly uri?: string;
  readonly digest?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string | readonly string[]>>;
}

export interface Provenance {
  readonly _type: "https://in-toto.io/Statement/v1";
  readonly subject: readonly ResourceDescriptor[];
  readonly predicateType: "https://slsa.dev/provenance/v1";
  readonly predicate: {
    readonly buildDefinition: {
      readonly buildType: string;
      readonly externalParameters: Readonly<Record<string, string>>;
      readonly internalParameters: Readonly<Record<string, string | number>>;
      readonly resolvedDependencies: readonly ResourceDescriptor[];
    };
    readonly runDetails: {
      readonly builder: { readonly id: string; readonly version: Readonly<Record<string, string>> };
      readonly metadata?: { readonly startedOn: string; readonly finishedOn: string };
    };
  };
}

/**
 * The statement for inside the package. A hart cannot hold its own digest, so the subject is the list of its files: the
 * lines of FILES after its header, without the one of the statement itself.
 */
export function provenanceOf(facts: BuildFacts, fileListSha256: string): Provenance {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [
      {
        name: formatIdent(facts.ident),
        digest: { sha256: fileListSha256 },
        annotations: { digestOf: `FILES without its header and without ${PROVENANCE_FILE}` },
      },
    ],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: { plan: "plan.sh", ident: formatIdent(facts.ident), target: facts.target },
        internalParameters: {
          compressionLevel: facts.compressionLevel,
          sourceDateEpoch: facts.epochSeconds,
        },
        resolvedDependencies: [
          { name: "plan.sh", digest: { sha256: facts.planSha256 } },
          ...sources(facts),
          ...dependencies(facts),
          ...facts.debian.map((each) => ({
            name: each.name,
            uri: debianPackageUrl(each),
            digest: { sha256: each.sha256 },
          })),
        ],
      },
      runDetails: { builder: { id: UNNAMED_BUILDER, version: { hab: facts.version } } },
    },
  };
}

/** The same about a finished hart, with when it was made and, where that has a name, by whom. */
export function provenanceOfHart(
  inside: Provenance,
  hart: { readonly file: string; readonly sha256: string },
  run: { readonly builder: string | undefined; readonly startedMs: number; readonly finishedMs: number },
): Provenance {
  const time = (milliseconds: number) => new Date(milliseconds).toISOString();
  const { buildDefinition, runDetails } = inside.predicate;
  return {
    ...inside,
    subject: [{ name: hart.file, digest: { sha256: hart.sha256 } }],
    predicate: {
      buildDefinition,
      runDetails: {
        builder: { ...runDetails.builder, id: run.builder ?? runDetails.builder.id },
        metadata: { startedOn: time(run.startedMs), finishedOn: time(run.finishedMs) },
      },
    },
  };
}

function sources({ sources }: BuildFacts): ResourceDescriptor[] {
  return sources.map(({ file, url, sha256 }) => {
    const address = url === undefined ? undefined : publicAddress(url);
    return {
      name: file,
      ...(address !== undefined && { uri: address }),
      ...(sha256 !== undefined && { digest: { sha256 } }),
    };
  });
}

function dependencies({ run, build, dependencies, target }: BuildFacts): ResourceDescriptor[] {
  const forRun = new Set(run.all.map(formatIdent));
  const forBuild = new Set(build.all.map(formatIdent));
  return [...dependencies].map(([name, { ident, filesSha256 }]) => ({
    name,
    uri: packageUrl(ident, target),
    ...(filesSha256 !== undefined && { digest: { sha256: filesSha256 } }),
    annotations: {
      ...(filesSha256 !== undefined && { digestOf: "FILES" }),
      for: [...(forRun.has(name) ? ["run"] : []), ...(forBuild.has(name) ? ["build"] : [])],
    },
  }));
}
