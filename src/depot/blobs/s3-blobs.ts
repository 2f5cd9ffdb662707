// Blobs in a bucket of any S3 service: `<prefix>blobs/ab/<digest>`. An upload is received into a local file, checked,
// announced (ledger.ts), sent, and only then its row is committed. An object appears when it is complete, and the bytes
// that are sent are hashed once more before that. Downloads go through the depot: clients of the original need its
// headers, and cannot be sent elsewhere.
import { open } from "node:fs/promises";
import { HabError } from "../../error/index.ts";
import { removeIfPresent } from "../../host/index.ts";
import { depotErrors } from "../errors.ts";
import {
  BLOB_DIGEST,
  type BlobDigest,
  type BlobStore,
  type IncomingBlob,
  type ReceiveLimits,
  type StoredBlob,
} from "./blob-store.ts";
import { type ReceivedFile, receiveFile, removeLeftovers, uploadsDirectory } from "./incoming.ts";
import type { BlobLedger } from "./ledger.ts";
import type { S3Address } from "./s3-address.ts";
import { documentText, element, elements, type S3Client, s3Client } from "./s3-client.ts";

/** Bytes of one part; what is not larger is sent at once. Services want at least 5 MiB, and at most 10,000 parts. */
const PART_BYTES = 16 * 1024 * 1024;

/** A part must have been taken after this time. */
const PART_DEADLINE_MS = 10 * 60_000;

/** An announcement this old belongs to a process that has died, or that is to begin again. */
export const ANNOUNCEMENT_LIFETIME_MS = 2 * 3600_000;

/** Headers of the object store that belong into our answer. */
const HANDED_ON = ["content-length", "content-range"] as const;

/** Opens the store, using `directory` for what is being received, and asks once whether the bucket is there. */
export async function openS3Blobs(
  address: S3Address,
  directory: string,
  ledger: BlobLedger,
): Promise<BlobStore> {
  const client = s3Client(address);
  const uploads = await uploadsDirectory(directory);
  const answer = await client.send({
    method: "GET",
    key: "",
    query: { "list-type": "2", "max-keys": "1", prefix: address.prefix },
    accept: [200],
  });
  await answer.body?.cancel();
  return new S3Blobs(client, `${address.prefix}blobs/`, uploads, ledger);
}

class S3Blobs implements BlobStore {
  readonly isShared = true;
  readonly #client: S3Client;
  readonly #prefix: string;
  readonly #uploads: string;
  readonly #ledger: BlobLedger;
  #hasSwept = false;

  constructor(client: S3Client, prefix: string, uploads: string, ledger: BlobLedger) {
    this.#client = client;
    this.#prefix = prefix;
    this.#uploads = uploads;
    this.#ledger = ledger;
  }

  #keyOf(digest: BlobDigest): string {
    if (!BLOB_DIGEST.test(digest)) throw new HabError(depotErrors.databaseFailed, `not a digest: ${digest}`);
    return `${this.#prefix}${digest.slice(0, 2)}/${digest}`;
  }

  async receive(body: AsyncIterable<Uint8Array>, limits: ReceiveLimits): Promise<IncomingBlob> {
    const received = await receiveFile(this.#uploads, body, limits);
    return {
      ...received,
      keep: (commit) => this.#keep(received, commit),
      discard: async () => removeIfPresent(received.path),
    };
  }

  async #keep<Result>(received: ReceivedFile, commit: Parameters<IncomingBlob["keep"]>[0]): Promise<Result> {
    const { digest, path } = received;
    try {
      const intent = await this.#ledger.announce(digest);
      try {
        if ((await this.#sizeOf(digest)) !== received.size) await this.#send(received);
        return (await this.#ledger.settle(intent, commit)) as Result;
      } catch (error) {
        await this.removeUnreferenced(digest, intent);
        throw error;
      }
    } finally {
      removeIfPresent(path);
    }
  }

  async #sizeOf(digest: BlobDigest): Promise<number | undefined> {
    const response = await this.#client.send({
      method: "HEAD",
      key: this.#keyOf(digest),
      accept: [200, 404],
    });
    return response.status === 404 ? undefined : Number(response.headers.get("content-length"));
  }

  async #send({ path, digest, size }: ReceivedFile): Promise<void> {
    const file = await open(path, "r");
    try {
      const hash = new Bun.CryptoHasher("blake2b256");
      const parts = partsOf(size);
      const key = this.#keyOf(digest);
      const buffer = new Uint8Array(Math.min(size, PART_BYTES));
      const part = async (offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
        const bytes = buffer.subarray(0, length);
        for (let filled = 0; filled < length; ) {
          const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
          if (bytesRead === 0) throw changedOnDisk(digest);
          filled += bytesRead;
        }
        hash.update(bytes);
        return bytes;
      };
      if (parts.length === 1) {
        const bytes = await part(0, size);
        if (hash.digest("hex") !== digest) throw changedOnDisk(digest);
        await this.#put(key, {}, bytes);
        return;
      }
      await this.#sendParts(key, parts, part, () => {
        if (hash.digest("hex") !== digest) throw changedOnDisk(digest);
      });
    } finally {
      await file.close();
    }
  }

  /** Sends one body with a checksum that the service compares. Gives its tag. */
  async #put(
    key: string,
    query: Readonly<Record<string, string>>,
    body: Uint8Array<ArrayBuffer>,
  ): Promise<string> {
    const response = await this.#client.send({
      method: "PUT",
      key,
      query,
      headers: {
        "Content-MD5": new Bun.CryptoHasher("md5").update(body).digest("base64"),
        "Content-Type": "application/octet-stream",
      },
      body,
      accept: [200],
      deadlineMs: PART_DEADLINE_MS,
    });
    await response.body?.cancel();
    return response.headers.get("etag") ?? "";
  }

  async #sendParts(
    key: string,
    parts: readonly { readonly offset: number; readonly length: number }[],
    read: (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>,
    verify: () => void,
  ): Promise<void> {
    const begun = await documentText(
      await this.#client.send({ method: "POST", key, query: { uploads: "" }, accept: [200] }),
    );
    const uploadId = element(begun, "UploadId");
    if (uploadId === undefined)
      throw new HabError(depotErrors.blobsUnreachable, "the object store began no upload in parts");
    try {
      const tags: string[] = [];
      for (const [index, { offset, length }] of parts.entries()) {
        const bytes = await read(offset, length);
        tags.push(await this.#put(key, { partNumber: String(index + 1), uploadId }, bytes));
      }
      verify();
      const list = tags
        .map((tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`)
        .join("");
      const done = await documentText(
        await this.#client.send({
          method: "POST",
          key,
          query: { uploadId },
          headers: { "Content-Type": "application/xml" },
          body: `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`,
          accept: [200],
          deadlineMs: PART_DEADLINE_MS,
        }),
      );
      // The status comes before the work is done, so a failure may be in the body.
      if (/<Error>/.test(done))
        throw new HabError(
          depotErrors.blobsUnreachable,
          `the object store did not complete an upload: ${element(done, "Message") ?? ""}`,
        );
    } catch (error) {
      await this.#abort(key, uploadId).catch(() => undefined);
      throw error;
    }
  }

  async #abort(key: string, uploadId: string): Promise<void> {
    const answer = await this.#client.send({
      method: "DELETE",
      key,
      query: { uploadId },
      accept: [200, 204, 404],
    });
    await answer.body?.cancel();
  }

  async answer(
    digest: BlobDigest,
    request: Request,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response | undefined> {
    const range = rangeOf(request.headers, headers["ETag"]);
    const object = await this.#client.send({
      method: "GET",
      key: this.#keyOf(digest),
      ...(range !== undefined && { headers: { Range: range } }),
      accept: [200, 206, 404, 416],
    });
    if (object.status === 404) {
      await object.body?.cancel();
      return undefined;
    }
    const answered = new Headers({ ...headers, "Accept-Ranges": "bytes" });
    if (object.status === 416) {
      await object.body?.cancel();
      const size = (await this.#sizeOf(digest)) ?? 0;
      return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${size}` } });
    }
    for (const name of HANDED_ON) {
      const value = object.headers.get(name);
      if (value !== null) answered.set(name, value);
    }
    return new Response(object.body, { status: object.status, headers: answered });
  }

  async read(digest: BlobDigest): Promise<AsyncIterable<Uint8Array> | undefined> {
    const object = await this.#client.send({ method: "GET", key: this.#keyOf(digest), accept: [200, 404] });
    if (object.status === 200 && object.body !== null) return object.body;
    await object.body?.cancel();
    return undefined;
  }

  async *list(): AsyncGenerator<StoredBlob> {
    for await (const { key, size, modifiedAt } of this.#client.list(this.#prefix)) {
      const digest = key.slice(key.lastIndexOf("/") + 1);
      if (BLOB_DIGEST.test(digest)) yield { digest, size, modifiedAt };
    }
  }

  async removeUnreferenced(digest: BlobDigest, intent?: string): Promise<void> {
    await this.#ledger.removeUnreferenced(digest, intent, () => this.takeAway(digest));
  }

  async takeAway(digest: BlobDigest): Promise<void> {
    const key = this.#keyOf(digest);
    await this.#abortUploads(key);
    const answer = await this.#client.send({ method: "DELETE", key, accept: [200, 204, 404] });
    await answer.body?.cancel();
  }

  /** Uploads of this key in parts that nobody will finish; their parts cost as much as objects do. */
  async #abortUploads(key: string): Promise<void> {
    const answer = await this.#client.send({
      method: "GET",
      key: "",
      query: { uploads: "", prefix: key },
      accept: [200, 404, 501],
    });
    for (const upload of elements(await documentText(answer), "Upload")) {
      const uploadId = element(upload, "UploadId");
      if (element(upload, "Key") === key && uploadId !== undefined) await this.#abort(key, uploadId);
    }
  }

  /** Other processes use the same bucket: only what was announced long ago is looked at. */
  async sweep(): Promise<void> {
    // The local directory is this process's own: what is there at its first sweep was left by the one before.
    if (!this.#hasSwept) await removeLeftovers(this.#uploads);
    this.#hasSwept = true;
    for (const { id, digest } of await this.#ledger.olderThan(ANNOUNCEMENT_LIFETIME_MS))
      await this.removeUnreferenced(digest, id);
  }
}

/**
 * The Range to ask the store for: a single one, and of the content that the client has the beginning of (If-Range). Undefined
 * for the whole, which is what is sent for several ranges too: some stores would answer those in many parts.
 */
function rangeOf(headers: Headers, etag: string | undefined): string | undefined {
  const onlyIf = headers.get("if-range");
  if (onlyIf !== null && onlyIf !== etag) return undefined;
  return /^bytes=(?:[0-9]{1,15}-[0-9]{0,15}|-[0-9]{1,15})$/.exec(headers.get("range") ?? "")?.[0];
}

function partsOf(size: number): { offset: number; length: number }[] {
  const parts = [];
  for (let offset = 0; offset < size || offset === 0; offset += PART_BYTES)
    parts.push({ offset, length: Math.min(PART_BYTES, size - offset) });
  return parts;
}

function changedOnDisk(digest: BlobDigest): HabError {
  return new HabError(depotErrors.blobsUnreachable, `the received file of ${digest} has changed on the disk`);
}
