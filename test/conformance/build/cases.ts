// The build vectors: plans, how each is run, and what the original did (test/conformance/build/vectors/README.md).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const VECTORS = join(import.meta.dir, "vectors");

/** One preparation of a run: exactly one of `write`, `mkdir`, `symlink`, `copy`, `path` is given. */
export interface SetupStep {
  readonly write?: string;
  readonly text?: string;
  readonly mkdir?: string;
  readonly symlink?: string;
  readonly copy?: string;
  readonly to?: string;
  readonly path?: string;
  readonly chmod?: string;
}

export interface CaseRun {
  readonly name: string;
  readonly env?: Readonly<Record<string, string | null>>;
  readonly setup?: readonly SetupStep[];
  readonly args?: readonly string[];
  readonly keep?: boolean;
  readonly cwd?: string;
  readonly stdin?: string;
  readonly results?: string;
}

export interface Case {
  readonly name: string;
  readonly title: string;
  readonly caller_umask?: string;
  readonly runs: readonly CaseRun[];
}

/** What the original did in one run; a field that is absent was not recorded. */
export interface Expectation {
  readonly name: string;
  readonly exit: number;
  readonly as_first?: readonly string[];
  readonly metadata_as_first?: readonly string[];
  readonly messages?: readonly string[];
  readonly warnings?: readonly string[];
  readonly trace?: readonly string[];
  readonly requests?: readonly string[];
  readonly prefix?: readonly string[];
  readonly tree?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly files?: { readonly header: readonly string[]; readonly body: readonly string[] };
  readonly files_raw?: string;
  readonly release?: string;
  readonly hart?: Readonly<Record<string, unknown>>;
  readonly results?: readonly string[];
  readonly "last_build.env"?: string;
  readonly "pre_build.env"?: string;
  readonly cache_src?: readonly string[];
  readonly cache_artifacts?: readonly string[];
}

export function caseNames(): string[] {
  return readdirSync(join(VECTORS, "cases")).sort();
}

export function readCase(name: string): Case {
  return JSON.parse(readFileSync(join(VECTORS, "cases", name, "case.json"), "utf8")) as Case;
}

/** Expectations of a case, with what equals the first run filled in. */
export function readExpectations(name: string): Expectation[] {
  const { runs } = JSON.parse(readFileSync(join(VECTORS, "cases", name, "expect.json"), "utf8")) as {
    runs: Expectation[];
  };
  const [first] = runs;
  return runs.map((run) => {
    const filled: Record<string, unknown> = { ...run };
    for (const field of run.as_first ?? []) filled[field] = first?.[field as keyof Expectation];
    const metadata: Record<string, string> = { ...run.metadata };
    for (const file of run.metadata_as_first ?? []) metadata[file] = first?.metadata?.[file] ?? "";
    if (run.metadata !== undefined || run.metadata_as_first !== undefined) filled["metadata"] = metadata;
    return filled as unknown as Expectation;
  });
}
