// The depot's API, from its own description: requests to every operation with values that fit, nearly fit, or try something,
// as everybody. No answer may be a failure of the depot, be other than described, or tell outsiders what members know.

import { openApiDocument } from "../../../src/depot/openapi.ts";
import { type ApiDocument, describedBy } from "../../depot/described.ts";
import { type FurnishedDepot, startFurnishedDepot } from "../../depot/furnished.ts";
import { Breach, type FuzzTarget } from "../harness.ts";
import type { Random } from "../random.ts";

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly schema: { readonly enum?: readonly string[] };
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** One request, as an input of the harness: JSON, so that a failing one can be read and sent again. */
interface Sent {
  readonly as: string;
  readonly method: string;
  readonly path: string;
  readonly type?: string;
  readonly body?: string;
}

const AS = [
  "anonymous",
  "stranger",
  "readonly_member",
  "member",
  "maintainer",
  "administrator",
  "owner",
  "nonsense",
];

/** Values that mean something here, by the name of the parameter. */
const FITTING: Readonly<Record<string, readonly string[]>> = {
  origin: ["acme", "other", "nosuch"],
  name: ["open", "nosuch"],
  version: ["1.0.0", "1"],
  release: ["20260101000000", "20000101000000"],
  channel: ["stable", "unstable", "base", "copy", "a"],
  user: ["owner", "marker-member", "marker-guest", "stranger"],
  target: ["x86_64-linux", "aarch64-linux", "x86_64-windows"],
  range: ["0", "50", "-1", "49"],
  from_date: ["2020-1-1", "2026-01-01"],
  to_date: ["2100-12-31"],
  integration: ["docker"],
  revision: ["20260102030405", "latest"],
  role: ["member", "maintainer"],
  id: ["1", "9223372036854775807"],
  state: ["1", "2", "open", "expired"],
  at: ["1", "3"],
  with: ["stable", "gated", "empty"],
  with_at: ["1", "2"],
  after: ["0", "3", "1000000"],
  seconds: ["0"],
  event: ["upload", "promotion,request", "decision"],
};

/** What is only asked for: if it were written, everybody might read it. */
const READ: Readonly<Record<string, readonly string[]>> = {
  name: ["open", "closed", "marker-registry"],
  version: ["1.0.0", "9.9.9"],
};

/** Of what the furnished depot has for its members, the words that no request here writes. */
const LEAKED = /closed|9\.9\.9|marker-(?:registry|secret)|"marker\\n"/;

const TRICKS = [
  "",
  " ",
  "..",
  "../..",
  "%2e%2e%2f",
  "%00",
  "%0d%0aX: y",
  "%ff",
  "%",
  "%zz",
  "'",
  "' or 1=1 --",
  '"',
  "<script>",
  "*",
  "%25",
  "_",
  "%5c",
  "[]",
  "{}",
  "null",
  "true",
  "-0",
  "1e309",
  "99999999999999999999999",
  "0x10",
  "NaN",
  "2026-02-30",
  "9999-99-99",
  "0000-0-0",
  "\u{1F4A9}",
  "\u0000",
  "\u202e",
  "\ud800",
  "é",
  "a".repeat(300),
  "constructor",
  "__proto__",
  "toString",
  "schedule",
  "search",
  "latest",
  "_latest",
  "pkgs",
  ";",
  "&",
  "#",
  "?",
  "=",
  "+",
  ",",
  "%2F",
  "/",
];

/** Bodies deeper than this are cut. */
const DEPTH = 3;

const document = openApiDocument() as unknown as ApiDocument & {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

function value(random: Random, name: string, choices: readonly string[] | undefined, isRead = false): string {
  const fitting = choices ?? (isRead ? READ[name] : undefined) ?? FITTING[name] ?? ["true", "1", "acme"];
  if (!random.once(4)) return random.pick(fitting);
  const trick = random.pick(TRICKS);
  return random.once(3) ? `${random.pick(fitting)}${trick}` : trick;
}

function json(random: Random, schema: Schema, depth: number): unknown {
  if (depth <= 0 || random.once(8)) return random.pick<unknown>([null, true, -1, 1e308, [], {}, ...TRICKS]);
  if (schema.enum !== undefined) return random.pick(schema.enum);
  if (schema.anyOf !== undefined) return json(random, random.pick(schema.anyOf), depth);
  if (schema.type === "object") {
    const entries = Object.entries(schema.properties ?? { a: {} }).filter(() => !random.once(5));
    const made = entries.map(([name, inner]) => [name, json(random, inner, depth - 1)] as const);
    return Object.fromEntries(random.once(8) ? [...made, ["extra", 1]] : made);
  }
  if (schema.type === "array")
    return Array.from({ length: random.below(4) }, () => json(random, schema.items ?? {}, depth - 1));
  if (schema.type === "integer") return random.pick([0, 1, 30, -1, 2 ** 53, 1.5]);
  return value(random, random.pick(Object.keys(FITTING)), undefined);
}

function bodyOf(random: Random, operation: Operation): Pick<Sent, "type" | "body"> {
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (type === undefined || random.once(20))
    return random.once(3) ? { type: "application/json", body: "[".repeat(random.below(5000)) } : {};
  if (content?.schema === undefined)
    return { type, body: Buffer.from(random.bytes(random.below(200))).toString("latin1") };
  const text = JSON.stringify(json(random, content.schema, DEPTH));
  return { type, body: random.once(10) ? text.slice(0, random.below(text.length + 1)) : text };
}

function made(random: Random): Sent {
  const { path, method, operation } = random.pick(operations);
  const parameters = operation.parameters ?? [];
  // Some tricks are sent as they are, the others as a client would write them.
  const coded = (text: string): string => (random.once(4) ? text : encodeURIComponent(text.toWellFormed()));
  let filled = path;
  const query: string[] = [];
  for (const parameter of parameters) {
    const text = value(random, parameter.name, parameter.schema.enum, method === "GET");
    if (parameter.in === "path") filled = filled.replace(`{${parameter.name}}`, () => coded(text));
    else if (parameter.required ? !random.once(10) : random.once(2))
      query.push(`${parameter.name}=${coded(text)}`);
  }
  return {
    as: random.pick(AS),
    // Another method than the one described, now and then: but not one that turns a question into a change.
    method: random.once(30) ? random.pick(["GET", "HEAD", "OPTIONS"]) : method,
    path: query.length === 0 ? filled : `${filled}?${query.join("&")}`,
    ...(method === "GET" ? {} : bodyOf(random, operation)),
  };
}

function sentOf(input: Uint8Array): Sent | undefined {
  try {
    const value = JSON.parse(Buffer.from(input).toString()) as Partial<Sent> | null;
    const { as, method, path } = value ?? {};
    if (typeof as !== "string" || typeof method !== "string" || typeof path !== "string") return undefined;
    return value as Sent;
  } catch {
    return undefined;
  }
}

let world: Promise<FurnishedDepot> | undefined;
const faultOf = describedBy(document);

/** Deleting or handing on what later requests need would leave nothing to try. */
const DESTRUCTIVE =
  /^(?:DELETE \/depot\/(?:pkgs|origins)|POST .*\/(?:depart|transfer)|PATCH \/depot\/pkgs|PUT .*\/rollback)/;

async function run(input: Uint8Array): Promise<void> {
  const sent = sentOf(input);
  if (sent === undefined) return;
  world ??= startFurnishedDepot();
  const { depot, tokens } = await world;
  const { as, method, path, type, body } = sent;
  const isMember = tokens.has(as) && as !== "stranger";
  if (isMember && DESTRUCTIVE.test(`${method} ${path}`)) return;
  let response: Response;
  try {
    const token = tokens.get(as) ?? (as === "anonymous" ? undefined : as);
    response = await fetch(`${depot.url}/v1${ending(path)}`, {
      method,
      redirect: "manual",
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(type !== undefined && { "Content-Type": type }),
      },
      ...(body !== undefined && method !== "GET" && method !== "HEAD" && { body }),
    });
  } catch (error) {
    // A URL, header or method that fetch itself refuses never reaches the depot.
    if (error instanceof TypeError) return;
    throw error;
  }
  const text = Buffer.from(await response.arrayBuffer()).toString("latin1");
  const { status } = response;
  if (status >= 500 && status !== 501 && status !== 503) throw new Breach(`${status}: ${depot.log.at(-1)}`);
  const { pathname, search } = new URL(response.url);
  const asked = pathname.replace(/^\/v1/, "") + search;
  if (pathname.startsWith("/v1/") && method !== "HEAD") {
    const fault = faultOf({
      method,
      path: asked,
      status,
      type: response.headers.get("content-type"),
      body: text,
    });
    if (fault !== undefined) throw new Breach(fault);
  }
  // What the request said itself may come back.
  const inner = isMember ? null : LEAKED.exec(text);
  if (inner !== null && !decodedLoosely(path).includes(inner[0]))
    throw new Breach(`${as} reads "${inner[0]}": ${text.slice(0, 200)}`);
  const told = depot.log.splice(0).filter((line) => !REFUSED_SIGN_IN.test(line));
  if (told.length > 0) throw new Breach(`the depot logged: ${told.join("; ")}`);
}

/** For the operator, by name or without one, and never with what was typed. */
const REFUSED_SIGN_IN = /^a sign-in as (an unknown name|[a-z0-9_-]+) from 127\.0\.0\.1 failed$/;

export const depotApiTarget: FuzzTarget = {
  name: "depot-api",
  seeds: operations.map(({ method, path }) =>
    Buffer.from(
      JSON.stringify({
        as: "owner",
        method,
        path: path.replace(/\{([a-z_]+)\}/g, (_, name: string) => FITTING[name]?.[0] ?? "x"),
      }),
    ),
  ),
  generate: (random) => Buffer.from(JSON.stringify(made(random))),
  run,
  async stop() {
    const running = await world;
    world = undefined;
    await running?.stop();
  },
};

/** A stream goes on until it is told to end; of two values the first counts. */
function ending(path: string): string {
  return path.replace(/^\/depot\/stream(?=[?#]|$)\??/, "/depot/stream?seconds=0&");
}

function decodedLoosely(path: string): string {
  return path.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
