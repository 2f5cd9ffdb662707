// Takes one hart in: received to a file, checked, kept as a blob and written to the database in that order, so that
// whatever happens there is the old state or the new one (reference/depot-api.md §7).
import { describeError, isKind } from "../error/index.ts";
import { type FullIdent, formatIdent, type Target } from "../package/index.ts";
import { Refusal } from "./answers.ts";
import type { IncomingBlob } from "./blobs/blob-store.ts";
import { bodyChunks } from "./bodies.ts";
import { depotErrors } from "./errors.ts";
import { type CheckedHart, checkHart } from "./hart-check.ts";
import { MAX_CONCURRENT_UPLOADS, MAX_UPLOAD_BYTES, UPLOAD_STALL_MS, UPLOAD_TOTAL_MS } from "./limits.ts";
import type { Call } from "./route.ts";
import { recordAudit } from "./store/audit.ts";
import { addToChannel } from "./store/channels.ts";
import type { Writing } from "./store/database.ts";
import { findChannel, findOrigin } from "./store/origins.ts";
import { insertSettings, packageOf, putPackage, settingsVisibility } from "./store/packages.ts";
import { indexPackageName } from "./store/search.ts";
import { versionOrder } from "./version-order.ts";

export interface UploadRequest {
  /** BLAKE2b-256 the client says the hart has; empty when it says none, which is refused. */
  readonly checksum: string;
  /** The target of the query or the client. */
  readonly target: string;
  /** Replaces the row of an existing package, if the bytes are the same. */
  readonly forced: boolean;
}

type UploadCall = Call<FullIdent, unknown>;

let running = 0;

/** Does all of an upload. Refuses with the original's statuses and texts; see the table in §7. */
export async function receiveUpload(call: UploadCall, upload: UploadRequest): Promise<void> {
  const { database } = call.depot;
  const ident = formatIdent(call.params);
  if (!upload.forced && (await packageOf(database.db, ident, upload.target)) !== undefined) {
    throw new Refusal(409);
  }
  if (running >= MAX_CONCURRENT_UPLOADS) throw new Refusal(503, "Too many uploads", { "Retry-After": "5" });
  running++;
  try {
    const incoming = await receive(call);
    try {
      const hart = await checkHart(call.depot.database.db, incoming, call.params, upload);
      await incoming.keep((writing) => commit(writing, call, incoming, hart, upload));
    } finally {
      await incoming.discard();
    }
  } finally {
    running--;
  }
}

/** The body, whole and synced. Refuses with 413 or 408; a client that goes away ends it. */
async function receive(call: UploadCall): Promise<IncomingBlob> {
  call.liftIdleLimit();
  const stopped = new AbortController();
  const stop = (): void => stopped.abort(new Refusal(408));
  const total = setTimeout(stop, UPLOAD_TOTAL_MS);
  let stall = setTimeout(stop, UPLOAD_STALL_MS);
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    const signal = AbortSignal.any([stopped.signal, call.request.signal]);
    for await (const chunk of bodyChunks(call.request, signal)) {
      clearTimeout(stall);
      stall = setTimeout(stop, UPLOAD_STALL_MS);
      yield chunk;
    }
  };
  try {
    return await call.depot.blobs.receive(chunks(), {
      maxBytes: MAX_UPLOAD_BYTES,
      signal: stopped.signal,
    });
  } catch (error) {
    if (isKind(error, depotErrors.uploadTooLarge)) throw new Refusal(413, describeError(error));
    throw error;
  } finally {
    clearTimeout(total);
    clearTimeout(stall);
  }
}

/** Everything an upload changes, in one transaction. */
async function commit(
  writing: Writing,
  call: UploadCall,
  incoming: IncomingBlob,
  hart: CheckedHart,
  upload: UploadRequest,
): Promise<void> {
  const { origin, name, version, release } = call.params;
  const ident = formatIdent(call.params);
  const actor = call.actor();
  // Asked again, now that nobody else can write: two uploads of one release may have come this far together.
  const known = await packageOf(writing.db, ident, hart.target);
  if (known !== undefined && !upload.forced) throw new Refusal(409);
  if (known !== undefined && known.checksum !== incoming.digest) throw new Refusal(422, "ds:up:4");
  const channel = await findChannel(writing.db, origin, "unstable");
  const row = await findOrigin(writing.db, origin);
  if (channel === undefined || row === undefined) throw new Refusal(403);
  let visibility = await settingsVisibility(writing.db, origin, name);
  if (visibility === undefined) {
    visibility = row.default_package_visibility;
    await insertSettings(writing, actor.accountId, origin, name, visibility);
  }
  const packageId = await putPackage(
    writing,
    {
      owner_id: actor.accountId,
      origin,
      name,
      version,
      release,
      ident,
      target: hart.target,
      ...versionOrder(version),
      checksum: incoming.digest,
      size: incoming.size,
      manifest: hart.manifest,
      config: hart.config,
      deps: JSON.stringify(hart.deps.map(formatIdent)),
      tdeps: JSON.stringify(hart.tdeps.map(formatIdent)),
      build_deps: JSON.stringify(hart.buildDeps.map(formatIdent)),
      build_tdeps: JSON.stringify(hart.buildTdeps.map(formatIdent)),
      exposes: JSON.stringify(hart.exposes),
      package_type: hart.packageType,
      visibility,
      signer: hart.signer,
    },
    hart.tdeps.map((each) => ({ origin: each.origin, name: each.name, ident: formatIdent(each) })),
  );
  await addToChannel(writing, channel.id, packageId);
  await indexPackageName(writing, origin, name);
  await recordAudit(writing, actor, {
    operation: "package-upload",
    subject: ident,
    origin,
    details: { target: hart.target satisfies Target, checksum: incoming.digest, forced: upload.forced },
  });
}
