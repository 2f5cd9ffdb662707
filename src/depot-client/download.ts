// Downloads to a file: streamed to a temporary name beside the destination, taken up again where they broke off,
// by this process or the one that died, synced, and renamed only when complete (reference/depot-api.md §8, packages.md §13.4).
import { join } from "node:path";
import { systemErrorCode } from "../error/index.ts";
import type { DownloadCheck, OnProgress } from "../package/index.ts";
import type { DepotConnection, DepotRequest } from "./connection.ts";
import { clientErrors } from "./errors.ts";
import { connectionFailure, DepotFailure } from "./failure.ts";
import { PartialFile } from "./partial-file.ts";
import { isWorthRetrying, type RetryPolicy, withRetries } from "./retry.ts";

export interface DownloadOptions {
  readonly destinationDirectory: string;
  /** Name of the file there. What the depot calls it (x-filename) is not trusted to be a name. */
  readonly fileName: string;
  /** Permission bits of the file, whatever the umask. */
  readonly mode: number;
  readonly retries: RetryPolicy;
  readonly onProgress?: OnProgress | undefined;
  readonly check?: DownloadCheck | undefined;
}

/**
 * Downloads and gives the path. Throws DepotFailure, or what the check throws; then the destination is as it was. What was
 * received until the depot could not be reached, or somebody stopped it, is where the next download goes on.
 */
export async function downloadFile(
  connection: DepotConnection,
  request: Omit<DepotRequest, "accept" | "method">,
  options: DownloadOptions,
): Promise<string> {
  const path = join(options.destinationDirectory, options.fileName);
  const partial = await storing(request.what, () => PartialFile.open(path, options.check));
  const receive = (): Promise<void> =>
    withRetries(options.retries, () => continueDownload(connection, request, partial, options.onProgress), {
      signal: request.signal,
      retryable: isWorthRetrying,
    });
  try {
    await receive();
    try {
      await options.check?.finish();
    } catch (error) {
      // Pieces that do not fit together may each be good: once more, in one piece.
      if (!partial.pieced) throw error;
      await storing(request.what, () => partial.restart());
      await receive();
      await options.check?.finish();
    }
    await storing(request.what, () => partial.finish(options.mode));
  } catch (error) {
    await partial.giveUp({ keep: request.signal?.aborted === true || isWorthRetrying(error) });
    throw error;
  }
  return path;
}

async function continueDownload(
  connection: DepotConnection,
  request: Omit<DepotRequest, "accept" | "method">,
  partial: PartialFile,
  onProgress: OnProgress | undefined,
): Promise<void> {
  // Only a named version of the content can be continued: without a tag the rest could be of another one.
  const resume = partial.received > 0 && partial.etag !== undefined;
  const response = await connection.send({
    ...request,
    headers: {
      ...request.headers,
      ...(resume && { Range: `bytes=${partial.received}-`, "If-Range": partial.etag }),
    },
    accept: resume ? [200, 206, 416] : [200],
  });
  const etag = response.headers.get("etag") ?? undefined;
  const continues = response.status === 206 && etag === partial.etag && startsAt(response, partial.received);
  if (response.status === 416 || (response.status === 206 && !continues)) {
    await response.body?.cancel();
    await storing(request.what, () => partial.restart());
    throw new DepotFailure(clientErrors.incomplete, `${request.what}: the depot could not go on with it`);
  }
  if (!continues) await storing(request.what, () => partial.restart());
  partial.pieced = continues;
  partial.continuesAs(etag);
  const expected = expectedTotal(response, continues ? partial.received : 0);
  onProgress?.(partial.received, expected);
  await receiveBody(connection, request, response, partial, expected, onProgress);
  if (expected !== undefined && partial.received !== expected) {
    throw new DepotFailure(
      clientErrors.incomplete,
      `${request.what}: ${partial.received} of ${expected} bytes arrived`,
    );
  }
}

async function receiveBody(
  connection: DepotConnection,
  request: Omit<DepotRequest, "accept" | "method">,
  response: Response,
  partial: PartialFile,
  expected: number | undefined,
  onProgress: OnProgress | undefined,
): Promise<void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  let stalled = false;
  const stop = (): void => {
    reader.cancel().catch(() => undefined);
  };
  const stall = (): NodeJS.Timeout =>
    setTimeout(() => {
      stalled = true;
      stop();
    }, connection.timeoutMs);
  let timer = stall();
  request.signal?.addEventListener("abort", stop, { once: true });
  try {
    for (;;) {
      const { done, value } = await reading(request, connection, () => reader.read());
      request.signal?.throwIfAborted();
      if (stalled)
        throw new DepotFailure(clientErrors.timedOut, `${request.what}: nothing more arrived from the depot`);
      if (done) return;
      await storing(request.what, () => partial.append(value));
      clearTimeout(timer);
      timer = stall();
      onProgress?.(partial.received, expected);
    }
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener("abort", stop);
  }
}

async function reading<Result>(
  request: { readonly what: string; readonly signal?: AbortSignal | undefined },
  connection: DepotConnection,
  read: () => Promise<Result>,
): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    request.signal?.throwIfAborted();
    throw connectionFailure(request.what, new URL(connection.url).host, cause);
  }
}

/** Whether a 206 begins where we left off. */
function startsAt(response: Response, offset: number): boolean {
  return response.headers.get("content-range")?.startsWith(`bytes ${offset}-`) === true;
}

/** Bytes of the whole file, when the answer tells. */
function expectedTotal(response: Response, offset: number): number | undefined {
  const length = response.headers.get("content-length");
  return length === null || !/^[0-9]+$/.test(length) ? undefined : offset + Number(length);
}

async function storing<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (systemErrorCode(cause) === undefined) throw cause;
    throw new DepotFailure(clientErrors.cannotStore, `${what}: cannot store the file`, { cause });
  }
}
