// Failures of keys, signatures and encrypted texts. Messages keep the words the original prints after `Crypto error: `.
import { errorKinds } from "../error/index.ts";

export const cryptoErrors = errorKinds({
  unsupportedKeyVersion: {
    code: "HAB-KEY-001",
    title: "The first line of a key names another kind of key than the one asked for",
    remedy: "Use a key of the right kind; `head -1` of the key file shows which kind it is.",
  },
  malformedKey: {
    code: "HAB-KEY-002",
    title: "A key file or key text is incomplete or damaged",
    remedy: "Import the key again from where it was exported, or generate a new one.",
  },
  malformedNamedRevision: {
    code: "HAB-KEY-003",
    title: "A key name is not of the form <name>-<14 digits of UTC time>",
    remedy: "Check the second line of the key, for example acme-20261123074255.",
  },
  keyNotFound: {
    code: "HAB-KEY-004",
    title: "A certain revision of a key is not in the key cache",
    remedy: "Import or download the key, or name its directory with --cache-key-path.",
  },
  noRevisions: {
    code: "HAB-KEY-005",
    title: "No key of this name is in the key cache",
    remedy: "Generate, import or download the key, or name its directory with --cache-key-path.",
  },
  keyConflict: {
    code: "HAB-KEY-006",
    title: "The key cache holds another key under the same name and revision",
    remedy: "Compare the two keys; remove the file in the key cache if the new one is right.",
  },
  unsafeKeyName: {
    code: "HAB-KEY-007",
    title: "A key name cannot be used as a file name, or could not be read back",
    remedy: "Use a name without slashes, line breaks and control characters.",
  },
  mismatchedPair: {
    code: "HAB-KEY-008",
    title: "Two halves of a key pair do not belong together",
    remedy: "Import the pair again from where it was exported, or generate a new one.",
  },
  invalidSignature: {
    code: "HAB-KEY-009",
    title: "A signature was not made by this key, or what was signed has been changed",
    remedy: "Fetch the file again from a source you trust and check which key is meant to have signed it.",
  },
  malformedBox: {
    code: "HAB-KEY-010",
    title: "An encrypted text is incomplete or damaged",
    remedy: "Encrypt and send it again.",
  },
  undecryptable: {
    code: "HAB-KEY-011",
    title: "An encrypted text was not made for this key, or has been changed",
    remedy: "Check that sender and receiver use the same revision of the key.",
  },
  malformedDigest: {
    code: "HAB-KEY-012",
    title: "A text is not a BLAKE2b-256 digest of 64 hexadecimal digits",
    remedy: "Compute it with `hab pkg hash` or `b2sum -l 256`.",
  },
  cacheUnusable: {
    code: "HAB-KEY-013",
    title: "The key cache cannot be read or written",
    remedy: "Check that the directory exists, is a directory, and belongs to you; or use --cache-key-path.",
  },
  encryptionUnavailable: {
    code: "HAB-KEY-014",
    title: "The encryption library could not be loaded",
    remedy: "Report this with the output of `hab --version` and `uname -a`.",
  },
});
