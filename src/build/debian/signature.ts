// The signature on an archive's `InRelease` (RFC 9580 §7, cleartext signature), checked with the keys of the archive. What
// was not signed is never looked at.
import { readFileSync } from "node:fs";
import { describeError, HabError } from "../../error/index.ts";
import { isPresent } from "../../host/index.ts";
import { buildErrors } from "../errors.ts";

/** Where Debian's own package of keys puts them; newer releases call the same file `.pgp`. */
const KEYRINGS = [
  "/usr/share/keyrings/debian-archive-keyring.gpg",
  "/usr/share/keyrings/debian-archive-keyring.pgp",
];

/** A real InRelease has 150 kB. */
export const LARGEST_RELEASE_BYTES = 16 * 1024 * 1024;
const LARGEST_KEYRING_BYTES = 16 * 1024 * 1024;

/** Keys that may sign an archive. */
export interface Keyring {
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * The keyring named, else that of the machine, else Debian's keys as this program brings them: in a studio there is no
 * other. Throws HAB-BLD-090.
 */
export async function findKeyring(named: string | undefined): Promise<Keyring> {
  const path = named || KEYRINGS.find((each) => isPresent(each));
  if (path === undefined) {
    const { DEBIAN_ARCHIVE_KEYS } = await import("./archive-keys.ts");
    return { path: "the keys of this program", bytes: Buffer.from(DEBIAN_ARCHIVE_KEYS, "latin1") };
  }
  try {
    const bytes = readFileSync(path);
    if (bytes.length <= LARGEST_KEYRING_BYTES) return { path, bytes };
  } catch (error) {
    throw new HabError(buildErrors.debianKeysMissing, `${path}: ${describeError(error)}`, { cause: error });
  }
  throw new HabError(buildErrors.debianKeysMissing, `${path} is too large for a keyring`);
}

/**
 * The signed text of an InRelease. One good signature is enough, as it is for apt: an archive signs with its old and its new
 * key. Good means: by a key of the keyring that is neither expired nor revoked at `now`, with a digest that is not broken
 * (no MD5, no SHA-1). Throws HAB-BLD-090, HAB-BLD-091.
 */
export async function signedText(
  inRelease: string,
  keyring: Keyring,
  what: string,
  now: Date,
): Promise<string> {
  const openpgp = await import("openpgp");
  const keys = await readKeys(openpgp, keyring);
  let message: Awaited<ReturnType<typeof openpgp.readCleartextMessage>>;
  try {
    message = await openpgp.readCleartextMessage({ cleartextMessage: inRelease });
  } catch (error) {
    throw new HabError(buildErrors.debianSignature, `${what} is not signed text: ${describeError(error)}`, {
      cause: error,
    });
  }
  const { signatures } = await openpgp.verify({ message, verificationKeys: keys, date: now });
  const reasons: string[] = [];
  for (const { keyID, verified } of signatures) {
    try {
      await verified;
      // A signature keeps the validity its key had when it was made; an index has to be signed by a key valid today.
      const key = keys.find((each) => each.getKeys(keyID).length > 0);
      if (key === undefined) continue;
      await key.verifyPrimaryKey(now);
      await key.getSigningKey(keyID, now);
      return message.getText();
    } catch (error) {
      reasons.push(`${keyID.toHex()}: ${describeError(error)}`);
    }
  }
  const why = reasons.length === 0 ? "there is no signature" : reasons.join("; ");
  throw new HabError(
    buildErrors.debianSignature,
    `${what} has no good signature by a key of ${keyring.path} (${why})`,
  );
}

async function readKeys(openpgp: typeof import("openpgp"), keyring: Keyring) {
  try {
    return keyring.bytes.includes("-----BEGIN PGP PUBLIC KEY BLOCK-----")
      ? await readArmoredBlocks(openpgp, keyring.bytes.toString("latin1"))
      : await openpgp.readKeys({ binaryKeys: keyring.bytes });
  } catch (error) {
    throw new HabError(
      buildErrors.debianKeysMissing,
      `${keyring.path} cannot be read as a keyring: ${describeError(error)}`,
      { cause: error },
    );
  }
}

/** A file may hold several blocks of armour one after the other. */
async function readArmoredBlocks(openpgp: typeof import("openpgp"), text: string) {
  const blocks =
    text.match(/-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]*?-----END PGP PUBLIC KEY BLOCK-----/g) ?? [];
  const read = await Promise.all(blocks.map((armoredKeys) => openpgp.readKeys({ armoredKeys })));
  return read.flat();
}
