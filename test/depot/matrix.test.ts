// Every route with every role, on public and private packages: who may do what, and nothing of an origin reaches anybody
// else. The private things carry words that no answer to an outsider may hold.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createToken } from "../../src/depot/index.ts";
import { ROUTES } from "../../src/depot/routes/index.ts";
import { type ApiDocument, describedBy } from "./described.ts";
import { type FurnishedDepot, INNER, startFurnishedDepot } from "./furnished.ts";
import { type Case, MATRIX, PEOPLE, type Who } from "./matrix.ts";

const USUAL = {
  origin: "acme",
  channel: "unstable",
  release: "20260101000000",
  integration: "docker",
  user: "marker-member",
  revision: "20260102030405",
  visibility: "private",
};
const PUBLIC = { ...USUAL, name: "open", version: "1.0.0" };
const PRIVATE = { ...USUAL, name: "closed", version: "9.9.9" };

let world: FurnishedDepot;
let faultOf: ReturnType<typeof describedBy>;

beforeAll(async () => {
  world = await startFurnishedDepot();
  const { depot, tokens } = world;
  const make = async (options: Parameters<typeof createToken>[2]): Promise<string> =>
    (await createToken(depot.place, "owner", options)).token.reveal();
  tokens.set("expired", await make({ expiresInSeconds: -1 }));
  tokens.set("elsewhere", await make({ scope: { origins: ["other"], verbs: undefined } }));
  tokens.set("reading", await make({ scope: { origins: undefined, verbs: [] } }));
  const { id, token } = await createToken(depot.place, "owner");
  const revoked = await depot.call("DELETE", `/profile/access-tokens/${id}`, { token: "token-owner" });
  expect(revoked.status).toBe(200);
  tokens.set("revoked", token.reveal());
  faultOf = describedBy((await (await depot.call("GET", "/openapi.json")).json()) as ApiDocument);
});

afterAll(() => world.stop());

async function ask(route: string, each: Case, values: Readonly<Record<string, string>>, as: string) {
  const [method = "", template = ""] = route.split(" ");
  const all: Readonly<Record<string, string>> = { code: "nosuch", ...values, ...each.with };
  const bare = template.replace(/:([a-z]+)/g, (_, name: string) => all[name] ?? "");
  const path = each.query === undefined ? bare : `${bare}?${each.query}`;
  const token = world.tokens.get(as);
  const response = await world.depot.call(method, path, {
    ...(token !== undefined && { token }),
    ...(each.json !== undefined ? { json: each.json } : each.body !== undefined && { body: each.body }),
  });
  const text = Buffer.from(await response.arrayBuffer()).toString("latin1");
  const type = response.headers.get("content-type");
  const fault = faultOf({ method, path, status: response.status, type, body: text });
  expect(fault).toBeUndefined();
  const inner = INNER.exec(`${text} ${response.headers.get("x-filename") ?? ""}`)?.[0];
  return { status: response.status, inner };
}

const reaches = (who: Who, least: Who): boolean => PEOPLE.indexOf(who) >= PEOPLE.indexOf(least);

test("no route is missing from the table", () => {
  expect(Object.keys(MATRIX).sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
});

describe.each(Object.entries(MATRIX))("%s", (route, each) => {
  const refusal = each.refusal ?? 403;

  test.each([...PEOPLE])("%s", async (who) => {
    for (const values of [PUBLIC, PRIVATE]) {
      const { status, inner } = await ask(route, each, values, who);
      const isMember = reaches(who, "readonly_member");
      const isAsked = who !== "anonymous" || each.least === "anonymous";
      if (each.always !== undefined) expect(status).toBe(isAsked ? each.always : 401);
      else if (reaches(who, each.least))
        expect([401, 403, 500].includes(status) ? status : "allowed").toBe("allowed");
      else expect(status).toBe(who === "anonymous" ? 401 : refusal);
      // Members may know everything of their origin, and outsiders nothing.
      if (!isMember) expect(inner).toBeUndefined();
      else if (values === PRIVATE && each.shows === true && reaches(who, each.least))
        expect(inner).toBeDefined();
    }
  });

  test.each(["expired", "revoked"])("a token that is %s", async (which) => {
    for (const values of [PUBLIC, PRIVATE])
      expect(await ask(route, each, values, which)).toEqual({ status: 401, inner: undefined });
  });

  test("the owner, with a token for another origin", async () => {
    const { status, inner } = await ask(route, each, PRIVATE, "elsewhere");
    expect(inner).toBeUndefined();
    if (each.scope === "account") expect(status).toBe(403);
    else if (each.always !== undefined) expect(status).toBe(each.always);
    else if (reaches("stranger", each.least)) expect([401, 403]).not.toContain(status);
    else expect(status).toBe(refusal);
  });

  test("the owner, with a token that may only read", async () => {
    const { status } = await ask(route, each, PRIVATE, "reading");
    if (each.scope !== undefined) expect(status).toBe(403);
    else if (each.always !== undefined) expect(status).toBe(each.always);
    else expect([401, 403]).not.toContain(status);
  });
});
