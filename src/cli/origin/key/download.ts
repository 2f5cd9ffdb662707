// `hab origin key download` (reference/cli.md §10.6).
import {
  cryptoErrors,
  formatNamedRevision,
  KeyCache,
  type KeyKind,
  type KeyOf,
  type NamedRevision,
  parseKey,
} from "../../../crypto/index.ts";
import { HabError } from "../../../error/index.ts";
import type { Ui } from "../../../ui/index.ts";
import { argument, defineCommand, flag, optionalArgument } from "../../command.ts";
import { authOption } from "../../secret-option.ts";
import { cacheKeyPathOption, urlOption } from "../../shared-options.ts";
import { originName } from "../../values.ts";

export const command = defineCommand({
  summary: "Download keys of an origin from the depot",
  description:
    "Without a revision, all public signing keys of the origin. Keys that are in the key cache already are left alone.",
  examples: [
    { command: "hab origin key download acme", explains: "all public keys, to check packages of acme" },
    { command: "hab origin key download acme 20261123074255", explains: "that public key" },
    { command: "hab origin key download --secret acme", explains: "the latest secret key, to sign packages" },
  ],
  args: {
    origin: argument({ value: "ORIGIN", help: "Origin whose keys to download", type: originName }),
    revision: optionalArgument({ value: "REVISION", help: "Revision of the key (20261123074255)" }),
  },
  options: {
    secret: flag({
      short: "s",
      long: "secret",
      help: "Download the latest secret key; needs an access token",
    }),
    encryption: flag({
      short: "e",
      long: "encryption",
      help: "Download the latest public encryption key; needs an access token",
    }),
    cacheKeyPath: cacheKeyPathOption(),
    url: urlOption(),
    auth: authOption(),
  },
  json: true,
  hasVersion: false,
  async run({ args, options, configuration, signal, ui, json, printJson }) {
    const { origin, revision } = args;
    const cache = new KeyCache(options.cacheKeyPath);
    cache.setup();
    const url = await configuration.bldrUrl(options.url);
    const token = await configuration.authToken(options.auth);
    if (token === undefined && (options.secret || options.encryption)) {
      // Compat: not a failure (vectors/cli/commands.json).
      ui.end("No auth token found. You must pass a token to download secret keys.");
      if (json) printJson({ keys: [] });
      return;
    }
    const { createDepotClient } = await import("../../../depot-client/index.ts");
    const client = createDepotClient({ url, ...(token !== undefined && { token }) });
    const fetched: FetchedKey[] = [];
    if (options.secret) {
      ui.begin(`Downloading secret origin key for ${origin}`);
      const key = parseKey("origin-secret", await client.latestSecretKey(origin, signal));
      fetched.push(store(cache, key, origin, ui));
    } else if (options.encryption) {
      ui.begin(`Downloading public encryption origin key for ${origin}`);
      const key = parseKey("origin-encryption-public", await client.encryptionKey(origin, signal));
      fetched.push(store(cache, key, origin, ui));
    } else {
      ui.begin(`Downloading public origin keys for ${origin}`);
      const wanted =
        revision === undefined ? await client.originKeys(origin, signal) : [{ name: origin, revision }];
      if (wanted.length === 0) ui.end(`No public keys for ${origin}.`);
      for (const id of wanted) {
        const path = cache.pathOf("origin-public", id);
        if (isReadable(cache, id)) {
          ui.status("Using", formatNamedRevision(id));
          fetched.push({ ...id, path, downloaded: false });
          continue;
        }
        ui.status("Downloading", formatNamedRevision(id));
        const key = parseKey("origin-public", await client.publicKey(id, signal));
        if (key.id.revision !== id.revision) throw wrongKey(key.id, formatNamedRevision(id));
        fetched.push(store(cache, key, origin, ui));
      }
    }
    if (fetched.length > 0) ui.end(`Download of keys of ${origin} completed.`);
    if (json) printJson({ keys: fetched });
  },
});

interface FetchedKey extends NamedRevision {
  readonly path: string;
  readonly downloaded: boolean;
}

/** A key of another origin is not stored, whatever the depot sends: its name decides what it may sign for. */
function store<Kind extends KeyKind>(cache: KeyCache, key: KeyOf<Kind>, origin: string, ui: Ui): FetchedKey {
  if (key.id.name !== origin) throw wrongKey(key.id, origin);
  const path = cache.replace(key);
  ui.status("Cached", formatNamedRevision(key.id));
  return { ...key.id, path, downloaded: true };
}

/** A file that is there but damaged is downloaded again. */
function isReadable(cache: KeyCache, id: NamedRevision): boolean {
  try {
    cache.get("origin-public", id);
    return true;
  } catch (error) {
    if (error instanceof HabError) return false;
    throw error;
  }
}

function wrongKey(id: NamedRevision, wanted: string): HabError {
  return new HabError(
    cryptoErrors.mismatchedPair,
    `The depot sent the key ${formatNamedRevision(id)} where ${wanted} was asked for`,
    { next: "Check the address of the depot; nothing was stored." },
  );
}
