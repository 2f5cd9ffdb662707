// Blobs of an image: written under the SHA-256 of their bytes (OCI image specification 1.1, "Image layout").
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { temporaryPathFor, writeFileWhole } from "../host/index.ts";
import { type TarMember, writeAll } from "../package/index.ts";
import { gzipped } from "./gzip.ts";

/** How a manifest refers to a blob. */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:<64 hex digits>`. */
  readonly digest: string;
  readonly size: number;
}

export interface Layer extends Descriptor {
  /** Digest of the archive before it is compressed. */
  readonly diffId: string;
}

export const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";

/** Where blobs are: `blobs/sha256` below a directory. */
export class BlobDirectory {
  readonly path: string;

  constructor(layout: string) {
    this.path = join(layout, "blobs", "sha256");
    mkdirSync(this.path, { recursive: true });
  }

  /** Path of a blob of this digest. */
  pathOf(digest: string): string {
    return join(this.path, digest.replace("sha256:", ""));
  }

  /** Writes a document. Throws system errors. */
  writeJson(mediaType: string, document: unknown): Descriptor {
    const bytes = Buffer.from(JSON.stringify(document));
    const digest = `sha256:${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}`;
    writeFileWhole(this.pathOf(digest), bytes, { mode: 0o644 });
    return { mediaType, digest, size: bytes.length };
  }

  /** Writes members as a compressed layer. The same members make the same bytes. Throws system errors. */
  async writeLayer(
    members: Iterable<TarMember>,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<Layer> {
    const archive = new Bun.CryptoHasher("sha256");
    const compressed = new Bun.CryptoHasher("sha256");
    const unfinished = temporaryPathFor(join(this.path, "layer"));
    const output = openSync(unfinished, "wx", 0o644);
    let size = 0;
    try {
      for await (const piece of gzipped(members, signal, (each) => {
        archive.update(each);
        onBytes(each.length);
      })) {
        compressed.update(piece);
        writeAll(output, piece);
        size += piece.length;
      }
      fsyncSync(output);
    } finally {
      closeSync(output);
    }
    const digest = `sha256:${compressed.digest("hex")}`;
    renameSync(unfinished, this.pathOf(digest));
    return { mediaType: LAYER_TYPE, digest, size, diffId: `sha256:${archive.digest("hex")}` };
  }

  sizeOf(digest: string): number {
    return statSync(this.pathOf(digest)).size;
  }
}
