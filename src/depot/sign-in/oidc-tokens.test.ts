// What is believed of an ID token, and what is not (OpenID Connect Core 1.0 §3.1.3.7), with a provider that lies as each
// case says; and keys that change (§10.1.1).
import { afterAll, beforeEach, describe, expect, setSystemTime, test } from "bun:test";
import { Secret } from "../../crypto/index.ts";
import { describeError, HabError } from "../../error/index.ts";
import type { OidcProvider } from "./config.ts";
import { type OidcClient, oidcClient } from "./oidc.ts";

const PROOF = { state: "s".repeat(43), nonce: "n".repeat(43), verifier: "v".repeat(43) };
const REDIRECT = "http://127.0.0.1:1/v1/sign-in/corp/callback";

interface Lies {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs with a key that nobody has published. */
  readonly foreignKey?: boolean;
  readonly signature?: string;
  readonly discovery?: Readonly<Record<string, unknown>>;
  readonly userinfo?: Readonly<Record<string, unknown>>;
  readonly tokenStatus?: number;
}

let lies: Lies = {};
let keys: { kid: string; pair: CryptoKeyPair }[] = [];
const asked: { path: string; authorization: string | null; body: URLSearchParams }[] = [];

const newKey = async (kid: string) => ({
  kid,
  pair: await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]),
});
const stranger = await newKey("one");
const base64url = (value: unknown) =>
  (value instanceof ArrayBuffer ? Buffer.from(value) : Buffer.from(JSON.stringify(value))).toString(
    "base64url",
  );

async function idToken(): Promise<string> {
  const key = keys.at(-1) as (typeof keys)[number];
  const now = Math.floor(Date.now() / 1000);
  const header = base64url({ alg: "ES256", kid: key.kid, ...lies.header });
  const claims = base64url({
    iss: issuer,
    aud: "depot",
    sub: "subject-1",
    nonce: PROOF.nonce,
    iat: now,
    exp: now + 300,
    preferred_username: "alice",
    ...lies.claims,
  });
  const signer = lies.foreignKey === true ? stranger.pair : key.pair;
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    signer.privateKey,
    Buffer.from(`${header}.${claims}`),
  );
  return `${header}.${claims}.${lies.signature ?? base64url(signature)}`;
}

const server: Bun.Server<undefined> = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const body = new URLSearchParams(request.method === "POST" ? await request.text() : "");
    asked.push({ path: pathname, authorization: request.headers.get("authorization"), body });
    switch (pathname) {
      case "/.well-known/openid-configuration":
        return Response.json({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/me`,
          jwks_uri: `${issuer}/keys`,
          id_token_signing_alg_values_supported: ["ES256"],
          ...lies.discovery,
        });
      case "/keys":
        return Response.json({
          keys: await Promise.all(
            keys.map(async ({ kid, pair }) => ({
              ...(await crypto.subtle.exportKey("jwk", pair.publicKey)),
              kid,
              use: "sig",
              alg: "ES256",
            })),
          ),
        });
      case "/token":
        return Response.json(
          lies.tokenStatus === undefined
            ? { access_token: "at", token_type: "Bearer", id_token: await idToken() }
            : { error: "invalid_grant" },
          { status: lies.tokenStatus ?? 200 },
        );
      case "/me":
        return Response.json({ sub: "subject-1", preferred_username: "alice", ...lies.userinfo });
      default:
        return new Response(null, { status: 404 });
    }
  },
});
const issuer: string = `http://127.0.0.1:${server.port}`;

const PROVIDER: OidcProvider = {
  name: "corp",
  title: "corp",
  clientId: "depot",
  clientSecret: new Secret("secret"),
  newAccounts: true,
  issuer: new URL(issuer),
  scopes: ["openid"],
  nameClaim: "preferred_username",
};

let client: OidcClient;
beforeEach(async () => {
  setSystemTime();
  lies = {};
  keys = [await newKey("one")];
  asked.length = 0;
  client = oidcClient(PROVIDER, Date.now);
});
afterAll(async () => {
  setSystemTime();
  await server.stop(true);
});

const identify = (query = `code=c&state=${PROOF.state}`) =>
  client.identify(new URL(`${REDIRECT}?${query}`), REDIRECT, PROOF);

/** Why an answer was not believed. */
async function fault(query?: string): Promise<string> {
  const error = await identify(query).then(
    (identity) => `believed: ${JSON.stringify(identity)}`,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(HabError);
  return describeError(error);
}

test("an honest answer is believed; the code is exchanged with the verifier and the client's secret", async () => {
  expect(await identify()).toEqual({
    issuer,
    subject: "subject-1",
    provider: "corp",
    userName: "alice",
    email: "",
  });
  const { authorization, body } = asked.find(({ path }) => path === "/token") as (typeof asked)[number];
  expect(Buffer.from(authorization?.slice("Basic ".length) ?? "", "base64").toString()).toBe("depot:secret");
  expect(Object.fromEntries(body)).toEqual({
    grant_type: "authorization_code",
    code: "c",
    redirect_uri: REDIRECT,
    code_verifier: PROOF.verifier,
  });
});

test("a name that only the user information has is taken from there, for the same subject alone", async () => {
  lies = { claims: { preferred_username: undefined } };
  expect(await identify()).toMatchObject({ userName: "alice" });
  lies = { ...lies, userinfo: { sub: "subject-2", preferred_username: "root" } };
  expect(await fault()).toContain('"sub"');
});

describe("nothing is believed of an answer", () => {
  const past = Math.floor(Date.now() / 1000) - 3600;
  test.each<[string, Lies, RegExp]>([
    ["of another issuer", { claims: { iss: "http://127.0.0.1:2" } }, /"iss"/],
    ["for another client", { claims: { aud: "another" } }, /"aud"/],
    [
      "for several clients, of which we are not the one it was made for",
      { claims: { aud: ["depot", "x"], azp: "x" } },
      /"azp"/,
    ],
    ["that has expired", { claims: { iat: past, exp: past + 60 } }, /"exp"/],
    ["that never expires", { claims: { exp: undefined } }, /"exp"/],
    ["to another question", { claims: { nonce: "other" } }, /"nonce"/],
    ["to no question", { claims: { nonce: undefined } }, /"nonce"/],
    ["about nobody", { claims: { sub: undefined } }, /"sub"/],
    ["signed by somebody else", { foreignKey: true }, /signature verification failed/],
    ["signed by a key it does not publish", { header: { kid: "other" } }, /no applicable keys/],
    ["that is not signed", { header: { alg: "none" }, signature: "" }, /"alg"/],
    ["signed with what the client shares", { header: { alg: "HS256" } }, /"alg"/],
    ["that refuses the code", { tokenStatus: 400 }, /server responded/],
    ["that describes another issuer", { discovery: { issuer: "http://127.0.0.1:2" } }, /"issuer"/],
  ])("%s", async (_, each, why) => {
    lies = each;
    expect(await fault()).toMatch(why);
  });

  test("with another state, without a code, of another issuer (RFC 9207), or with two codes", async () => {
    expect(await fault("code=c&state=x")).toContain("state");
    expect(await fault(`state=${PROOF.state}`)).toContain("code");
    expect(await fault(`code=c&code=d&state=${PROOF.state}`)).toContain("code");
    expect(await fault(`code=c&state=${PROOF.state}&iss=http://127.0.0.1:2`)).toContain("iss");
    expect(asked.filter(({ path }) => path === "/token")).toEqual([]);
  });
});

test("a no of the provider is nobody, any other error a failure", async () => {
  expect(await identify(`error=access_denied&state=${PROOF.state}`)).toBeUndefined();
  expect(await fault(`error=server_error&state=${PROOF.state}`)).toContain("authorization response");
});

test("keys that change are found, also under the name of an old one", async () => {
  expect(await identify()).toMatchObject({ userName: "alice" });
  keys.push(await newKey("two"));
  setSystemTime(new Date(Date.now() + 61_000));
  expect(await identify()).toMatchObject({ userName: "alice" });
  const questions = () => asked.filter(({ path }) => path === "/keys").length;
  expect(questions()).toBe(2);
  // A made-up key does not make us ask as often as somebody likes.
  lies = { header: { kid: "three" } };
  for (let each = 0; each < 3; each++) expect(await fault()).toContain("no applicable keys");
  expect(questions()).toBe(2);
  lies = {};
  keys = [await newKey("two")];
  expect(await fault()).toContain("signature verification failed");
  setSystemTime(new Date(Date.now() + 301_000));
  expect(await identify()).toMatchObject({ userName: "alice" });
});

test("a provider that is away, or sends too much, is a failure that says where", async () => {
  const { port } = server;
  const away = oidcClient({ ...PROVIDER, issuer: new URL("http://127.0.0.1:9") }, Date.now);
  const error = await away.authorizeUrl(REDIRECT, PROOF).catch((thrown: unknown) => thrown);
  expect(describeError(error)).toContain("127.0.0.1:9 does not answer");
  lies = { discovery: { padding: "x".repeat(600_000) } };
  const large = await client.authorizeUrl(REDIRECT, PROOF).catch((thrown: unknown) => thrown);
  expect(describeError(large)).toContain(`127.0.0.1:${port} does not answer: more than`);
});
