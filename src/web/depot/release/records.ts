// Reads what is worth showing out of SPDX and in-toto documents, whatever they hold.

/** Rows beyond this are only counted. */
const MAX_ROWS = 500;
const MAX_TEXT_LENGTH = 300;

export interface BillRow {
  readonly key: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** The packages that an SPDX 2.3 document lists. */
export function billRows(document: unknown): { rows: BillRow[]; leftOut: number } {
  const packages = at(document, "packages");
  const list = Array.isArray(packages) ? packages : [];
  const rows = list.slice(0, MAX_ROWS).map((each, index) => ({
    key: String(index),
    name: textAt(each, "name"),
    version: textAt(each, "versionInfo"),
    license: asserted(textAt(each, "licenseDeclared")),
  }));
  return { rows, leftOut: list.length - rows.length };
}

function asserted(license: string): string {
  return license === "NOASSERTION" ? "not stated" : license;
}

/** What SLSA provenance 1.0 says of how a package came to be, in order; what it does not say is left out. */
export function provenanceFacts(document: unknown): (readonly [string, string])[] {
  const predicate = at(document, "predicate");
  const definition = at(predicate, "buildDefinition");
  const run = at(predicate, "runDetails");
  const dependencies = at(definition, "resolvedDependencies");
  const entries: readonly (readonly [string, string])[] = [
    ["Builder", textAt(at(run, "builder"), "id")],
    ["Kind of build", textAt(definition, "buildType")],
    ["Invocation", textAt(at(run, "metadata"), "invocationId")],
    ["Began", textAt(at(run, "metadata"), "startedOn")],
    ["Ended", textAt(at(run, "metadata"), "finishedOn")],
    ["Materials", Array.isArray(dependencies) ? String(dependencies.length) : ""],
  ];
  return entries.filter(([, value]) => value !== "");
}

function at(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textAt(value: unknown, name: string): string {
  const found = at(value, name);
  return typeof found === "string" ? found.slice(0, MAX_TEXT_LENGTH) : "";
}
