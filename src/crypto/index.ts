// Keys, the key cache, signatures, encryption and hashing. Nothing heavy is loaded before it is used.
export { decodeBase64, encodeBase64 } from "./base64.ts";
export { Blake2b256, blake2b256, blake2b256Hex, digestsEqual, parseDigest } from "./blake2b.ts";
export { bulkHashing, type Hasher, hasherFor } from "./blake2b-bulk.ts";
export { type Boxes, loadBoxes, NONCE_LENGTH_BYTES, type Sealed } from "./boxes.ts";
export {
  type AnonymousBox,
  decryptAnonymous,
  decryptAtRest,
  decryptWithCache,
  encryptAnonymously,
  encryptAtRest,
  encryptFor,
  formatAnonymousBox,
  formatSignedBox,
  parseAnonymousBox,
  parseSignedBox,
  type SignedBox,
} from "./encrypted-text.ts";
export { cryptoErrors } from "./errors.ts";
export {
  type BoxOwner,
  boxPublicKey,
  generateBoxKeyPair,
  generateBuilderKey,
  generateOriginKeyPair,
  generateRingKey,
  type KeyPair,
} from "./generate.ts";
export { hashFile } from "./hash-file.ts";
export {
  formatKey,
  isSecretKind,
  type Key,
  type KeyKind,
  type KeyOf,
  keyExtension,
  makeKey,
  type PublicKey,
  type PublicKeyKind,
  parseKey,
  type SecretKey,
  type SecretKeyKind,
} from "./key.ts";
export { type CachedKeyFile, KeyCache } from "./key-cache.ts";
export { requireSafeKeyName } from "./key-name.ts";
export { isSecretName, KEY_TEXTS, MASK, maskText } from "./masking.ts";
export { formatNamedRevision, type NamedRevision, parseNamedRevision, revisionAt } from "./named-revision.ts";
export { constantTimeEqual, randomBase64, randomBytes } from "./random.ts";
export { Secret } from "./secret.ts";
export * from "./self-signed-certificate.ts";
export { openSignedMessage, SIGNATURE_LENGTH_BYTES, signMessage } from "./signing.ts";
export { decodeUtf8, textLines, trimWhiteSpace } from "./text.ts";
