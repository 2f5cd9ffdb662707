// Strict base64 (RFC 4648 §4): standard alphabet, padding required, no white space, unused bits zero. Lenient decoders
// would accept damaged keys and signatures (reference/packages.md §21).

/** Decodes, or returns undefined when `text` is not the one canonical encoding of some bytes. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? new Uint8Array(bytes) : undefined;
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
