// `hab origin key upload` (reference/cli.md §10.6). Keys come from the key cache, or from files.
import { readFileSync } from "node:fs";
import {
  cryptoErrors,
  decodeUtf8,
  formatKey,
  formatNamedRevision,
  KeyCache,
  type KeyKind,
  type KeyOf,
  type PublicKey,
  parseKey,
  Secret,
  type SecretKey,
} from "../../../crypto/index.ts";
import { describeError, HabError } from "../../../error/index.ts";
import { defineCommand, flag, option, optionalArgument } from "../../command.ts";
import { authOption } from "../../secret-option.ts";
import { cacheKeyPathOption, urlOption } from "../../shared-options.ts";
import { originName } from "../../values.ts";

export const command = defineCommand({
  summary: "Upload keys of an origin to the depot",
  description:
    "Machines that install packages of the origin get its public key from the depot. The secret key is only needed there " +
    "if the depot is to build for you.",
  examples: [
    { command: "hab origin key upload acme", explains: "the latest public key of the key cache" },
    { command: "hab origin key upload --secret acme", explains: "and the secret key that belongs to it" },
    { command: "hab origin key upload --pubfile acme.pub", explains: "a public key from a file" },
  ],
  args: {
    origin: optionalArgument({
      value: "ORIGIN",
      help: "Origin whose latest key to upload",
      type: originName,
    }),
  },
  options: {
    pubfile: option({
      long: "pubfile",
      value: "PUBLIC_FILE",
      completes: "file",
      help: "File of the public key",
    }),
    secfile: option({
      long: "secfile",
      value: "SECRET_FILE",
      completes: "file",
      help: "File of the secret key, beside --pubfile",
      conflictsWith: ["origin"],
    }),
    secret: flag({
      short: "s",
      long: "secret",
      help: "Upload the secret key of the same revision too",
      conflictsWith: ["pubfile"],
    }),
    cacheKeyPath: cacheKeyPathOption(),
    url: urlOption(),
    auth: authOption(),
  },
  exactlyOne: [["origin", "pubfile"]],
  json: true,
  hasVersion: false,
  async run({ args, options, configuration, signal, ui, json, printJson }) {
    const url = await configuration.bldrUrl(options.url);
    const token = await configuration.requiredAuthToken(options.auth);
    const pair =
      args.origin === undefined
        ? keysOfFiles(options.pubfile ?? "", options.secfile, (message) => ui.begin(message))
        : keysOfCache(new KeyCache(options.cacheKeyPath), args.origin, options.secret, (message) =>
            ui.begin(message),
          );
    const { publicKey, secretKey } = pair;
    const name = formatNamedRevision(publicKey.id);
    const { createDepotClient } = await import("../../../depot-client/index.ts");
    const client = createDepotClient({ url, token });

    ui.status("Uploading", `public origin key ${name}`);
    const publicIsNew = await client.uploadPublicKey(publicKey.id, formatKey(publicKey), signal);
    if (publicIsNew) ui.status("Uploaded", `public origin key ${name}`);
    else ui.status("Using", `public key revision ${name} which already exists in the depot`);
    let secretIsNew: boolean | undefined;
    if (secretKey !== undefined) {
      ui.status("Uploading", `secret origin key ${name}`);
      secretIsNew = await client.uploadSecretKey(secretKey.id, formatKey(secretKey), signal);
      if (secretIsNew) ui.status("Uploaded", `secret origin key ${name}`);
      else ui.status("Using", `secret key revision ${name} which already exists in the depot`);
    }
    ui.end(`Upload of origin key ${name} complete.`);
    if (json)
      printJson({
        ...publicKey.id,
        public: { uploaded: publicIsNew },
        ...(secretIsNew !== undefined && { secret: { uploaded: secretIsNew } }),
      });
  },
});

interface KeysToUpload {
  readonly publicKey: PublicKey<"origin-public">;
  readonly secretKey?: SecretKey<"origin-secret">;
}

function keysOfCache(
  cache: KeyCache,
  origin: string,
  withSecret: boolean,
  begin: (message: string) => void,
): KeysToUpload {
  begin(`Uploading latest public origin key ${origin}`);
  const publicKey = cache.latest("origin-public", origin);
  return withSecret ? { publicKey, secretKey: cache.get("origin-secret", publicKey.id) } : { publicKey };
}

function keysOfFiles(
  pubfile: string,
  secfile: string | undefined,
  begin: (message: string) => void,
): KeysToUpload {
  begin(`Uploading public origin key ${pubfile}`);
  const publicKey = keyOfFile("origin-public", pubfile);
  if (secfile === undefined) return { publicKey };
  const secretKey = keyOfFile("origin-secret", secfile);
  const [publicName, secretName] = [publicKey.id, secretKey.id].map(formatNamedRevision);
  if (publicName !== secretName)
    throw new HabError(
      cryptoErrors.mismatchedPair,
      `${pubfile} holds the key ${publicName}, ${secfile} the key ${secretName}`,
    );
  return { publicKey, secretKey };
}

function keyOfFile<Kind extends KeyKind>(kind: Kind, path: string): KeyOf<Kind> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new HabError(
      cryptoErrors.keyNotFound,
      `Cannot read the key file ${path}: ${describeError(cause)}`,
      {
        cause,
        next: "Check the path of the file.",
      },
    );
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new HabError(cryptoErrors.malformedKey, `Not a text file: ${path}`);
  return parseKey(kind, new Secret(text));
}
