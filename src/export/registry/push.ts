// Pushes an image to a registry (OCI distribution specification 1.1, "Push"): each blob the registry lacks, then the manifest
// under every tag.
import type { Descriptor } from "../blobs.ts";
import type { Image } from "../image.ts";
import { type BlobOutcome, sendBlob } from "./blob-upload.ts";
import { refusal } from "./refusal.ts";
import { RegistrySession, type SessionOptions } from "./session.ts";

export interface PushOptions extends SessionOptions {
  /** What names the image there; without one it is only known by its digest. */
  readonly tags: readonly string[];
  readonly pieceBytes?: number;
  readonly onBlob?: (event: {
    readonly digest: string;
    readonly size: number;
    readonly outcome: BlobOutcome;
  }) => void;
}

/** Pushes the image. Throws HAB-EXP-005 and HAB-EXP-006; pushed again, it sends only what is missing. */
export async function pushImage(image: Image, options: PushOptions): Promise<void> {
  const session = new RegistrySession(options);
  for (const blob of [...image.layers, image.config]) {
    const path = image.blobs.pathOf(blob.digest);
    const { readsFrom: mountFrom = [], pieceBytes } = options;
    const outcome = await sendBlob(session, { blob, path, mountFrom, pieceBytes });
    options.onBlob?.({ digest: blob.digest, size: blob.size, outcome });
  }
  const references = options.tags.length === 0 ? [image.manifest.digest] : options.tags;
  for (const reference of references)
    await sendManifest(session, image.manifest, image.blobs.pathOf(image.manifest.digest), reference);
}

async function sendManifest(
  session: RegistrySession,
  { mediaType }: Descriptor,
  path: string,
  reference: string,
): Promise<void> {
  await session.retried(`manifest ${reference}`, async () => {
    const sent = await session.ask(`${session.root}/manifests/${reference}`, {
      method: "PUT",
      body: Bun.file(path),
      headers: { "content-type": mediaType },
    });
    if (sent.status !== 201) throw await refusal(sent, `sent the manifest for ${reference}`);
  });
}
