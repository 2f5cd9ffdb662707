// The secret that clients of the control gateway show (reference/supervisor.md §6, `CTL_SECRET`).
import { readTextIfPresent, writeFileWhole } from "../host/index.ts";

/** Reads the secret, or makes one where there is none. Trailing white space of a hand-written file does not count. */
export function readOrCreateCtlSecret(path: string): string {
  const existing = readTextIfPresent(path);
  if (existing !== undefined) return existing.trimEnd();
  const secret = newCtlSecret();
  writeFileWhole(path, secret, { mode: 0o600 });
  return secret;
}

/** 64 random bytes in base64, 88 characters. */
export function newCtlSecret(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(64))).toString("base64");
}
