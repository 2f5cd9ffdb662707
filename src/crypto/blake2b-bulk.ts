// BLAKE2b-256 of much data: by an addon that uses the processor's vector instructions where it has them, twice as fast as
// Bun's (docs/decisions/0003-blake2b.md). Loading it takes some milliseconds, so it is for packages, not for small files.
import { isCompiled, loadAddon } from "../host/index.ts";
import { Blake2b256 } from "./blake2b.ts";

/** From this size on loading the addon pays. */
const BULK_BYTES = 8 * 1024 * 1024;

const DIGEST_BYTES = 32;

/** A digest of data that comes in pieces. */
export interface Hasher {
  update(data: Uint8Array): Hasher;
  /** Ends the hash: call once. 64 lower-case hexadecimal digits. */
  digestHex(): string;
}

interface Addon {
  readonly Blake2BParam: new () => { hashLength(bytes: number): void };
  readonly Blake2BHasher: {
    withParams(parameters: InstanceType<Addon["Blake2BParam"]>): {
      update(data: Buffer): void;
      digest(format: "hex"): string;
    };
  };
}

let addon: Promise<Addon | undefined> | undefined;

/** The quickest hasher for about so many bytes. */
export async function hasherFor(bytes: number): Promise<Hasher> {
  return bytes < BULK_BYTES ? new Blake2b256() : (await bulkHashing())();
}

/** Makes hashers for much data. Where the addon cannot be loaded (it needs libgcc) they are Bun's. */
export async function bulkHashing(): Promise<() => Hasher> {
  addon ??= load().catch(() => undefined);
  const loaded = await addon;
  return loaded === undefined ? () => new Blake2b256() : () => new BulkHasher(loaded);
}

class BulkHasher implements Hasher {
  readonly #hasher: ReturnType<Addon["Blake2BHasher"]["withParams"]>;

  constructor({ Blake2BParam, Blake2BHasher }: Addon) {
    const parameters = new Blake2BParam();
    parameters.hashLength(DIGEST_BYTES);
    this.#hasher = Blake2BHasher.withParams(parameters);
  }

  update(data: Uint8Array): this {
    this.#hasher.update(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    return this;
  }

  digestHex(): string {
    return this.#hasher.digest("hex");
  }
}

async function load(): Promise<Addon> {
  return loadAddon(await addonPath()) as Addon;
}

async function addonPath(): Promise<string> {
  if (isCompiled()) return (await import("./blake2b-addon-path.ts")).embeddedAddonPath;
  return Bun.fileURLToPath(import.meta.resolve("@napi-rs/blake-hash-linux-x64-gnu/blake.linux-x64-gnu.node"));
}
