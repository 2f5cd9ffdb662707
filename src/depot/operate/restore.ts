// A backup back into a depot that is empty. Blobs first, each against its digest; then all rows in one transaction: a
// restore that was broken off has changed nothing that counts, and is simply run again.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { HabError } from "../../error/index.ts";
import { isPresent, writeFileWhole } from "../../host/index.ts";
import { lockDataDirectory } from "../data-directory.ts";
import { depotErrors } from "../errors.ts";
import { MAX_UPLOAD_BYTES } from "../limits.ts";
import { type DepotPlace, dataDirectoryOf, openDatabaseOf, openPlace } from "../place.ts";
import type { DepotDatabase } from "../store/database.ts";
import { depotMigrations } from "../store/migrations.ts";
import { type AnyRow, insertRows } from "../store/whole-tables.ts";
import { BACKUP_FORMAT, type BackupEnd, type BackupHead } from "./backup.ts";
import { type ArchiveMember, tarFileMembers, unreadable } from "./tar-file.ts";

/** Head, end and key files are small; a page of rows is not large. */
const MAX_DOCUMENT_BYTES = 1024 * 1024;
const MAX_PAGE_BYTES = 512 * 1024 * 1024;

export interface RestoreResult {
  readonly file: string;
  readonly createdAt: string;
  readonly packages: number;
  readonly blobs: number;
  readonly bytes: number;
}

export interface RestoreOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** Restores the backup at `path`. Throws HabError `depotNotEmpty`, `archiveUnreadable`, `databaseTooNew`, … */
export async function restore(
  place: DepotPlace,
  path: string,
  options: RestoreOptions,
): Promise<RestoreResult> {
  const survey = await surveyBackup(path);
  const { head, end } = survey;
  const unknown = head.migrations.filter((name) => depotMigrations[name] === undefined);
  if (unknown.length > 0)
    throw new HabError(depotErrors.databaseTooNew, `${path} was written by a newer version of hab`);
  const lock = lockDataDirectory(dataDirectoryOf(place));
  try {
    const until = head.migrations.at(-1);
    const open = await openPlace(place, until === undefined ? {} : { migrateUntil: until });
    try {
      await refuseUnlessEmpty(open.database);
      const bytes = await restoreBlobs(path, open.blobs, survey.blobBytes, options);
      await restoreKeys(path, open.keys.directory);
      await open.database.write(async ({ db }) => {
        for await (const { table, rows } of pagesOf(path)) {
          options.signal.throwIfAborted();
          await insertRows(db, table, rows);
        }
      });
      // Brought to our own shape now, so that what is wrong is found now.
      await open.database.close();
      await (await openDatabaseOf(place)).close();
      return {
        file: path,
        createdAt: head.createdAt,
        packages: end.rows["packages"] ?? 0,
        blobs: end.blobs,
        bytes,
      };
    } catch (error) {
      await open.database.close().catch(() => undefined);
      throw error;
    }
  } finally {
    lock.release();
  }
}

async function refuseUnlessEmpty({ db }: DepotDatabase): Promise<void> {
  for (const table of ["accounts", "origins", "packages"] as const) {
    const row = await db
      .selectFrom(table)
      .select(({ lit }) => lit(1).as("one"))
      .limit(1)
      .executeTakeFirst();
    if (row !== undefined)
      throw new HabError(depotErrors.depotNotEmpty, `there is a depot already: it has ${table}`);
  }
}

interface Survey {
  readonly head: BackupHead;
  readonly end: BackupEnd;
  readonly blobBytes: number;
}

/** Reads the file once without its blobs: whole, ours, and as it was written. */
async function surveyBackup(path: string): Promise<Survey> {
  let head: BackupHead | undefined;
  let end: BackupEnd | undefined;
  let blobBytes = 0;
  const hash = new Bun.CryptoHasher("blake2b256");
  for await (const member of tarFileMembers(path)) {
    if (member.name.startsWith("blobs/")) {
      blobBytes += member.size;
      continue;
    }
    const bytes = await member.bytes(MAX_PAGE_BYTES);
    if (member.name === "end.json") end = jsonOf(path, member, bytes) as BackupEnd;
    else hash.update(bytes);
    if (member.name === "backup.json") head = jsonOf(path, member, bytes) as BackupHead;
    if (head?.format !== BACKUP_FORMAT) throw unreadable(path, "it is no backup of a depot");
    if (head.version !== 1) throw unreadable(path, `its format ${head.version} is newer than this hab`);
  }
  if (head === undefined || end === undefined) throw unreadable(path, "it ends in the middle");
  if (hash.digest("hex") !== end.digest) throw unreadable(path, "its rows are not as they were written");
  return { head, end, blobBytes };
}

function jsonOf(path: string, member: ArchiveMember, bytes: Uint8Array): unknown {
  if (bytes.length > MAX_DOCUMENT_BYTES) throw unreadable(path, `${member.name} is too large`);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw unreadable(path, `${member.name} is no JSON`);
  }
}

async function restoreBlobs(
  path: string,
  store: Awaited<ReturnType<typeof openPlace>>["blobs"],
  total: number,
  { signal, onProgress }: RestoreOptions,
): Promise<number> {
  let done = 0;
  for await (const member of tarFileMembers(path)) {
    if (!member.name.startsWith("blobs/")) continue;
    signal.throwIfAborted();
    const incoming = await store.receive(member.stream(), { maxBytes: MAX_UPLOAD_BYTES, signal });
    try {
      if (`blobs/${incoming.digest}` !== member.name) throw unreadable(path, `${member.name} is damaged`);
      await incoming.keep(async () => undefined);
    } finally {
      await incoming.discard();
    }
    done += member.size;
    onProgress?.(done, total);
  }
  return done;
}

async function restoreKeys(path: string, directory: string): Promise<void> {
  for await (const member of tarFileMembers(path)) {
    const name = /^keys\/([A-Za-z0-9._-]+)$/.exec(member.name)?.[1];
    if (name === undefined) continue;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const target = join(directory, name);
    if (!isPresent(target)) writeFileWhole(target, await member.bytes(MAX_DOCUMENT_BYTES), { mode: 0o400 });
  }
}

async function* pagesOf(path: string): AsyncGenerator<{ table: string; rows: AnyRow[] }> {
  for await (const member of tarFileMembers(path)) {
    const table = /^tables\/([a-z_]+)\//.exec(member.name)?.[1];
    if (table === undefined) continue;
    const text = new TextDecoder().decode(Bun.zstdDecompressSync(await member.bytes(MAX_PAGE_BYTES)));
    yield {
      table,
      rows: text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as AnyRow),
    };
  }
}
