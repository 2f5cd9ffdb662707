// Uploads of harts. Large ones go in pieces where the depot takes them so (an addition to the original's API), and go on
// where they broke off, also in a later run: the depot knows an upload by its checksum. Others go at once, as ever.
import { formatIdent } from "../package/index.ts";
import type { DepotConnection, DepotRequest } from "./connection.ts";
import { clientErrors } from "./errors.ts";
import { DepotFailure } from "./failure.ts";
import { type Answer, readAnswer } from "./responses.ts";
import { type RetryPolicies, withRetries } from "./retry.ts";
import type { UploadOptions } from "./types.ts";

/** What is smaller than this is sent again as quickly as it is asked for. In bytes. */
const SMALLEST_IN_PIECES = 32 * 1024 * 1024;

type Progress = Answer<"uploadProgress">;

/** Uploads; false when the depot has the release already. Throws DepotFailure. */
export async function uploadFile(
  connection: DepotConnection,
  path: string,
  options: UploadOptions,
  retries: RetryPolicies,
): Promise<boolean> {
  const { ident, target, checksum, forced, signal } = options;
  const { origin, name, version, release } = ident;
  const file = Bun.file(path);
  const upload: Upload = {
    size: file.size,
    slice: (from, to) => file.slice(from, to),
    request: {
      what: `cannot upload ${formatIdent(ident)} for ${target}`,
      path: ["depot", "pkgs", origin, name, version, release],
      query: { checksum, target, forced: String(forced) },
      signal,
    },
  };
  try {
    if (upload.size >= SMALLEST_IN_PIECES) {
      const begun = await withRetries(retries.uploads, () => progressOf(connection, upload), { signal });
      if (begun === "known") return false;
      if (begun !== "not offered") return await uploadInPieces(connection, upload, begun, retries);
    }
    // The original tries again whatever the answer was; what the depot refuses once it refuses again.
    return await withRetries(retries.uploads, () => sendWhole(connection, upload), { signal });
  } catch (error) {
    if (error instanceof DepotFailure && error.status === 422)
      throw new DepotFailure(clientErrors.malformedPackage, error.message, { cause: error, status: 422 });
    throw error;
  }
}

interface Upload {
  /** In bytes. */
  readonly size: number;
  slice(from: number, to: number): Blob;
  readonly request: Pick<DepotRequest, "what" | "path" | "signal"> & {
    readonly query: Readonly<Record<string, string>>;
  };
}

/** For a depot that takes no pieces. */
async function sendWhole(connection: DepotConnection, { request, slice, size }: Upload): Promise<boolean> {
  const response = await connection.send({
    ...request,
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: slice(0, size),
    accept: [200, 201, 409],
  });
  await response.body?.cancel();
  return response.status !== 409;
}

/** How much is there. Compat: the original, and every older depot, has no such path. */
async function progressOf(
  connection: DepotConnection,
  upload: Upload,
): Promise<Progress | "known" | "not offered"> {
  const { request } = upload;
  const response = await connection.send({
    ...request,
    path: [...request.path, "upload"],
    accept: [200, 404, 405, 409],
  });
  if (response.status === 200) return await readProgress(upload, response);
  await response.body?.cancel();
  return response.status === 409 ? "known" : "not offered";
}

async function readProgress({ request, size }: Upload, response: Response): Promise<Progress> {
  const progress = await readAnswer(request.what, response, "uploadProgress");
  const isSane = Number.isSafeInteger(progress.offset) && progress.offset >= 0 && progress.offset <= size;
  if (isSane && Number.isSafeInteger(progress.piece_bytes) && progress.piece_bytes > 0) return progress;
  throw new DepotFailure(clientErrors.badAnswer, `${request.what}: unexpected answer: no such piece`, {
    status: response.status,
  });
}

/** How often a depot that forgets pieces is given them again. */
const MAX_BEGINNINGS = 3;

async function uploadInPieces(
  connection: DepotConnection,
  upload: Upload,
  begun: Progress,
  retries: RetryPolicies,
): Promise<boolean> {
  const { signal } = upload.request;
  let { offset } = begun;
  for (let beginnings = 0; ; ) {
    while (offset < upload.size) {
      const next = await withRetries(
        retries.uploads,
        () => sendPiece(connection, upload, { ...begun, offset }),
        { signal },
      );
      if (next === "known") return false;
      // A depot that does not go forward would keep us here for ever.
      if (next <= offset && ++beginnings > MAX_BEGINNINGS) throw stuck(upload);
      offset = next;
    }
    const response = await withRetries(
      retries.uploads,
      () =>
        connection.send({
          ...upload.request,
          method: "POST",
          path: [...upload.request.path, "upload"],
          accept: [201, 404, 409],
        }),
      { signal },
    );
    await response.body?.cancel();
    if (response.status === 201) return true;
    // Either an earlier try was heard although its answer was lost, or pieces are gone.
    const now = await withRetries(retries.uploads, () => progressOf(connection, upload), { signal });
    if (now === "known") return false;
    if (now === "not offered" || ++beginnings > MAX_BEGINNINGS) throw stuck(upload);
    offset = now.offset;
  }
}

/** Sends the piece at an offset; gives the bytes that are there then. */
async function sendPiece(
  connection: DepotConnection,
  upload: Upload,
  { offset, piece_bytes }: Progress,
): Promise<number | "known"> {
  const { request, slice, size } = upload;
  const { forced: _, ...query } = request.query;
  const response = await connection.send({
    ...request,
    method: "PUT",
    path: [...request.path, "upload"],
    query: { ...query, offset: String(offset) },
    headers: { "Content-Type": "application/octet-stream" },
    body: slice(offset, Math.min(offset + piece_bytes, size)),
    accept: [200, 409],
  });
  if (response.status === 200) return (await readProgress(upload, response)).offset;
  await response.body?.cancel();
  const now = await progressOf(connection, upload);
  if (now === "known") return now;
  if (now === "not offered") throw stuck(upload);
  return now.offset;
}

function stuck({ request }: Upload): DepotFailure {
  return new DepotFailure(clientErrors.badAnswer, `${request.what}: the depot does not keep its pieces`);
}
