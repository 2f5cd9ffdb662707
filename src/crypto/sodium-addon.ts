// libsodium's functions over the bare addon of `sodium-native`. The addon ends the process when a length is wrong, so lengths
// are checked here, as the package's own JavaScript does.
import { isCompiled, loadAddon } from "../host/index.ts";
import type { Sodium } from "./sodium.ts";

const MAC_BYTES = 16;
const NONCE_BYTES = 24;
const KEY_BYTES = 32;
const SEAL_BYTES = 48;

type Bytes = Uint8Array;

interface Addon {
  crypto_secretbox_easy(ciphertext: Bytes, message: Bytes, nonce: Bytes, key: Bytes): number;
  crypto_secretbox_open_easy(message: Bytes, ciphertext: Bytes, nonce: Bytes, key: Bytes): boolean;
  crypto_box_easy(
    ciphertext: Bytes,
    message: Bytes,
    nonce: Bytes,
    publicKey: Bytes,
    secretKey: Bytes,
  ): number;
  crypto_box_open_easy(
    message: Bytes,
    ciphertext: Bytes,
    nonce: Bytes,
    publicKey: Bytes,
    secretKey: Bytes,
  ): boolean;
  crypto_box_seal(ciphertext: Bytes, message: Bytes, publicKey: Bytes): number;
  /** Four views, each as buffer, offset and length. */
  crypto_box_seal_open(...views: (ArrayBufferLike | number)[]): boolean;
}

/** Loads the addon; once is enough. */
export async function loadSodiumAddon(): Promise<Sodium> {
  const addon = loadAddon(await addonPath()) as Addon;
  return {
    crypto_secretbox_easy(ciphertext, message, nonce, key) {
      requireLength(ciphertext, message.length + MAC_BYTES);
      requireLength(nonce, NONCE_BYTES);
      requireLength(key, KEY_BYTES);
      succeeded(addon.crypto_secretbox_easy(ciphertext, message, nonce, key));
    },
    crypto_secretbox_open_easy(message, ciphertext, nonce, key) {
      requireLength(ciphertext, message.length + MAC_BYTES);
      requireLength(nonce, NONCE_BYTES);
      requireLength(key, KEY_BYTES);
      return addon.crypto_secretbox_open_easy(message, ciphertext, nonce, key);
    },
    crypto_box_easy(ciphertext, message, nonce, publicKey, secretKey) {
      requireLength(ciphertext, message.length + MAC_BYTES);
      requireLength(nonce, NONCE_BYTES);
      requireLength(publicKey, KEY_BYTES);
      requireLength(secretKey, KEY_BYTES);
      succeeded(addon.crypto_box_easy(ciphertext, message, nonce, publicKey, secretKey));
    },
    crypto_box_open_easy(message, ciphertext, nonce, publicKey, secretKey) {
      requireLength(ciphertext, message.length + MAC_BYTES);
      requireLength(nonce, NONCE_BYTES);
      requireLength(publicKey, KEY_BYTES);
      requireLength(secretKey, KEY_BYTES);
      return addon.crypto_box_open_easy(message, ciphertext, nonce, publicKey, secretKey);
    },
    crypto_box_seal(ciphertext, message, publicKey) {
      requireLength(ciphertext, message.length + SEAL_BYTES);
      requireLength(publicKey, KEY_BYTES);
      succeeded(addon.crypto_box_seal(ciphertext, message, publicKey));
    },
    crypto_box_seal_open(message, ciphertext, publicKey, secretKey) {
      requireLength(ciphertext, message.length + SEAL_BYTES);
      requireLength(publicKey, KEY_BYTES);
      requireLength(secretKey, KEY_BYTES);
      const views = [message, ciphertext, publicKey, secretKey];
      return addon.crypto_box_seal_open(
        ...views.flatMap((view) => [view.buffer, view.byteOffset, view.byteLength]),
      );
    },
  };
}

async function addonPath(): Promise<string> {
  if (isCompiled()) return (await import("./sodium-addon-path.ts")).embeddedAddonPath;
  const name = `sodium-native/prebuilds/linux-${process.arch}/sodium-native.node`;
  return Bun.fileURLToPath(import.meta.resolve(name));
}

function requireLength(bytes: Bytes, length: number): void {
  if (bytes.length !== length)
    throw new RangeError(`libsodium: ${bytes.length} bytes given where ${length} belong`);
}

function succeeded(status: number): void {
  if (status !== 0) throw new Error(`libsodium: status ${status}`);
}
