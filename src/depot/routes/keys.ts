// Signing keys of origins (reference/depot-api.md §12).
import { z } from "zod";
import { formatKey, generateOriginKeyPair, type KeyKind, parseKey, Secret } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { keyAnswer } from "../answer-schemas.ts";
import { empty, json, NO_CACHE, Refusal, text } from "../answers.ts";
import { textBody } from "../bodies.ts";
import { keyRevision, originName } from "../names.ts";
import { roleIn, roleReaches } from "../roles.ts";
import { type Route, route } from "../route.ts";
import { recordAudit } from "../store/audit.ts";
import { findKey, insertKey, keyRevisions, latestKey } from "../store/origin-keys.ts";

const nothing = z.object({});
const origin = z.object({ origin: originName });
/** Compat: revisions of uploads are compared with the key, not parsed: odd ones get their answer from the body. */
const originAndText = z.object({ origin: originName, revision: z.string().max(255) });

/** Answers of routes that give a key file. */
export const keyFileAnswers = { 200: "text", 404: "empty" } as const;

/** A key file as an answer, with the name it is stored under. */
export function keyFile(body: string, file: string): Response {
  return text(200, body, {
    "X-Filename": file,
    "Content-Disposition": `attachment; filename*=ISO-8859-1''${file}`,
    "Cache-Control": NO_CACHE,
  });
}

/** A key of this kind for this origin, as text without a final newline, with its revision; else refuses with 422. */
function parseOriginKey(
  kind: Extract<KeyKind, "origin-public" | "origin-secret">,
  origin: string,
  body: string,
  refusal: string,
): { revision: string; text: string } {
  try {
    const key = parseKey(kind, new Secret(body));
    // The original takes a key of any name. Here a key counts for its own origin only.
    if (key.id.name !== origin) throw new Refusal(422, refusal);
    const formatted = formatKey(key);
    return {
      revision: key.id.revision,
      text: formatted instanceof Secret ? formatted.reveal() : formatted,
    };
  } catch (error) {
    if (error instanceof HabError) throw new Refusal(422, refusal);
    throw error;
  }
}

/** Now, or the second after a revision that is not before now: revisions count seconds, and the newest must be the last. */
function laterThan(revision: string | undefined, now: number): Date {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(revision ?? "");
  if (parts === null) return new Date(now);
  const [, year, month, day, hour, minute, second] = parts.map(Number) as [number, ...number[]] & number[];
  const last = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  return new Date(Math.max(now, last + 1000));
}

export const keyRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/origins/:origin/keys",
    summary: "Public signing keys, newest first",
    access: "anyone",
    answers: { 200: z.array(keyAnswer) },
    params: origin,
    query: nothing,
    async handle({ depot, params }) {
      const revisions = await keyRevisions(depot.database.db, params.origin, "signing-public");
      return json(
        200,
        revisions.map((revision) => ({
          origin: params.origin,
          revision,
          location: `/origins/${params.origin}/keys/${revision}`,
        })),
        NO_CACHE,
      );
    },
  }),
  route({
    method: "POST",
    path: "/depot/origins/:origin/keys",
    summary: "Have a signing pair made; the secret key stays in the depot",
    access: { role: "administrator" },
    verb: "manage",
    answers: { 201: "empty" },
    params: origin,
    query: nothing,
    async handle(call) {
      const { depot, params } = call;
      const actor = call.actor();
      const last = await latestKey(depot.database.db, params.origin, "signing-public");
      const pair = generateOriginKeyPair(params.origin, laterThan(last?.revision, depot.now()));
      const { revision } = pair.publicKey.id;
      const sealed = await depot.secrets.seal(formatKey(pair.secretKey));
      const body = formatKey(pair.publicKey);
      await depot.database.write(async (writing) => {
        const { origin } = params;
        if ((await findKey(writing.db, origin, "signing-public", revision)) !== undefined)
          throw new Refusal(409);
        await insertKey(writing, actor.accountId, { origin, kind: "signing-public", revision, body });
        await insertKey(writing, actor.accountId, { origin, kind: "signing-secret", revision, body: sealed });
        await recordAudit(writing, actor, {
          operation: "key-generate",
          subject: `${origin}-${revision}`,
          origin,
          details: { kind: "signing" },
        });
      });
      return empty(201);
    },
  }),
  route({
    method: "GET",
    path: "/depot/origins/:origin/keys/latest",
    summary: "The newest public signing key",
    access: "anyone",
    answers: keyFileAnswers,
    params: origin,
    query: nothing,
    async handle({ depot, params }) {
      const key = await latestKey(depot.database.db, params.origin, "signing-public");
      return key === undefined ? empty(404) : keyFile(key.body, `${params.origin}-${key.revision}.pub`);
    },
  }),
  route({
    method: "GET",
    path: "/depot/origins/:origin/keys/:revision",
    summary: "One public signing key",
    access: "anyone",
    answers: keyFileAnswers,
    params: z.object({ origin: originName, revision: keyRevision }),
    query: nothing,
    async handle({ depot, params }) {
      const key = await findKey(depot.database.db, params.origin, "signing-public", params.revision);
      return key === undefined ? empty(404) : keyFile(key.body, `${params.origin}-${key.revision}.pub`);
    },
  }),
  route({
    method: "POST",
    path: "/depot/origins/:origin/keys/:revision",
    summary: "Upload a public signing key",
    access: { role: "member" },
    verb: "upload",
    answers: { 201: "text", 403: "text", 409: "empty", 422: "text" },
    params: originAndText,
    rawBody: "text",
    query: nothing,
    async handle(call) {
      const { depot, params, request } = call;
      const { db } = depot.database;
      const actor = call.actor();
      if ((await findKey(db, params.origin, "signing-public", params.revision)) !== undefined)
        return empty(409);
      if (!roleReaches(await roleIn(db, params.origin, call.account), "administrator")) {
        return text(
          403,
          `You do not have permissions to upload a new origin signing public key: ${params.origin}-${params.revision}`,
        );
      }
      const refusal = "Invalid origin public key";
      const key = parseOriginKey("origin-public", params.origin, (await textBody(request)) ?? "", refusal);
      if (key.revision !== params.revision) throw new Refusal(422, refusal);
      const added = await depot.database.write(async (writing) => {
        const { origin } = params;
        if ((await findKey(writing.db, origin, "signing-public", key.revision)) !== undefined) return false;
        await insertKey(writing, actor.accountId, {
          origin,
          kind: "signing-public",
          revision: key.revision,
          body: key.text,
        });
        await recordAudit(writing, actor, {
          operation: "key-upload",
          subject: `${origin}-${key.revision}`,
          origin,
          details: { kind: "signing-public" },
        });
        return true;
      });
      return added
        ? text(201, `/origins/${params.origin}/keys/${key.revision}`, {
            Location: new URL(request.url, "http://depot").pathname,
          })
        : empty(409);
    },
  }),
  route({
    method: "GET",
    path: "/depot/origins/:origin/secret_keys/latest",
    summary: "The newest secret signing key",
    access: { role: "member" },
    verb: "manage",
    answers: keyFileAnswers,
    params: origin,
    query: nothing,
    async handle({ depot, params }) {
      const key = await latestKey(depot.database.db, params.origin, "signing-secret");
      if (key === undefined) return empty(404);
      return keyFile(await depot.secrets.open(key.body), `${params.origin}-${key.revision}.sig.key`);
    },
  }),
  route({
    method: "POST",
    path: "/depot/origins/:origin/secret_keys/:revision",
    summary: "Upload a secret signing key",
    access: { role: "administrator" },
    verb: "manage",
    answers: { 201: "empty", 409: "empty", 422: "text" },
    params: originAndText,
    rawBody: "text",
    query: nothing,
    async handle(call) {
      const { depot, params } = call;
      const actor = call.actor();
      const body = await textBody(call.request);
      if (body === undefined) throw new Refusal(422, "Cannot parse origin secret key");
      // Compat: the path's revision does not count, since clients put the key's name there.
      const key = parseOriginKey("origin-secret", params.origin, body, "Invalid origin secret key");
      const sealed = await depot.secrets.seal(new Secret(key.text));
      const added = await depot.database.write(async (writing) => {
        const { origin } = params;
        if ((await findKey(writing.db, origin, "signing-secret", key.revision)) !== undefined) return false;
        await insertKey(writing, actor.accountId, {
          origin,
          kind: "signing-secret",
          revision: key.revision,
          body: sealed,
        });
        await recordAudit(writing, actor, {
          operation: "key-upload",
          subject: `${origin}-${key.revision}`,
          origin,
          details: { kind: "signing-secret" },
        });
        return true;
      });
      return empty(added ? 201 : 409);
    },
  }),
];
