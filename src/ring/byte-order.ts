// Order of texts by their UTF-8 bytes, as the original orders ids; JavaScript's own `<` goes by UTF-16 units.

export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
