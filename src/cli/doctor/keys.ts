// `hab doctor`, keys: the files of the key cache are keys, safe from others, and fit together (reference/packages.md §6).
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import {
  type CachedKeyFile,
  decodeUtf8,
  digestsEqual,
  formatNamedRevision,
  KeyCache,
  type KeyKind,
  keyExtension,
  parseKey,
  Secret,
} from "../../crypto/index.ts";
import { describeError } from "../../error/index.ts";
import { type Check, checksOf, type DoctorContext, formatMode, variable } from "./check.ts";

const { ok, warning, failure } = checksOf("keys");

const KINDS: readonly KeyKind[] = [
  "origin-public",
  "origin-encryption-public",
  "service-public",
  "user-public",
  "origin-secret",
  "origin-encryption-secret",
  "service-secret",
  "user-secret",
  "ring",
  "builder-secret",
];
const SECRET_MODE = 0o400;
const PUBLIC_MODE = 0o444;
/** The second half of a secret signing key is its public key (RFC 8032, as libsodium stores it). */
const PUBLIC_OFFSET_BYTES = 32;

/** The cache, what is wrong with its files, each origin's newest signing pair, and HAB_ORIGIN. */
export function checkKeys(context: DoctorContext): Check[] {
  const cache = new KeyCache(context.keyCache);
  const origin = variable(context, "HAB_ORIGIN");
  let files: CachedKeyFile[];
  try {
    files = cache.list();
  } catch (error) {
    return [failure("key cache", describeError(error), `Let this user read ${cache.directory}.`)];
  }
  const checks: Check[] = [
    existsSync(cache.directory)
      ? ok("key cache", `${cache.directory}, ${files.length} keys`)
      : warning(
          "key cache",
          `${cache.directory} does not exist`,
          "Make or import a key: `hab origin key generate ORIGIN`; installing packages makes it as well.",
        ),
    ...files.flatMap((file) => checkFile(file, context.uid)),
  ];
  const signers = new Set(files.filter(({ extension }) => extension === "sig.key").map(({ id }) => id.name));
  for (const name of signers) checks.push(checkPair(cache, name));
  if (origin !== undefined && !signers.has(origin))
    checks.push(
      failure(
        `origin ${origin}`,
        "HAB_ORIGIN has no secret signing key",
        `hab origin key generate ${origin}, or import the one you have.`,
      ),
    );
  return checks;
}

function checkFile(file: CachedKeyFile, uid: number): Check[] {
  const name = basename(file.path);
  const isSecret = file.extension !== "pub";
  const checks: Check[] = [];
  try {
    const status = statSync(file.path);
    const mode = status.mode & 0o777;
    const wanted = isSecret ? SECRET_MODE : PUBLIC_MODE;
    const next = `chmod ${formatMode(wanted)} ${file.path}`;
    // What others may do: read a secret, or replace any key.
    if ((mode & (isSecret ? 0o077 : 0o022)) !== 0)
      checks.push(failure(name, `open to others (mode ${formatMode(mode)})`, next));
    else if (mode !== wanted)
      checks.push(warning(name, `mode is ${formatMode(mode)}, not ${formatMode(wanted)}`, next));
    if (status.uid !== uid && status.uid !== 0)
      checks.push(failure(name, `belongs to user ${status.uid}`, `chown ${uid} ${file.path}`));
    const problem = problemInside(file);
    if (problem !== undefined)
      checks.push(failure(name, problem, `Remove ${file.path} and import or download the key again.`));
  } catch (error) {
    checks.push(failure(name, `cannot be read: ${describeError(error)}`, `Let this user read ${file.path}.`));
  }
  return checks;
}

function problemInside(file: CachedKeyFile): string | undefined {
  const text = decodeUtf8(readFileSync(file.path));
  if (text === undefined) return "not a text file";
  for (const kind of KINDS) {
    if (keyExtension(kind) !== file.extension) continue;
    try {
      const key = parseKey(kind, text);
      const inside = formatNamedRevision(key.id);
      return inside === formatNamedRevision(file.id) ? undefined : `holds the key ${inside}`;
    } catch {
      // Not of this kind: several kinds share an extension.
    }
  }
  // What is inside stays unsaid: it may be a secret.
  return "is not a key of the kind its name says";
}

function checkPair(cache: KeyCache, origin: string): Check {
  const name = `origin ${origin}`;
  const id = cache.revisions("origin-secret", origin).at(-1);
  if (id === undefined) return failure(name, "its secret key is gone", "Run hab doctor again.");
  const pair = formatNamedRevision(id);
  try {
    if (!cache.has("origin-public", id))
      return failure(name, `${pair} has no public key here`, `hab origin key download ${origin}`);
    const secret = cache.get("origin-secret", id).bytes;
    const half = (secret instanceof Secret ? secret.reveal() : secret).subarray(PUBLIC_OFFSET_BYTES);
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
    if (!digestsEqual(hex(half), hex(cache.get("origin-public", id).bytes)))
      return failure(
        name,
        `the public and the secret key of ${pair} are no pair`,
        "Import both again from where they were made, or generate a new pair.",
      );
    return ok(name, `${pair} signs`);
  } catch {
    return failure(name, `${pair} cannot be used`, "Mend what is said of its files above.");
  }
}
