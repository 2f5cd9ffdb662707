// Uploads in pieces, which go on where they broke off: an addition to the original's API (docs/decisions/0038). The
// client names a hart by its checksum, asks how much of it is here, sends the next pieces, and has them put together, which
// is then an upload like any other. Pieces are blobs, so any process on the same database and store goes on with them.
import { type FullIdent, formatIdent } from "../package/index.ts";
import { Refusal } from "./answers.ts";
import type { BlobStore } from "./blobs/blob-store.ts";
import { announceBlob, type BlobIntent } from "./blobs/ledger.ts";
import { MAX_UNFINISHED_UPLOADS, MAX_UPLOAD_BYTES, PIECE_BYTES, UNFINISHED_UPLOAD_MS } from "./limits.ts";
import type { Call, Depot } from "./route.ts";
import { timestampOf, type Writing } from "./store/database.ts";
import { packageOf } from "./store/packages.ts";
import {
  abandonedUploads,
  deletePieces,
  insertPiece,
  piecesOf,
  type UploadKey,
  type UploadPiece,
  unfinishedUploads,
} from "./store/upload-pieces.ts";
import { inUploadPlace, receiveBody, receiveBytes, takePackage } from "./upload.ts";

type UploadCall = Call<FullIdent, unknown>;

/** Bytes of the hart that are here. Refuses with 409 when the package is here already, and is not to be replaced. */
export async function uploadOffset(call: UploadCall, key: UploadKey, forced: boolean): Promise<number> {
  const { db } = call.depot.database;
  if (!forced && (await packageOf(db, key.ident, key.target)) !== undefined) throw new Refusal(409);
  return endOf(await piecesOf(db, key));
}

/**
 * Takes the next piece in; gives the bytes that are here then. Refuses with 409 when it is not the next one, 413 when it or
 * the whole is too large, 422 when it begins where none can, or too many uploads are unfinished.
 */
export async function receivePiece(call: UploadCall, key: UploadKey, position: number): Promise<number> {
  // So only the last piece can be a small one, and their number has a bound.
  if (position % PIECE_BYTES !== 0)
    throw new Refusal(422, `A piece begins at a multiple of ${PIECE_BYTES} bytes`);
  if (position + PIECE_BYTES > MAX_UPLOAD_BYTES) throw new Refusal(413);
  const { depot } = call;
  const before = endOf(await piecesOf(depot.database.db, key));
  if (before !== position) throw notTheNext(before);
  return await inUploadPlace(async () => {
    const incoming = await receiveBody(call, PIECE_BYTES);
    try {
      if (incoming.size === 0) throw new Refusal(422, "A piece has at least one byte");
      return await incoming.keep(async (writing) => {
        const now = endOf(await piecesOf(writing.db, key));
        if (now !== position) throw notTheNext(now);
        if (position === 0 && (await unfinishedUploads(writing.db, key.accountId)) >= MAX_UNFINISHED_UPLOADS)
          throw new Refusal(422, `This account has ${MAX_UNFINISHED_UPLOADS} unfinished uploads`);
        await insertPiece(writing, key, { position, size: incoming.size, digest: incoming.digest });
        return position + incoming.size;
      });
    } finally {
      await incoming.discard();
    }
  });
}

/** Makes the pieces the hart and takes it in. Refuses as an upload does; with 404 when there are none. */
export async function assembleUpload(call: UploadCall, key: UploadKey, forced: boolean): Promise<void> {
  const { depot } = call;
  const pieces = await piecesOf(depot.database.db, key);
  if (pieces.length === 0) throw new Refusal(404, "No piece of this upload is here");
  await inUploadPlace(async () => {
    try {
      const incoming = await receiveBytes(call, () => bytesOf(depot.blobs, pieces), MAX_UPLOAD_BYTES);
      let removed: Removed = [];
      await takePackage(call, incoming, { ...key, forced }, async (writing) => {
        removed = await removeRows(writing, key);
      });
      await removeBlobs(depot, removed);
    } catch (error) {
      // What cannot become a package will not become one by going on.
      if (error instanceof Refusal && [422, 424].includes(error.status)) await dropUpload(depot, key);
      throw error;
    }
  });
}

/** Forgets an upload. */
export async function dropUpload(depot: Depot, key: UploadKey): Promise<void> {
  await removeBlobs(depot, await depot.database.write((writing) => removeRows(writing, key)));
}

/** Forgets uploads that nobody goes on with. */
export async function dropAbandonedUploads(depot: Depot): Promise<void> {
  const before = timestampOf(depot.now() - UNFINISHED_UPLOAD_MS);
  for (const key of await abandonedUploads(depot.database.db, before)) await dropUpload(depot, key);
}

function endOf(pieces: readonly UploadPiece[]): number {
  const last = pieces.at(-1);
  return last === undefined ? 0 : last.position + last.size;
}

function notTheNext(end: number): Refusal {
  return new Refusal(409, `The next piece begins at ${end}`);
}

async function* bytesOf(blobs: BlobStore, pieces: readonly UploadPiece[]): AsyncGenerator<Uint8Array> {
  for (const { digest } of pieces) {
    const bytes = await blobs.read(digest);
    // Another request has finished or dropped the upload meanwhile.
    if (bytes === undefined) throw new Refusal(409, "A piece of this upload is gone");
    yield* bytes;
  }
}

type Removed = readonly { readonly digest: string; readonly intent: BlobIntent }[];

async function removeRows(writing: Writing, key: UploadKey): Promise<Removed> {
  const digests = new Set((await piecesOf(writing.db, key)).map(({ digest }) => digest));
  await deletePieces(writing, key);
  const removed = [];
  for (const digest of digests) removed.push({ digest, intent: await announceBlob(writing, digest) });
  return removed;
}

async function removeBlobs({ blobs }: Depot, removed: Removed): Promise<void> {
  for (const { digest, intent } of removed) await blobs.removeUnreferenced(digest, intent);
}

export function uploadKey(call: UploadCall, upload: { checksum: string; target: string }): UploadKey {
  if (!/^[0-9a-f]{64}$/.test(upload.checksum)) throw new Refusal(422, "ds:up:3");
  return { accountId: call.actor().accountId, ident: formatIdent(call.params), ...upload };
}
