// The API's description (OpenAPI 3.1), made from the same route table and schemas that answer requests, so that it cannot
// say something else than they do.
import { z } from "zod";
import type { AnswerBody, Route } from "./route.ts";
import { ROUTES } from "./routes/index.ts";
import { SESSION_COOKIE } from "./sign-in/sessions.ts";

type Json = Readonly<Record<string, unknown>>;

/** Answers any request may get before or around a handler, by status. */
const EVERYWHERE: Readonly<Record<number, string>> = {
  401: "The token is not valid, or one is needed",
  429: "Too many requests from this address",
  500: "The depot failed; its log says how",
  502: "The depot's object store failed",
  503: "The depot has too much to do, or its database is away",
};

const WITH_BODY: Readonly<Record<number, string>> = {
  400: "The body is not what is described here",
  408: "The body took too long",
  413: "The body is too large",
  507: "The depot's disk is full",
};

const MEANINGS: Readonly<Record<number, string>> = {
  200: "Done",
  201: "Created",
  202: "Asked for: it takes effect when it is approved",
  204: "Done",
  206: "A part: there is more",
  303: "Go on at the address in Location",
  304: "What the client has is current",
  403: "The caller may not do this",
  404: "There is nothing here, or nothing the caller may see",
  409: "It exists already, or something is in the way",
  416: "The range is outside the file",
  417: "The name is not allowed",
  422: "The request cannot be done as it is; the text says why",
  424: "The package would depend on itself",
  501: "The depot does not take this target",
};

/** The document, to be served and printed as JSON. */
export function openApiDocument(): Json {
  const paths: Record<string, Record<string, Json>> = {
    "/status": {
      get: {
        operationId: "getStatus",
        summary: "Whether the depot answers",
        security: [{}, { token: [] }, { session: [] }],
        responses: {
          200: { description: "It does" },
          401: { description: "The token is not valid" },
          429: { description: "Too many requests from this address" },
        },
      },
    },
  };
  for (const route of ROUTES) {
    const path = route.path.replace(/:([a-z_]+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Depot",
      // Of the API, as in its paths: what the original calls v1, with additions.
      version: "1.1.0",
      description:
        "The API of a depot: packages, channels, origins and accounts. Texts have no Content-Type. Unknown paths and " +
        "methods answer 404. Lists answer 206 while there is more.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/v1" }],
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "A personal access token" },
        session: {
          type: "apiKey",
          in: "cookie",
          name: SESSION_COOKIE,
          description:
            "The session of a browser that has signed in (under https the cookie's name begins with __Host-). What changes " +
            "something needs the header X-Hab-Request: 1 and the Origin of the depot's own pages.",
        },
      },
    },
    paths,
  };
}

function operation(route: Route): Json {
  const { access } = route;
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(typeof access === "object" && {
      description: `Needs the role ${access.role} in the origin, or one above it.`,
    }),
    // An empty requirement: a token may be sent, and decides what is seen.
    security: [...(access === "anyone" ? [{}] : []), { token: [] }, { session: [] }],
    parameters: [...parameters(route.params, "path"), ...parameters(route.query, "query")],
    ...requestBody(route),
    responses: responses(route),
  };
}

/** `GET /depot/origins/:origin/keys` → `getDepotOriginsByOriginKeys`. */
function operationId({ method, path }: Route): string {
  const words = path
    .split("/")
    .filter((part) => part !== "")
    .flatMap((part) => (part.startsWith(":") ? ["by", part.slice(1)] : part.split(/[_-]/)))
    .filter((word) => word !== "");
  return method.toLowerCase() + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join("");
}

function parameters(schema: z.ZodType, place: "path" | "query"): Json[] {
  const { properties = {}, required = [] } = jsonSchema(schema, "input") as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: property,
  }));
}

function requestBody({ body, optionalBody, rawBody }: Route): Json {
  const json = body ?? optionalBody;
  if (json !== undefined) {
    const content = { "application/json": { schema: jsonSchema(json, "input") } };
    return { requestBody: { required: body !== undefined, content } };
  }
  if (rawBody === undefined) return {};
  const type = rawBody === "hart" ? "application/octet-stream" : "text/plain";
  return { requestBody: { required: true, content: { [type]: {} } } };
}

function responses(route: Route): Json {
  const hasBody = [route.body, route.optionalBody, route.rawBody].some((body) => body !== undefined);
  const implied = new Map([
    ...Object.entries(EVERYWHERE),
    ...(hasBody ? Object.entries(WITH_BODY) : []),
    ["400", "A value of the query or the body is missing or cannot be read"],
    [String(route.badParams?.status ?? 404), "A part of the path cannot be a name"],
  ]);
  if (route.method !== "GET") {
    implied.set("409", "Somebody else created the same at this moment");
    implied.set("507", "The depot's disk is full");
  }
  if (route.access !== "anyone")
    implied.set("403", "The caller, or the scope of the token, does not reach this");
  const all: Record<string, Json> = {};
  for (const [status, description] of implied)
    all[status] = response("text", MEANINGS[Number(status)] ?? description);
  for (const [status, body] of Object.entries(route.answers)) {
    const isAlsoText = body === "empty" && implied.has(status);
    all[status] = response(isAlsoText ? "text" : body, MEANINGS[Number(status)] ?? "");
  }
  return all;
}

function response(body: AnswerBody, description: string): Json {
  if (body === "empty") return { description };
  if (body === "text") return { description, content: { "text/plain": { schema: { type: "string" } } } };
  if (body === "hart") return { description, content: { "application/octet-stream": {} } };
  if (body === "events")
    return { description, content: { "text/event-stream": { schema: { type: "string" } } } };
  return { description, content: { "application/json": { schema: jsonSchema(body, "output") } } };
}

function jsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}
