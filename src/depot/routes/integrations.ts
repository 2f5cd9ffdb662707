// Accounts an origin has with container registries, and trying credentials out (reference/depot-api.md §12, §13).
import { z } from "zod";
import { Secret } from "../../crypto/index.ts";
import { integrationAnswer, integrationNamesAnswer, integrationsAnswer } from "../answer-schemas.ts";
import { empty, json, NO_CACHE, text } from "../answers.ts";
import { textBody } from "../bodies.ts";
import { MAX_INTEGRATIONS_PER_ORIGIN, REGISTRY_ANSWER_MS } from "../limits.ts";
import { integrationName, originName } from "../names.ts";
import { type Route, route } from "../route.ts";
import { recordAudit } from "../store/audit.ts";
import { deleteIntegration, integrationBody, integrationsOf, putIntegration } from "../store/integrations.ts";

const nothing = z.object({});
const ofOrigin = z.object({ origin: originName });
const ofKind = z.object({ origin: originName, integration: integrationName });
const ofIntegration = z.object({ origin: originName, integration: integrationName, name: integrationName });
const content = z.record(z.string(), z.unknown());

function parseContent(body: string): Record<string, unknown> | undefined {
  try {
    return content.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

export const integrationRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/origins/:origin/integrations",
    summary: "Names of integrations by their kind",
    access: { role: "readonly_member" },
    answers: { 200: integrationsAnswer },
    params: ofOrigin,
    query: nothing,
    async handle({ depot, params }) {
      const names = new Map<string, string[]>();
      for (const { integration, name } of await integrationsOf(depot.database.db, params.origin))
        names.set(integration, [...(names.get(integration) ?? []), name]);
      return json(200, Object.fromEntries(names), NO_CACHE);
    },
  }),
  route({
    method: "GET",
    path: "/depot/origins/:origin/integrations/:integration/names",
    summary: "Names of integrations of a kind",
    access: { role: "readonly_member" },
    answers: { 200: integrationNamesAnswer },
    params: ofKind,
    query: nothing,
    async handle({ depot, params }) {
      const found = await integrationsOf(depot.database.db, params.origin);
      const names = found.filter((each) => each.integration === params.integration);
      return json(200, { names: names.map(({ name }) => name) }, NO_CACHE);
    },
  }),
  route({
    method: "GET",
    path: "/depot/origins/:origin/integrations/:integration/:name",
    summary: "One integration, without its password",
    access: { role: "readonly_member" },
    verb: "manage",
    answers: { 200: integrationAnswer, 404: "empty" },
    params: ofIntegration,
    query: nothing,
    async handle({ depot, params }) {
      const sealed = await integrationBody(depot.database.db, params);
      if (sealed === undefined) return empty(404);
      const { password: _, ...body } = parseContent(await depot.secrets.open(sealed)) ?? {};
      const { origin, integration, name } = params;
      return json(200, { origin, integration, name, body }, NO_CACHE);
    },
  }),
  route({
    method: "PUT",
    path: "/depot/origins/:origin/integrations/:integration/:name",
    summary: "Add an integration, or replace it",
    access: { role: "maintainer" },
    verb: "manage",
    rawBody: "text",
    answers: { 201: "empty", 400: "text", 422: "text" },
    params: ofIntegration,
    query: nothing,
    async handle(call) {
      // Any Content-Type, as there; that the body is a JSON object the original finds out by a panic.
      const body = parseContent((await textBody(call.request)) ?? "");
      if (body === undefined) return text(400, "The body is not a JSON object");
      const sealed = await call.depot.secrets.seal(new Secret(JSON.stringify(body)));
      const actor = call.actor();
      const { origin, integration, name } = call.params;
      return await call.depot.database.write(async (writing) => {
        const others = (await integrationsOf(writing.db, origin)).filter(
          (each) => each.integration !== integration || each.name !== name,
        );
        if (others.length >= MAX_INTEGRATIONS_PER_ORIGIN)
          return text(422, `An origin has at most ${MAX_INTEGRATIONS_PER_ORIGIN} integrations`);
        await putIntegration(writing, actor.accountId, call.params, sealed);
        await recordAudit(writing, actor, {
          operation: "integration-change",
          subject: `${integration}/${name}`,
          origin,
        });
        return empty(201);
      });
    },
  }),
  route({
    method: "DELETE",
    path: "/depot/origins/:origin/integrations/:integration/:name",
    summary: "Delete an integration",
    access: { role: "maintainer" },
    verb: "manage",
    answers: { 204: "empty" },
    params: ofIntegration,
    query: nothing,
    async handle(call) {
      const { origin, integration, name } = call.params;
      await call.depot.database.write(async (writing) => {
        if (!(await deleteIntegration(writing, call.params))) return;
        await recordAudit(writing, call.actor(), {
          operation: "integration-delete",
          subject: `${integration}/${name}`,
          origin,
        });
      });
      return empty(204);
    },
  }),
  route({
    method: "POST",
    path: "/ext/integrations/:type/credentials/validate",
    summary: "Try out credentials of a container registry",
    access: "session",
    body: z.object({
      username: z.string().optional(),
      password: z.string().optional(),
      url: z.string().nullish(),
    }),
    answers: { 200: "empty", 400: "text", 403: "empty" },
    params: z.object({ type: integrationName }),
    query: nothing,
    async handle(call) {
      const { username, password, url } = await call.json();
      if (username === undefined || password === undefined)
        return text(400, "username and password are needed");
      const known = call.depot.registries;
      const address = url ?? known.get(call.params.type);
      // The original asks any address it is given, also inside its own network.
      if (address === undefined || ![...known.values()].includes(address.replace(/\/$/, "")))
        return text(400, "This depot does not ask that registry");
      try {
        const answer = await fetch(`${address.replace(/\/$/, "")}/users/login`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ username, password }),
          redirect: "manual",
          signal: AbortSignal.timeout(REGISTRY_ANSWER_MS),
        });
        await answer.body?.cancel();
        return empty(answer.status === 200 ? 200 : 400);
      } catch {
        return empty(403);
      }
    },
  }),
];
