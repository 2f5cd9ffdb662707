// Secrets at rest: secret keys of origins are kept sealed with the depot's own key, a file of the data directory, so a
// copy of the database alone gives none of them away (reference/depot-api.md §12).
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
import { writeFileWhole } from "../host/index.ts";

type BuilderKey = SecretKey<"builder-secret">;

export interface DepotSecrets {
  seal(text: Secret<string>): Promise<string>;
  /** Throws HabError when the key that sealed it is not here. */
  open(sealed: string): Promise<string>;
  /** The same for what is no text. */
  openBytes(sealed: string): Promise<Uint8Array>;
}

const KEY_FILE = /^bldr-[0-9]{14}\.box\.key$/;

/** Reads the keys in `directory`, making the first one at `now`. The newest seals, the one named in a text opens it. */
export function openSecrets(directory: string, now: number): DepotSecrets {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const names = readdirSync(directory)
    .filter((name) => KEY_FILE.test(name))
    .sort();
  const keys = names.map((name) => parseKey("builder-secret", readFileSync(join(directory, name), "utf8")));
  const newest = keys.at(-1) ?? newKey(directory, now);
  if (keys.length === 0) keys.push(newest);
  const openBytes = async (sealed: string): Promise<Uint8Array> => {
    const named = formatNamedRevision(parseSignedBox(sealed).recipient);
    const key = keys.find((each) => formatNamedRevision(each.id) === named) ?? newest;
    return await decryptAtRest(key, sealed);
  };
  return {
    seal: (text) => encryptAtRest(newest, new TextEncoder().encode(text.reveal())),
    open: async (sealed) => new TextDecoder().decode(await openBytes(sealed)),
    openBytes,
  };
}

function newKey(directory: string, now: number): BuilderKey {
  const key = generateBuilderKey(new Date(now));
  const path = join(directory, `${formatNamedRevision(key.id)}.box.key`);
  writeFileWhole(path, formatKey(key).reveal(), { mode: 0o400 });
  return key;
}
