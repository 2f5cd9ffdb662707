// Personal access tokens: made once, kept only as a hash, recognised by their first character as those of the
// original are (reference/depot-api.md §3.3).
import { blake2b256Hex, randomBytes, Secret } from "../crypto/index.ts";
import { MAX_TOKEN_LENGTH } from "./limits.ts";

/** Random bits of a token, in bytes: too many to guess, so their hash needs no salt and no slowness. */
const TOKEN_BYTES = 32;

/** A new token: `_` and 43 characters that need no quoting in a shell or a header. */
export function newToken(): Secret<string> {
  return new Secret(`_${Buffer.from(randomBytes(TOKEN_BYTES)).toString("base64url")}`);
}

/** What is stored and looked up. Compat: trailing `=` do not count. */
export function tokenHash(token: string): string {
  return blake2b256Hex(token.replace(/=+$/, ""));
}

/**
 * The token of an `Authorization` header: exactly `Bearer` and one more word. Undefined when there is no header, null
 * when there is one that is no bearer token. `Negotiate` is left to who accepts it, where anybody does.
 */
export function bearerToken(
  header: string | null,
  acceptsNegotiate = false,
): Secret<string> | undefined | null {
  if (header === null || (acceptsNegotiate && /^negotiate\s/i.test(header))) return undefined;
  const words = header.split(/\s+/).filter((word) => word !== "");
  const [scheme, token] = words;
  if (words.length !== 2 || scheme !== "Bearer" || token === undefined || token.length > MAX_TOKEN_LENGTH)
    return null;
  return new Secret(token);
}
