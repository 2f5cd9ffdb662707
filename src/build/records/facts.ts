// What a build knows of itself, as plain values: what the bill of materials and the provenance are made of. The same plan,
// sources and dependencies give the same facts on every machine.
import type { FullIdent, Target } from "../../package/index.ts";
import type { DebianPackage } from "./debian-file.ts";

/** What an installed dependency says of itself. */
export interface DependencyFacts {
  readonly ident: FullIdent;
  /** Direct run-time dependencies. */
  readonly deps: readonly FullIdent[];
  readonly licenses: readonly string[];
  /** SHA-256 of its signed list of files; packages from before that list have none. */
  readonly filesSha256: string | undefined;
}

/** Something fetched for the build. */
export interface SourceFacts {
  /** Name of the file, without directories. */
  readonly file: string;
  readonly url: string | undefined;
  /** Hexadecimal; undefined when the file was not there any more to be read. */
  readonly sha256: string | undefined;
}

/** Direct and all (direct ones included) dependencies of one kind, in the package's own order. */
export interface DependencySet {
  readonly direct: readonly FullIdent[];
  readonly all: readonly FullIdent[];
}

export interface BuildFacts {
  readonly ident: FullIdent;
  readonly target: Target;
  readonly epochSeconds: number;
  /** Of hab. */
  readonly version: string;
  readonly description: string;
  readonly upstreamUrl: string;
  readonly licenses: readonly string[];
  /** SHA-256 of plan.sh. */
  readonly planSha256: string;
  readonly compressionLevel: number;
  readonly run: DependencySet;
  readonly build: DependencySet;
  /** Everything in `run` and `build`, by its ident. */
  readonly dependencies: ReadonlyMap<string, DependencyFacts>;
  readonly sources: readonly SourceFacts[];
  readonly debian: readonly DebianPackage[];
}
