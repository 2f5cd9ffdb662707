// Reads the records of a package, from its directory or from a hart that is not unpacked, and checks them against its files.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NamedRevision, PublicKey } from "../../crypto/index.ts";
import { HabError, systemErrorCode } from "../../error/index.ts";
import {
  decodeMetafile,
  type InstalledPackage,
  type MetafileName,
  readHartFileBytes,
} from "../../package/index.ts";
import { buildErrors } from "../errors.ts";
import { sha256OfFile } from "../sha256.ts";
import { openStatement } from "./envelope.ts";
import { BILL_FILE, PROVENANCE_FILE } from "./record-files.ts";

/** The path of a hart, or an installed package. */
export type RecordedPackage = string | InstalledPackage;

type JsonObject = Readonly<Record<string, unknown>>;

/** The SPDX document of a package. Throws HAB-BLD-049 without one, HAB-BLD-050 when it is none. */
export async function readBill(of: RecordedPackage): Promise<JsonObject> {
  const document = recordIn(await filesOf(of, [BILL_FILE]), BILL_FILE, of);
  if (document["spdxVersion"] === "SPDX-2.3") return document;
  throw new HabError(buildErrors.badRecord, `${BILL_FILE} of ${nameOf(of)} is not an SPDX 2.3 document`);
}

/**
 * The provenance statement of a package, which is about its list of files. Throws HAB-BLD-049 without one, HAB-BLD-050 when
 * it is about other files than FILES lists.
 */
export async function readProvenance(of: RecordedPackage): Promise<JsonObject> {
  const files = await filesOf(of, ["FILES", PROVENANCE_FILE]);
  const statement = recordIn(files, PROVENANCE_FILE, of);
  const list = listWithoutProvenance(files.get("FILES") ?? new Uint8Array());
  const found = new Bun.CryptoHasher("sha256").update(list).digest("hex");
  if (subjectSha256(statement) === found) return statement;
  throw new HabError(
    buildErrors.badRecord,
    `${PROVENANCE_FILE} of ${nameOf(of)} is about other files than its FILES lists`,
  );
}

/**
 * The signed provenance in `file`, which is about the hart at `path`, and who signed it. Throws HAB-BLD-042 and -050,
 * HAB-KEY-009, what `keyOf` throws, and system errors.
 */
export async function readSignedProvenance(
  path: string,
  file: string,
  keyOf: (signer: NamedRevision) => PublicKey<"origin-public">,
): Promise<{ readonly signer: NamedRevision; readonly statement: JsonObject }> {
  const { signer, statement } = await openStatement(readFileSync(file, "utf8"), keyOf);
  if (subjectSha256(statement) !== (await sha256OfFile(path)))
    throw new HabError(buildErrors.badRecord, `${file} is not about ${path}`);
  return { signer, statement: statement as JsonObject };
}

/** What a statement says it is about; undefined when it is no statement of ours. */
function subjectSha256(statement: unknown): unknown {
  const { subject } = (statement ?? {}) as { readonly subject?: unknown };
  const [first] = Array.isArray(subject) ? (subject as readonly unknown[]) : [];
  return ((first ?? {}) as { readonly digest?: { readonly sha256?: unknown } | null }).digest?.sha256;
}

/** What the statement's subject is the digest of: the lines of FILES after its header, but for the statement's own. */
function listWithoutProvenance(files: Uint8Array): Buffer {
  // A character a byte: not every name in it is UTF-8.
  const lines = Buffer.from(files).toString("latin1").replace(/\n$/, "").split("\n").slice(5);
  // The one at the top: others of the name are deeper.
  const [own] = lines
    .filter((line) => line.endsWith(`/${PROVENANCE_FILE}`))
    .sort((a, b) => a.split("/").length - b.split("/").length);
  const others = lines.filter((line) => line !== own).map((line) => `${line}\n`);
  return Buffer.from(others.join(""), "latin1");
}

async function filesOf(
  of: RecordedPackage,
  names: readonly MetafileName[],
): Promise<ReadonlyMap<MetafileName, Uint8Array>> {
  if (typeof of === "string") return readHartFileBytes(of, names);
  const files = new Map<MetafileName, Uint8Array>();
  for (const name of names)
    try {
      files.set(name, readFileSync(join(of.path, name)));
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT") throw error;
    }
  return files;
}

function recordIn(
  files: ReadonlyMap<MetafileName, Uint8Array>,
  name: MetafileName,
  of: RecordedPackage,
): JsonObject {
  const bytes = files.get(name);
  if (bytes === undefined) throw new HabError(buildErrors.noRecord, `${nameOf(of)} has no ${name}`);
  try {
    const value: unknown = JSON.parse(decodeMetafile(bytes, name));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Said below.
  }
  throw new HabError(buildErrors.badRecord, `${name} of ${nameOf(of)} is not a JSON object`);
}

function nameOf(of: RecordedPackage): string {
  return of.toString();
}
