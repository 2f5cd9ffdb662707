// Pieces of unfinished uploads. Each is a blob of its own, named by a row here as a package's is by its own row, so what
// keeps blobs and rows together (blobs/ledger.ts) keeps these together too.
import type { BlobDigest } from "../blobs/blob-store.ts";
import type { Queries, Writing } from "./database.ts";
import type { RowId, Timestamp } from "./schema.ts";

/** Which upload: one account's, of one hart. */
export interface UploadKey {
  readonly accountId: RowId;
  readonly ident: string;
  readonly target: string;
  /** BLAKE2b-256 of the whole hart. */
  readonly checksum: BlobDigest;
}

export interface UploadPiece {
  /** Of its first byte in the hart. */
  readonly position: number;
  /** In bytes. */
  readonly size: number;
  readonly digest: BlobDigest;
}

/** The pieces that are here, in their order. */
export async function piecesOf(db: Queries, key: UploadKey): Promise<UploadPiece[]> {
  const rows = await db
    .selectFrom("upload_pieces")
    .select(["position", "size", "digest"])
    .where("account_id", "=", key.accountId)
    .where("ident", "=", key.ident)
    .where("target", "=", key.target)
    .where("checksum", "=", key.checksum)
    .orderBy("position")
    .execute();
  return rows.map((row) => ({ ...row, position: Number(row.position), size: Number(row.size) }));
}

export async function insertPiece({ db, at }: Writing, key: UploadKey, piece: UploadPiece): Promise<void> {
  const { accountId: account_id, ...rest } = key;
  await db
    .insertInto("upload_pieces")
    .values({ account_id, ...rest, ...piece, created_at: at })
    .execute();
}

export async function deletePieces({ db }: Writing, key: UploadKey): Promise<void> {
  await db
    .deleteFrom("upload_pieces")
    .where("account_id", "=", key.accountId)
    .where("ident", "=", key.ident)
    .where("target", "=", key.target)
    .where("checksum", "=", key.checksum)
    .execute();
}

/** How many uploads an account has begun and not finished. */
export async function unfinishedUploads(db: Queries, accountId: RowId): Promise<number> {
  const { count } = await db
    .selectFrom("upload_pieces")
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .where("account_id", "=", accountId)
    .where("position", "=", 0)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Uploads whose last piece came before `before`. */
export async function abandonedUploads(db: Queries, before: Timestamp): Promise<UploadKey[]> {
  const rows = await db
    .selectFrom("upload_pieces")
    .select(["account_id", "ident", "target", "checksum"])
    .groupBy(["account_id", "ident", "target", "checksum"])
    .having(({ fn }) => fn.max("created_at"), "<", before)
    .execute();
  return rows.map(({ account_id, ...rest }) => ({ accountId: account_id, ...rest }));
}
