// What keeps blobs and rows together. A blob is announced in the database before it is written, and the announcement
// ends in the transaction that writes its row; so a crash leaves either nothing or an announcement that says where to
// look. A blob is removed only inside a writing transaction, when nobody can be about to name it: whoever wants to keep
// the same bytes has announced it before he looked whether they are there.
import { HabError } from "../../error/index.ts";
import { depotErrors } from "../errors.ts";
import { type DepotDatabase, timestampOf, type Writing } from "../store/database.ts";
import { isBlobReferenced } from "../store/packages.ts";
import type { BlobDigest } from "./blob-store.ts";

/** Id of a row of `blob_intents`. */
export type BlobIntent = string;

/** Instead of a digest: no blob is removed while this is there (a backup reads them one after the other). */
const EVERY_BLOB = "*";

/** A hold older than this was left by a crash. */
const HOLD_LIFETIME_MS = 24 * 3600_000;

export interface BlobLedger {
  /** Says that this blob is about to be written. Durable when it resolves. */
  announce(digest: BlobDigest): Promise<BlobIntent>;
  /**
   * Ends an announcement in the transaction of `commit`. Throws HabError `uploadOvertaken` when a sweep has taken the
   * writer for dead; then nothing is committed.
   */
  settle<Result>(intent: BlobIntent, commit: (writing: Writing) => Promise<Result>): Promise<Result>;
  /** Runs `remove` unless the blob is named by a row, announced by another or held; ends `intent` with it. */
  removeUnreferenced(
    digest: BlobDigest,
    intent: BlobIntent | undefined,
    remove: () => Promise<void>,
  ): Promise<void>;
  /** Announcements made at least this long ago. */
  olderThan(
    milliseconds: number,
  ): Promise<readonly { readonly id: BlobIntent; readonly digest: BlobDigest }[]>;
  /** Keeps every blob until the returned function is called. */
  hold(): Promise<() => Promise<void>>;
}

export function blobLedger(database: DepotDatabase, now: () => number = Date.now): BlobLedger {
  return {
    announce: (digest) => database.write((writing) => announceBlob(writing, digest)),

    async settle(intent, commit) {
      return await database.write(async (writing) => {
        const { numDeletedRows } = await writing.db
          .deleteFrom("blob_intents")
          .where("id", "=", intent)
          .executeTakeFirst();
        if (numDeletedRows === 0n)
          throw new HabError(
            depotErrors.uploadOvertaken,
            "the upload took too long, and its bytes were taken for leftovers",
          );
        return await commit(writing);
      });
    },

    async removeUnreferenced(digest, intent, remove) {
      await database.write(async ({ db }) => {
        const others = await db
          .selectFrom("blob_intents")
          .select(["id", "digest"])
          .where("digest", "in", [digest, EVERY_BLOB])
          .execute();
        // While everything is held the announcement stays, so that a later sweep comes back to it.
        if (others.some((other) => other.digest === EVERY_BLOB)) return;
        if (intent !== undefined) await db.deleteFrom("blob_intents").where("id", "=", intent).execute();
        if (others.some((other) => other.id !== intent)) return;
        if (await isBlobReferenced(db, digest)) return;
        await remove();
      });
    },

    async olderThan(milliseconds) {
      const before = timestampOf(now() - milliseconds);
      return await database.db
        .selectFrom("blob_intents")
        .select(["id", "digest"])
        .where("digest", "!=", EVERY_BLOB)
        .where("created_at", "<=", before)
        .orderBy("id")
        .execute();
    },

    async hold() {
      const id = await database.write(async (writing) => {
        await writing.db
          .deleteFrom("blob_intents")
          .where("digest", "=", EVERY_BLOB)
          .where("created_at", "<=", timestampOf(now() - HOLD_LIFETIME_MS))
          .execute();
        return await announceBlob(writing, EVERY_BLOB);
      });
      return async () => {
        await database.write(async ({ db }) => {
          await db.deleteFrom("blob_intents").where("id", "=", id).execute();
        });
      };
    },
  };
}

/**
 * Announces a blob in a transaction of the caller: one that removes the row of a package, whose blob is to go when
 * that is committed.
 */
export async function announceBlob({ db, at, newId }: Writing, digest: BlobDigest): Promise<BlobIntent> {
  const id = newId();
  await db.insertInto("blob_intents").values({ id, digest, created_at: at }).execute();
  return id;
}
