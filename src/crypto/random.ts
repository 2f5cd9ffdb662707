// Random bytes from the operating system, and comparison that takes the same time whatever differs.
import { encodeBase64 } from "./base64.ts";

export function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** `count` random bytes as base64, for tokens and shared secrets. */
export function randomBase64(count: number): string {
  return encodeBase64(randomBytes(count));
}

/** Whether two secrets are equal; the time taken tells nothing but whether their lengths differ. */
export function constantTimeEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const left = typeof a === "string" ? Buffer.from(a) : a;
  const right = typeof b === "string" ? Buffer.from(b) : b;
  return left.length === right.length && crypto.timingSafeEqual(left, right);
}
