// The encryption key of an origin and the secrets stored with it (reference/depot-api.md §12).
import { z } from "zod";
import {
  decryptAnonymous,
  formatKey,
  generateBoxKeyPair,
  parseAnonymousBox,
  parseKey,
  Secret,
} from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { secretAnswer } from "../answer-schemas.ts";
import { empty, json, NO_CACHE, text } from "../answers.ts";
import { MAX_NAME_LENGTH, MAX_SECRETS_PER_ORIGIN } from "../limits.ts";
import { originName } from "../names.ts";
import { type Call, type Depot, type Route, route } from "../route.ts";
import { recordAudit } from "../store/audit.ts";
import { insertKey, latestKey, type OriginKey } from "../store/origin-keys.ts";
import { countSecrets, deleteSecret, insertSecret, secretsOf } from "../store/origin-secrets.ts";
import { keyFile, keyFileAnswers } from "./keys.ts";

const nothing = z.object({});
const ofOrigin = z.object({ origin: originName });

/** The newest public encryption key; the first who asks has a pair made. */
async function encryptionKey(
  call: Call<z.infer<typeof ofOrigin>, unknown>,
): Promise<{ revision: string; body: string }> {
  const { depot } = call;
  const { origin } = call.params;
  const known = await latestKey(depot.database.db, origin, "encryption-public");
  if (known !== undefined) return known;
  const pair = generateBoxKeyPair("origin-encryption", origin, new Date(depot.now()));
  const { revision } = pair.publicKey.id;
  const body = formatKey(pair.publicKey);
  const sealed = await depot.secrets.seal(formatKey(pair.secretKey));
  const actor = call.actor();
  return await depot.database.write(async (writing) => {
    // Two may ask for the first time together; then the one who wrote first decides.
    const other = await latestKey(writing.db, origin, "encryption-public");
    if (other !== undefined) return other;
    await insertKey(writing, actor.accountId, { origin, kind: "encryption-public", revision, body });
    await insertKey(writing, actor.accountId, { origin, kind: "encryption-secret", revision, body: sealed });
    await recordAudit(writing, actor, {
      operation: "key-generate",
      subject: `${origin}-${revision}`,
      origin,
      details: { kind: "encryption" },
    });
    return { revision, body };
  });
}

/** What is wrong with the value of a secret: it must be a text that the origin's encryption key opens. */
async function secretFault(depot: Depot, origin: string, value: string): Promise<string | undefined> {
  try {
    const { recipient } = parseAnonymousBox(value);
    const key: OriginKey | undefined = await depot.database.db
      .selectFrom("origin_keys")
      .selectAll()
      .where("origin", "=", origin)
      .where("kind", "=", "encryption-secret")
      .where("revision", "=", recipient.revision)
      .executeTakeFirst();
    if (key === undefined || recipient.name !== origin)
      return `The value is not encrypted with an encryption key of the origin ${origin}`;
    const text = new Secret(await depot.secrets.open(key.body));
    await decryptAnonymous(parseKey("origin-encryption-secret", text), value);
    return undefined;
  } catch (error) {
    if (error instanceof HabError) return `Invalid value: ${error.message}`;
    throw error;
  }
}

export const originSecretRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/origins/:origin/encryption_key",
    summary: "The newest public encryption key; made when there is none",
    access: { role: "readonly_member" },
    answers: keyFileAnswers,
    params: ofOrigin,
    query: nothing,
    async handle(call) {
      const { revision, body } = await encryptionKey(call);
      return keyFile(body, `${call.params.origin}-${revision}.pub`);
    },
  }),
  route({
    method: "GET",
    path: "/depot/origins/:origin/secret",
    summary: "Secrets of an origin, encrypted",
    access: { role: "administrator" },
    verb: "manage",
    answers: { 200: z.array(secretAnswer) },
    params: ofOrigin,
    query: nothing,
    async handle({ depot, params }) {
      const rows = await secretsOf(depot.database.db, params.origin);
      return json(
        200,
        // Compat: the number of the origin, which has none.
        rows.map(({ id, name, value }) => ({ id, origin_id: "0", name, value })),
        NO_CACHE,
      );
    },
  }),
  route({
    method: "POST",
    path: "/depot/origins/:origin/secret",
    summary: "Store a secret, encrypted with the origin's encryption key",
    access: { role: "administrator" },
    verb: "manage",
    body: z.object({ name: z.string().max(MAX_NAME_LENGTH), value: z.string() }),
    answers: { 201: "empty", 422: "text" },
    params: ofOrigin,
    query: nothing,
    async handle(call) {
      const { origin } = call.params;
      const { name, value } = await call.json();
      if (name === "") return text(422, "Missing value for field `name`");
      if (value === "") return text(422, "Missing value for field `value`");
      const fault = await secretFault(call.depot, origin, value);
      if (fault !== undefined) return text(422, fault);
      const actor = call.actor();
      return await call.depot.database.write(async (writing) => {
        if ((await countSecrets(writing.db, origin)) >= MAX_SECRETS_PER_ORIGIN)
          return text(422, `An origin has at most ${MAX_SECRETS_PER_ORIGIN} secrets`);
        await insertSecret(writing, actor.accountId, { origin, name, value });
        await recordAudit(writing, actor, { operation: "secret-create", subject: name, origin });
        return empty(201);
      });
    },
  }),
  route({
    method: "DELETE",
    path: "/depot/origins/:origin/secret/:name",
    summary: "Delete a secret",
    access: { role: "administrator" },
    verb: "manage",
    answers: { 200: "empty" },
    params: z.object({ origin: originName, name: z.string().max(MAX_NAME_LENGTH) }),
    query: nothing,
    async handle(call) {
      const { origin, name } = call.params;
      await call.depot.database.write(async (writing) => {
        if (!(await deleteSecret(writing, origin, name))) return;
        await recordAudit(writing, call.actor(), { operation: "secret-delete", subject: name, origin });
      });
      return empty(200);
    },
  }),
];
