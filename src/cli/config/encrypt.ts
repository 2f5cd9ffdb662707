// Encrypting what is sent to a service group, from a user to the group (reference/packages.md §7.2).

/** A `BOX-1` text as bytes. Throws when the key of the user or of the group is not in the cache. */
export async function encryptForGroup(
  content: Uint8Array,
  user: string,
  group: string,
  cacheKeyPath: string,
): Promise<Uint8Array> {
  const { encryptFor, KeyCache } = await import("../../crypto/index.ts");
  const cache = new KeyCache(cacheKeyPath);
  const sender = cache.latest("user-secret", user);
  const recipient = cache.latest("service-public", group);
  return Buffer.from(await encryptFor(sender, recipient, content));
}
