// Brings one blob into a repository: not at all where the registry has it, else from another of its repositories, else whole, else in
// pieces, which go on where an upload broke off (OCI distribution specification 1.1, "Pushing blobs", "Mounting a blob").
import type { Descriptor } from "../blobs.ts";
import { exportErrors } from "../errors.ts";
import { PassingRefusal, refusal } from "./refusal.ts";
import type { RegistrySession } from "./session.ts";

/** Small enough for what stands before registries and limits the size of a request. */
const PIECE_BYTES = 16 * 1024 * 1024;
/** Content too large (RFC 9110 §15.5.14). */
const TOO_LARGE = 413;
/** A registry that takes no pieces, or has lost what it had of them: the next try sends the whole again. */
const WITHOUT_PIECES: ReadonlySet<number> = new Set([400, 404, 405, 416]);

/** How a blob came to be there. */
export type BlobOutcome = "present" | "mounted" | "sent";

interface BlobToSend {
  readonly blob: Descriptor;
  /** File with its bytes. */
  readonly path: string;
  /** Repositories of the same registry that may have it. */
  readonly mountFrom: readonly string[];
  /** Size of a piece, where a blob does not go as a whole. */
  readonly pieceBytes?: number | undefined;
}

/** Sees to it that the repository has the blob. Throws HAB-EXP-005, HAB-EXP-006. */
export async function sendBlob(
  session: RegistrySession,
  { blob, path, mountFrom, pieceBytes = PIECE_BYTES }: BlobToSend,
): Promise<BlobOutcome> {
  const { digest, size } = blob;
  /** Some registries take no upload in pieces, some things before registries no large one: whole first. */
  let inPieces = false;
  let upload: string | undefined;
  return session.retried(`blob ${digest}`, async (tried) => {
    if (await hasBlob(session, digest)) return "present";
    if (tried === 0)
      for (const repository of mountFrom) if (await mount(session, digest, repository)) return "mounted";
    const file = Bun.file(path);
    if (!inPieces) {
      inPieces = size > pieceBytes;
      const place = await begin(session);
      const sent = await session.ask(withDigest(place, digest), {
        method: "PUT",
        body: file,
        headers: { "content-type": "application/octet-stream", "content-length": String(size) },
      });
      if (sent.status === 201) return "sent";
      if (!inPieces || sent.status !== TOO_LARGE) throw await refusal(sent, `sent blob ${digest}`);
      await sent.body?.cancel();
    }
    let at = 0;
    if (upload !== undefined) ({ upload, at } = await resumed(session, upload));
    upload ??= await begin(session);
    while (at < size) {
      const end = Math.min(at + pieceBytes, size);
      const taken = await session.ask(upload, {
        method: "PATCH",
        body: file.slice(at, end),
        headers: {
          "content-type": "application/octet-stream",
          "content-length": String(end - at),
          "content-range": `${at}-${end - 1}`,
        },
      });
      if (taken.status !== 202) {
        const refused = await refusal(taken, `sent a part of blob ${digest}`);
        if (!WITHOUT_PIECES.has(taken.status)) throw refused;
        upload = undefined;
        inPieces = false;
        throw new PassingRefusal(exportErrors.registryFailed, refused.message);
      }
      upload = session.locationOf(taken);
      at = end;
    }
    const ended = await session.ask(withDigest(upload, digest), { method: "PUT" });
    if (ended.status !== 201) throw await refusal(ended, `sent blob ${digest}`);
    return "sent";
  });
}

async function hasBlob(session: RegistrySession, digest: string): Promise<boolean> {
  const known = await session.ask(`${session.root}/blobs/${digest}`, { method: "HEAD" });
  if (known.status === 200) return true;
  if (known.status === 404) return false;
  if (known.status < 300 || known.status > 399) throw await refusal(known, `asked for blob ${digest}`);
  // Where blobs are in another store the registry says where, also of one that may have gone from there.
  const stored = await session.ask(session.locationOf(known), { method: "HEAD" });
  return stored.status === 200;
}

/** Takes over a blob from another repository; whether it did. */
async function mount(session: RegistrySession, digest: string, from: string): Promise<boolean> {
  const url = new URL(`${session.root}/blobs/uploads/`);
  url.searchParams.set("mount", digest);
  url.searchParams.set("from", from);
  const answer = await session.ask(url.href, { method: "POST" });
  await answer.body?.cancel();
  if (answer.status === 202) {
    // It has begun an upload instead, which is used by nobody.
    const upload = session.locationOf(answer);
    await (await session.ask(upload, { method: "DELETE" })).body?.cancel();
  }
  // Whatever else it says: the blob can still be sent.
  return answer.status === 201;
}

/** Begins an upload: where it goes. */
async function begin(session: RegistrySession): Promise<string> {
  const started = await session.ask(`${session.root}/blobs/uploads/`, { method: "POST" });
  if (started.status !== 202) throw await refusal(started, "asked to take a blob");
  return session.locationOf(started);
}

/** Where an upload that broke off goes on, and from which byte; a new one where the registry has forgotten it. */
async function resumed(
  session: RegistrySession,
  upload: string,
): Promise<{ readonly upload: string | undefined; readonly at: number }> {
  const state = await session.ask(upload, { method: "GET" });
  const last = /^(?:bytes=)?0-(\d+)$/.exec(state.headers.get("range") ?? "")?.[1];
  await state.body?.cancel();
  if (state.status !== 204 || last === undefined) return { upload: undefined, at: 0 };
  // Of an upload without a byte some registries say 0-0, as of one with a byte: one byte is not worth the doubt.
  return last === "0"
    ? { upload: undefined, at: 0 }
    : { upload: session.locationOf(state), at: Number(last) + 1 };
}

function withDigest(place: string, digest: string): string {
  const url = new URL(place);
  url.searchParams.set("digest", digest);
  return url.href;
}
