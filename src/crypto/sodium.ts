// The only door to libsodium (XSalsa20-Poly1305, which node:crypto has not). Loaded on first use: it is a native addon,
// takes about 15 ms, and signing and hashing do without it.
import { HabError } from "../error/index.ts";
import { cryptoErrors } from "./errors.ts";

/** What is used of `sodium-native`. Functions ending in `open…` return false when the check fails. */
export interface Sodium {
  crypto_secretbox_easy(
    ciphertext: Uint8Array,
    message: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ): void;
  crypto_secretbox_open_easy(
    message: Uint8Array,
    ciphertext: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ): boolean;
  crypto_box_easy(
    ciphertext: Uint8Array,
    message: Uint8Array,
    nonce: Uint8Array,
    publicKey: Uint8Array,
    secretKey: Uint8Array,
  ): void;
  crypto_box_open_easy(
    message: Uint8Array,
    ciphertext: Uint8Array,
    nonce: Uint8Array,
    publicKey: Uint8Array,
    secretKey: Uint8Array,
  ): boolean;
  crypto_box_seal(ciphertext: Uint8Array, message: Uint8Array, publicKey: Uint8Array): void;
  crypto_box_seal_open(
    message: Uint8Array,
    ciphertext: Uint8Array,
    publicKey: Uint8Array,
    secretKey: Uint8Array,
  ): boolean;
}

let loading: Promise<Sodium> | undefined;

/** libsodium, or where it cannot be loaded the same in JavaScript, once. Throws `encryptionUnavailable`; a later call tries again. */
export function loadSodium(): Promise<Sodium> {
  loading ??= import("./sodium-addon.ts")
    .then(({ loadSodiumAddon }) => loadSodiumAddon())
    .catch(async () => (await import("./sodium-noble.ts")).nobleSodium)
    .catch((cause: unknown) => {
      loading = undefined;
      throw new HabError(cryptoErrors.encryptionUnavailable, "Cannot load libsodium", { cause });
    });
  return loading;
}
