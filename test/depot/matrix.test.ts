// Every route with every role, on public and private packages: who may do what, and nothing of an origin reaches anybody
// else. The private things carry words that no answer to an outsider may hold.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encryptAnonymously, formatKey, parseKey } from "../../src/crypto/index.ts";
import { createToken } from "../../src/depot/index.ts";
import { ROUTES } from "../../src/depot/routes/index.ts";
import { startTestDepot, type TestDepot } from "../../src/depot/testing/depot.ts";
import { temporaryDirectory } from "../../src/depot/testing/directory.ts";
import { makeHart, originKeys } from "../../src/depot/testing/harts.ts";
import { type ApiDocument, describedBy } from "./described.ts";
import { type Case, MATRIX, PEOPLE, type Who } from "./matrix.ts";

/** What only members of the origin may read. */
const INNER = /closed|marker|9\.9\.9/;

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

let depot: TestDepot;
let directory: string;
let faultOf: ReturnType<typeof describedBy>;
const tokens = new Map<string, string>();

function member(name: string, role?: string): string {
  const origins = role === undefined ? "" : `origins = { acme = "${role}" }`;
  return `[[accounts]]\nname = "${name}"\ntoken = "token-${name}"\n${origins}\n`;
}

beforeAll(async () => {
  directory = temporaryDirectory("hab-depot-matrix-");
  const accountsFile = join(directory, "accounts.toml");
  const roles = PEOPLE.slice(2);
  const nameOf = (role: string) => (role === "owner" ? role : `marker-${role}`);
  writeFileSync(
    accountsFile,
    [
      ...roles.map((role) => member(nameOf(role), role)),
      member("stranger"),
      member("marker-guest"),
      '[[accounts]]\nname = "other"\norigins = { other = "owner" }\n',
    ].join("\n"),
  );
  chmodSync(accountsFile, 0o600);
  depot = await startTestDepot({ accountsFile });
  for (const role of roles) tokens.set(role, `token-${nameOf(role)}`);
  tokens.set("stranger", "token-stranger");
  await furnish("token-owner");
  const make = async (options: Parameters<typeof createToken>[2]): Promise<string> =>
    (await createToken(depot.directory, "owner", options)).token.reveal();
  tokens.set("expired", await make({ expiresInSeconds: -1 }));
  tokens.set("elsewhere", await make({ scope: { origins: ["other"], verbs: undefined } }));
  tokens.set("reading", await make({ scope: { origins: undefined, verbs: [] } }));
  const { id, token } = await createToken(depot.directory, "owner");
  expect((await depot.call("DELETE", `/profile/access-tokens/${id}`, { token: "token-owner" })).status).toBe(
    200,
  );
  tokens.set("revoked", token.reveal());
  faultOf = describedBy((await (await depot.call("GET", "/openapi.json")).json()) as ApiDocument);
});

afterAll(async () => {
  await depot.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Puts a public and a private package, keys, a secret, an integration and an invitation into the origin. */
async function furnish(token: string): Promise<void> {
  const done = async (method: string, path: string, options: object = {}): Promise<Response> => {
    const response = await depot.call(method, path, { token, ...options });
    expect(`${method} ${path} ${response.ok ? "done" : await response.text()}`).toBe(
      `${method} ${path} done`,
    );
    return response;
  };
  const open = "acme/open/1.0.0/20260101000000";
  const closed = "acme/closed/9.9.9/20260101000000";
  const dependency = { DEPS: `${open}\n`, TDEPS: `${open}\n` };
  for (const [ident, files] of [
    [open, {}],
    [closed, { MANIFEST: "marker\n", ...dependency }],
  ] as const) {
    const hart = await makeHart(ident, files);
    await done("POST", `/depot/pkgs/${ident}?checksum=${hart.checksum}`, { body: hart.bytes });
    const release = ident.slice("acme/".length);
    await done("PUT", `/depot/channels/acme/stable/pkgs/${release}/promote`);
  }
  await done("PATCH", `/depot/pkgs/${closed}/private`);
  await done("PUT", "/settings/acme/closed", { json: { visibility: "private" } });
  await done("POST", `/depot/origins/acme/keys/20260102030405`, {
    body: formatKey(originKeys("acme").publicKey),
  });
  const key = await (await done("GET", "/depot/origins/acme/encryption_key")).text();
  const value = await encryptAnonymously(parseKey("origin-encryption-public", key), Buffer.from("marker"));
  await done("POST", "/depot/origins/acme/secret", { json: { name: "marker-secret", value } });
  await done("PUT", "/depot/origins/acme/integrations/docker/marker-registry", { json: { password: "p" } });
  await done("POST", "/depot/origins/acme/users/marker-guest/invitations");
}

async function ask(route: string, each: Case, values: Readonly<Record<string, string>>, as: string) {
  const [method = "", template = ""] = route.split(" ");
  const all: Readonly<Record<string, string>> = { code: "nosuch", ...values, ...each.with };
  const bare = template.replace(/:([a-z]+)/g, (_, name: string) => all[name] ?? "");
  const path = each.query === undefined ? bare : `${bare}?${each.query}`;
  const token = tokens.get(as);
  const response = await depot.call(method, path, {
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
      if (each.always !== undefined) expect(status).toBe(each.always);
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
