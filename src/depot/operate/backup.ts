// Everything a depot keeps in one file, written while it runs: the rows as they were at one moment, the blobs they name,
// and the key that seals its secrets. The file does not depend on the kind of database or blob store, so what was one
// machine's can be restored into PostgreSQL and S3, and the other way round.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { HabError } from "../../error/index.ts";
import { depotErrors } from "../errors.ts";
import type { OpenPlace } from "../place.ts";
import type { Queries } from "../store/database.ts";
import { executedMigrations } from "../store/migrate.ts";
import { type AnyRow, tablePages, tablesInOrder } from "../store/whole-tables.ts";
import { type AddMember, writeTarFile } from "./tar-file.ts";

export const BACKUP_FORMAT = "hab-depot-backup";

/** First member of the file. */
export interface BackupHead {
  readonly format: typeof BACKUP_FORMAT;
  readonly version: 1;
  readonly createdAt: string;
  /** Steps of the database's shape that these rows have. */
  readonly migrations: readonly string[];
  /** Each after those it refers to. */
  readonly tables: readonly string[];
}

/** Last member of the file: without it the file was cut off. */
export interface BackupEnd {
  readonly rows: Readonly<Record<string, number>>;
  readonly blobs: number;
  /** BLAKE2b-256 over all members but the blobs (whose names are their digests) and this one. */
  readonly digest: string;
}

export interface BackupResult {
  readonly file: string;
  readonly packages: number;
  readonly blobs: number;
  /** Of all blobs. */
  readonly bytes: number;
}

export interface BackupOptions {
  /** False leaves the sealing key out: secrets in the backup are then of use only with the original's key files. */
  readonly withKeys: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** Writes a backup to `path`. Throws HabError; then there is no new file. */
export async function backUp(open: OpenPlace, path: string, options: BackupOptions): Promise<BackupResult> {
  // No blob goes while we read them, though packages may be deleted meanwhile.
  const release = await open.ledger.hold();
  try {
    let result: BackupResult | undefined;
    await writeTarFile(path, async (add) => {
      const hash = new Bun.CryptoHasher("blake2b256");
      const addHashed: AddMember = async (name, size, content) => {
        if (content instanceof Uint8Array) hash.update(content);
        await add(name, size, content);
      };
      const { rows, blobs } = await open.database.snapshot((db) => addRows(open, db, addHashed));
      if (options.withKeys) await addKeys(open.keys.directory, addHashed);
      const bytes = await addBlobs(open, blobs, add, options);
      const end: BackupEnd = { rows, blobs: blobs.size, digest: hash.digest("hex") };
      await addJson(add, "end.json", end);
      result = { file: path, packages: rows["packages"] ?? 0, blobs: blobs.size, bytes };
    });
    return result as BackupResult;
  } finally {
    await release();
  }
}

async function addJson(add: AddMember, name: string, value: unknown): Promise<void> {
  const bytes = new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  await add(name, bytes.length, bytes);
}

/** Adds head and tables. Gives the number of rows of each, and the blobs that are named, with their sizes. */
async function addRows(
  { database }: OpenPlace,
  db: Queries,
  add: AddMember,
): Promise<{ rows: Record<string, number>; blobs: Map<string, number> }> {
  const head: BackupHead = {
    format: BACKUP_FORMAT,
    version: 1,
    createdAt: new Date().toISOString(),
    migrations: await executedMigrations(db as never),
    tables: await tablesInOrder(db, database.kind),
  };
  await addJson(add, "backup.json", head);
  const rows: Record<string, number> = {};
  const blobs = new Map<string, number>();
  for (const table of head.tables) {
    rows[table] = 0;
    let part = 0;
    for await (const page of tablePages(db, database.kind, table)) {
      rows[table] += page.length;
      if (table === "packages")
        for (const row of page) blobs.set(String(row["checksum"]), Number(row["size"]));
      part++;
      const packed = Bun.zstdCompressSync(linesOf(page));
      await add(`tables/${table}/${String(part).padStart(8, "0")}.jsonl.zst`, packed.length, packed);
    }
  }
  return { rows, blobs };
}

function linesOf(rows: readonly AnyRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

async function addKeys(directory: string, add: AddMember): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.sort()) {
    const bytes = new Uint8Array(await readFile(join(directory, name)));
    await add(`keys/${name}`, bytes.length, bytes);
  }
}

async function addBlobs(
  { blobs: store }: OpenPlace,
  blobs: ReadonlyMap<string, number>,
  add: AddMember,
  { signal, onProgress }: BackupOptions,
): Promise<number> {
  const total = [...blobs.values()].reduce((sum, size) => sum + size, 0);
  let done = 0;
  for (const [digest, size] of blobs) {
    signal.throwIfAborted();
    const content = await store.read(digest);
    if (content === undefined) throw damaged(digest, "is missing");
    const hash = new Bun.CryptoHasher("blake2b256");
    await add(`blobs/${digest}`, size, hashed(content, hash, signal));
    if (hash.digest("hex") !== digest) throw damaged(digest, "has other bytes than it should");
    done += size;
    onProgress?.(done, total);
  }
  return total;
}

async function* hashed(
  content: AsyncIterable<Uint8Array>,
  hash: Bun.CryptoHasher,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    signal.throwIfAborted();
    hash.update(chunk);
    yield chunk;
  }
}

function damaged(digest: string, what: string): HabError {
  return new HabError(depotErrors.depotDamaged, `the blob ${digest} ${what}`);
}
