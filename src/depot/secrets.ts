// Secrets at rest: secret keys of origins are kept sealed with the depot's own key, a file of the data directory or what the
// operator gives, so a copy of the database alone gives none of them away (reference/depot-api.md §12). The database knows the key's name.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  decryptAtRest,
  encryptAtRest,
  formatKey,
  formatNamedRevision,
  generateBuilderKey,
  parseKey,
  parseSignedBox,
  type Secret,
  type SecretKey,
} from "../crypto/index.ts";
import { HabError } from "../error/index.ts";
import { writeFileWhole } from "../host/index.ts";
import { depotErrors } from "./errors.ts";
import type { DepotDatabase, Queries } from "./store/database.ts";

type BuilderKey = SecretKey<"builder-secret">;

export interface DepotSecrets {
  seal(text: Secret<string>): Promise<string>;
  /** Throws HabError when the key that sealed it is not here. */
  open(sealed: string): Promise<string>;
  /** The same for what is no text. */
  openBytes(sealed: string): Promise<Uint8Array>;
}

/** Where the key that seals comes from. */
export interface SealingKeyPlace {
  /** Files of keys; one is made here when there is none anywhere. */
  readonly directory: string;
  /** The text of a key that the operator gives; it seals, and nothing is made. Keys in files still open. */
  readonly given?: Secret<string>;
}

/** Compat: the variable in which the original takes its key, with line ends as they are or as `\\n` (§3.3). */
export const SEALING_KEY_VARIABLE = "BLDR_SECRET_KEY";

const KEY_FILE = /^bldr-[0-9]{14}\.box\.key$/;

/** The fact (store/schema.ts) that names the key which seals now. */
const SEALING_KEY = "sealing-key";

/**
 * Reads the keys: the one given seals, else the newest file; the one named in a text opens it. The first process on a new
 * database makes one; all others need it too, so that no two processes seal with keys the other does not have.
 * Throws HabError `sealingKeyMissing`, or `sealingKeyUnreadable` when what is given is no key.
 */
export async function openSecrets(
  database: DepotDatabase,
  place: SealingKeyPlace,
  now: number,
): Promise<DepotSecrets> {
  const { directory } = place;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let keys = keysOf(place);
  const known = await sealingKeyName(database.db);
  if (known === undefined || nameOf(keys.at(-1)) !== known)
    await database.write(async ({ db }) => {
      const registered = await sealingKeyName(db);
      // A process that started at the same time may have made the key since.
      keys = keysOf(place);
      if (registered !== undefined && !keys.some((key) => nameOf(key) === registered))
        throw new HabError(
          depotErrors.sealingKeyMissing,
          `the depot's secrets are sealed with ${registered}.box.key, which is ${place.given === undefined ? "" : `not the key in ${SEALING_KEY_VARIABLE}, and `}not in ${directory}`,
        );
      if (keys.length === 0) keys.push(newKey(directory, now));
      await db
        .insertInto("depot_facts")
        .values({ name: SEALING_KEY, value: nameOf(keys.at(-1)) })
        .onConflict((conflict) =>
          conflict.column("name").doUpdateSet(({ ref }) => ({ value: ref("excluded.value") })),
        )
        .execute();
    });
  const newest = keys.at(-1) as BuilderKey;
  const openBytes = async (sealed: string): Promise<Uint8Array> => {
    const named = formatNamedRevision(parseSignedBox(sealed).recipient);
    const key = keys.find((each) => nameOf(each) === named) ?? newest;
    return await decryptAtRest(key, sealed);
  };
  return {
    seal: (text) => encryptAtRest(newest, new TextEncoder().encode(text.reveal())),
    open: async (sealed) => new TextDecoder().decode(await openBytes(sealed)),
    openBytes,
  };
}

/** All keys; the last one seals. */
function keysOf({ directory, given }: SealingKeyPlace): BuilderKey[] {
  const keys = keysIn(directory);
  if (given === undefined) return keys;
  const key = givenKey(given);
  return [...keys.filter((each) => nameOf(each) !== nameOf(key)), key];
}

function givenKey(text: Secret<string>): BuilderKey {
  try {
    const key = parseKey("builder-secret", text.reveal().trim().replaceAll("\\n", "\n"));
    if (KEY_FILE.test(`${nameOf(key)}.box.key`)) return key;
  } catch (error) {
    // What the parser says may hold the first line, which is the secret itself where somebody gave only that.
    if (!(error instanceof HabError)) throw error;
  }
  throw new HabError(
    depotErrors.sealingKeyUnreadable,
    `${SEALING_KEY_VARIABLE} holds no key of the form BOX-SEC-1 with a name bldr-YYYYMMDDhhmmss`,
  );
}

/** Oldest first. */
function keysIn(directory: string): BuilderKey[] {
  return readdirSync(directory)
    .filter((name) => KEY_FILE.test(name))
    .sort()
    .map((name) => parseKey("builder-secret", readFileSync(join(directory, name), "utf8")));
}

async function sealingKeyName(db: Queries): Promise<string | undefined> {
  const row = await db
    .selectFrom("depot_facts")
    .select("value")
    .where("name", "=", SEALING_KEY)
    .executeTakeFirst();
  return row?.value;
}

function nameOf(key: BuilderKey | undefined): string {
  return key === undefined ? "" : formatNamedRevision(key.id);
}

function newKey(directory: string, now: number): BuilderKey {
  const key = generateBuilderKey(new Date(now));
  writeFileWhole(join(directory, `${nameOf(key)}.box.key`), formatKey(key).reveal(), { mode: 0o400 });
  return key;
}
