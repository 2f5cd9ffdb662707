// Is everything still there, and as it was given? Every byte of every blob against its digest, every row against its
// blob, every blob against the rows, and what the database says of itself. Repairs only what loses nothing.
import { sql } from "kysely";
import type { OpenPlace } from "../place.ts";
import { wordsOf } from "../search-words.ts";
import { type DepotDatabase, timestampOf } from "../store/database.ts";
import { isBlobReferenced } from "../store/packages.ts";
import { indexPackageName } from "../store/search.ts";

export type ProblemKind =
  /** A row without its blob: upload the package again, or restore it. */
  | "missing-blob"
  /** A blob whose bytes are others; repaired by taking it away, so that the package can be uploaded again. */
  | "damaged-blob"
  /** A blob that no row names; repaired by removing it. */
  | "unnamed-blob"
  /** A package that search does not find; repaired by indexing it. */
  | "not-searchable"
  /** The database contradicts itself. */
  | "database";

export interface Problem {
  readonly kind: ProblemKind;
  /** An ident, a digest or a table. */
  readonly subject: string;
  readonly detail: string;
  readonly repaired: boolean;
}

export interface CheckResult {
  readonly packages: number;
  readonly blobs: number;
  /** Bytes read and hashed. */
  readonly bytes: number;
  readonly problems: readonly Problem[];
}

export interface CheckOptions {
  readonly repair: boolean;
  /** Looks at sizes only, without reading the bytes. */
  readonly quick: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** A blob this young may be one that an upload is about to name. */
const YOUNG_MS = 2 * 3600_000;

const ROWS_A_PAGE = 1000;

/** Checks everything. Throws only when the depot cannot be read at all. */
export async function checkDepot(open: OpenPlace, options: CheckOptions): Promise<CheckResult> {
  const problems: Problem[] = await databaseProblems(open.database);
  const named = await namedBlobs(open.database);
  const packages = [...named.values()].reduce((sum, { idents }) => sum + idents.length, 0);
  const total = [...named.values()].reduce((sum, { size }) => sum + size, 0);
  const found = new Set<string>();
  let bytes = 0;
  for await (const blob of open.blobs.list()) {
    options.signal.throwIfAborted();
    found.add(blob.digest);
    const rows = named.get(blob.digest);
    if (rows === undefined) {
      const isOld = blob.modifiedAt < Date.now() - YOUNG_MS;
      if (isOld && !(await isBlobReferenced(open.database.db, blob.digest)))
        problems.push(await unnamed(open, blob, options.repair));
      continue;
    }
    const detail =
      blob.size !== rows.size
        ? `${blob.size} bytes instead of ${rows.size}`
        : options.quick
          ? undefined
          : await byteProblem(open, blob.digest, options.signal);
    if (!options.quick) bytes += blob.size;
    options.onProgress?.(bytes, total);
    if (detail === undefined) continue;
    if (options.repair) await open.blobs.takeAway(blob.digest);
    problems.push({
      kind: "damaged-blob",
      subject: rows.idents.join(", "),
      detail: `${blob.digest}: ${detail}`,
      // Taken away it is missing, which is still a problem, but one that an upload mends.
      repaired: false,
    });
  }
  for (const [digest, { idents }] of named) {
    if (found.has(digest) || !(await isBlobReferenced(open.database.db, digest))) continue;
    problems.push({ kind: "missing-blob", subject: idents.join(", "), detail: digest, repaired: false });
  }
  problems.push(...(await searchProblems(open.database, options.repair)));
  return { packages, blobs: found.size, bytes, problems };
}

async function databaseProblems({ db, kind }: DepotDatabase): Promise<Problem[]> {
  if (kind === "postgres") return [];
  const problem = (subject: string, detail: string): Problem => ({
    kind: "database",
    subject,
    detail,
    repaired: false,
  });
  const integrity = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db);
  const references = await sql<{ table: string; parent: string }>`pragma foreign_key_check`.execute(db);
  return [
    ...integrity.rows
      .filter((row) => row.integrity_check !== "ok")
      .map((row) => problem("depot.sqlite", row.integrity_check)),
    ...references.rows.map((row) =>
      problem(row.table, `a row refers to one of ${row.parent} that is not there`),
    ),
  ];
}

interface NamedBlob {
  readonly size: number;
  readonly idents: string[];
}

async function namedBlobs({ db }: DepotDatabase): Promise<Map<string, NamedBlob>> {
  const named = new Map<string, NamedBlob>();
  for (let last = ""; ; ) {
    const rows = await db
      .selectFrom("packages")
      .select(["id", "ident", "target", "checksum", "size"])
      .where("id", ">", last)
      .orderBy("id")
      .limit(ROWS_A_PAGE)
      .execute();
    for (const { ident, target, checksum, size } of rows) {
      const known = named.get(checksum);
      if (known === undefined) named.set(checksum, { size: Number(size), idents: [`${ident} (${target})`] });
      else known.idents.push(`${ident} (${target})`);
    }
    const end = rows.at(-1);
    if (end === undefined) return named;
    last = end.id;
  }
}

async function unnamed(
  { blobs, database }: OpenPlace,
  blob: { readonly digest: string; readonly size: number },
  repair: boolean,
): Promise<Problem> {
  if (repair) {
    // Announcements from before are of uploads that have died: no upload takes that long.
    await database.write(async ({ db }) => {
      await db
        .deleteFrom("blob_intents")
        .where("digest", "=", blob.digest)
        .where("created_at", "<", timestampOf(Date.now() - YOUNG_MS))
        .execute();
    });
    await blobs.removeUnreferenced(blob.digest);
  }
  return { kind: "unnamed-blob", subject: blob.digest, detail: `${blob.size} bytes`, repaired: repair };
}

async function byteProblem(
  { blobs }: OpenPlace,
  digest: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const content = await blobs.read(digest);
  if (content === undefined) return undefined;
  const hash = new Bun.CryptoHasher("blake2b256");
  for await (const chunk of content) {
    signal.throwIfAborted();
    hash.update(chunk);
  }
  const actual = hash.digest("hex");
  return actual === digest ? undefined : `its bytes have the digest ${actual}`;
}

async function searchProblems(database: DepotDatabase, repair: boolean): Promise<Problem[]> {
  const { db } = database;
  const names = await db.selectFrom("packages").select(["origin", "name"]).distinct().execute();
  const words = new Set(
    (await db.selectFrom("search_words").select(["origin", "name", "word"]).execute()).map(
      ({ origin, name, word }) => `${origin}/${name} ${word}`,
    ),
  );
  const problems: Problem[] = [];
  for (const { origin, name } of names) {
    const wanted = [...wordsOf(origin), ...wordsOf(name)];
    const missing = wanted.filter((word) => !words.has(`${origin}/${name} ${word}`));
    if (missing.length === 0) continue;
    if (repair) await database.write((writing) => indexPackageName(writing, origin, name));
    problems.push({
      kind: "not-searchable",
      subject: `${origin}/${name}`,
      detail: `by ${missing.join(", ")}`,
      repaired: repair,
    });
  }
  return problems;
}
