// The OAuth providers that the original knows (reference/depot-api.md §3.6), each played by a small server that answers only
// to a request in that provider's form; by our own redirection, and by the code that pages of the original bring (§3.2).
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { testBrowser } from "../testing/browser.ts";
import { startTestDepot, type TestDepot } from "../testing/depot.ts";
import { type SignInFile, signInFile } from "../testing/sign-in-file.ts";
import type { ProviderKind } from "./provider-kinds.ts";

interface Played {
  /** The user as the provider describes it. */
  readonly user: object;
  readonly name: string;
  readonly email?: string;
  /** Parameters of the authorisation beside those that all have. */
  readonly asks?: Readonly<Record<string, string>>;
  /** Parameters of the token request beside code and verifier, and where it has them. */
  readonly token: Readonly<Record<string, string>>;
  readonly where: "query" | "form";
}

const CREDENTIALS = { client_id: "depot", client_secret: "s3cret&=" };
const GRANT = { grant_type: "authorization_code" };
const FORM = { token: { ...CREDENTIALS, ...GRANT, redirect_uri: "?" }, where: "form" } as const;
const OKTA_ASKS = { scope: "openid profile email", nonce: "0" };

const PLAYED: Readonly<Record<ProviderKind, Played>> = {
  github: {
    user: { id: 583231, login: "octo", email: "octo@example.com", type: "User" },
    name: "octo",
    email: "octo@example.com",
    token: CREDENTIALS,
    where: "query",
  },
  gitlab: {
    user: { sub: "77", nickname: "fox", email: null },
    name: "fox",
    asks: { scope: "openid" },
    token: { ...CREDENTIALS, ...GRANT, redirect_uri: "?" },
    where: "query",
  },
  bitbucket: { user: { username: "bucket" }, name: "bucket", token: GRANT, where: "form" },
  okta: {
    user: { sub: "00u1", preferred_username: "oki@example.com", email: "oki@example.com" },
    name: "oki@example.com",
    email: "oki@example.com",
    asks: OKTA_ASKS,
    ...FORM,
  },
  "chef-automate": {
    user: { sub: "c1", preferred_username: "chef" },
    name: "chef",
    asks: OKTA_ASKS,
    ...FORM,
  },
  "azure-ad": {
    user: { sub: "a1", upn: "az@example.com" },
    name: "az@example.com",
    asks: { scope: "openid", nonce: "0" },
    ...FORM,
  },
  "active-directory": {
    user: { sub: "ad-user" },
    name: "ad-user",
    asks: { scope: "openid", nonce: "0" },
    ...FORM,
  },
};
const KINDS = Object.keys(PLAYED) as ProviderKind[];

/** What the provider does next instead of what it should. */
let instead: { token?: Response; user?: Response } = {};
const codes = new Map<string, { challenge: string | null; redirectUri: string }>();
const faults: string[] = [];

const provider: Bun.Server<undefined> = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request): Promise<Response> {
    const url = new URL(request.url);
    const [, kind = "", what] = url.pathname.split("/");
    const played = PLAYED[kind as ProviderKind];
    if (what === "authorize") {
      const { redirect_uri, state, code_challenge, ...asks } = Object.fromEntries(url.searchParams);
      const wanted = {
        client_id: "depot",
        response_type: "code",
        code_challenge_method: "S256",
        ...played.asks,
      };
      if (!Bun.deepEquals(asks, wanted)) faults.push(`${kind} was asked ${JSON.stringify(asks)}`);
      codes.set(`code of ${kind}`, { challenge: code_challenge ?? null, redirectUri: redirect_uri ?? "" });
      const back = new URL(redirect_uri ?? "");
      back.searchParams.set("code", `code of ${kind}`);
      back.searchParams.set("state", state ?? "");
      return Response.redirect(back.href, 302);
    }
    if (what === "token") {
      if (instead.token !== undefined) return instead.token;
      const form = new URLSearchParams(await request.text());
      const sent = played.where === "query" ? url.searchParams : form;
      const other = played.where === "query" ? form : url.searchParams;
      const { code = "", code_verifier, ...rest } = Object.fromEntries(sent);
      const known = codes.get(code);
      codes.delete(code);
      const wanted = {
        ...played.token,
        ...("redirect_uri" in played.token && { redirect_uri: known?.redirectUri }),
      };
      const basic = `Basic ${btoa("depot:s3cret&=")}`;
      const isProved = kind !== "bitbucket" || request.headers.get("authorization") === basic;
      const challenge =
        code_verifier === undefined
          ? null
          : new Bun.CryptoHasher("sha256").update(code_verifier).digest("base64url");
      if (known === undefined || challenge !== known.challenge || !isProved || other.size > 0)
        return Response.json({ error: "bad_verification_code" }, { status: kind === "github" ? 200 : 400 });
      if (!Bun.deepEquals(rest, wanted)) faults.push(`${kind} got ${JSON.stringify(rest)}`);
      return Response.json({ access_token: `token of ${kind}`, token_type: "bearer" });
    }
    if (instead.user !== undefined) return instead.user;
    if (request.headers.get("authorization") !== `Bearer token of ${kind}`)
      return new Response("no", { status: 403 });
    return Response.json(played.user);
  },
});

let depot: TestDepot;
let file: SignInFile;

const entry = (kind: ProviderKind, more: object = {}) => ({
  name: kind,
  provider: kind,
  client_id: "depot",
  client_secret: "s3cret&=",
  new_accounts: true,
  ...Object.fromEntries(
    ["authorize", "token", "userinfo"].map((what) => [
      `${what}_url`,
      `http://127.0.0.1:${provider.port}/${kind}/${what}`,
    ]),
  ),
  ...more,
});

beforeAll(async () => {
  file = signInFile({ oauth: KINDS.map((kind) => entry(kind)) });
  depot = await startTestDepot({ signInFile: file.path });
});
afterAll(async () => {
  await depot.stop();
  await provider.stop(true);
  file.remove();
});
beforeEach(() => {
  instead = {};
});

const visit = async (kind: string, browser = testBrowser(depot.url)) => {
  const { url } = await browser.visit(`${depot.url}/v1/sign-in/${kind}`);
  return { browser, path: url.slice(depot.url.length) };
};

describe("a browser is redirected there and back", () => {
  test.each(KINDS)("%s", async (kind) => {
    const { browser, path } = await visit(kind);
    expect([path, faults]).toEqual(["/", []]);
    const profile = await browser.fromPage("GET", "/profile");
    const { name, email = "" } = PLAYED[kind];
    expect(await profile.json()).toMatchObject({ name, email });
  });

  test("and nobody gets in when the provider fails, refuses, or describes nobody", async () => {
    for (const fails of [
      { token: Response.json({ error: "bad_verification_code" }) },
      { token: new Response("<html>", { status: 502 }) },
      { token: new Response("no JSON") },
      { token: Response.json({ access_token: "" }) },
      { token: Response.redirect("http://127.0.0.1:9/", 302) },
      { user: Response.json({ login: "octo" }) },
      { user: Response.json({ id: 1, login: "" }) },
      { user: Response.json([]) },
    ]) {
      instead = fails;
      const { browser, path } = await visit("github");
      expect(path).toBe("/sign-in?failure=provider");
      expect((await browser.fromPage("GET", "/profile")).status).toBe(401);
    }
    expect(depot.log.join("\n")).not.toContain("s3cret");
  });

  test("and one user is one account, by number and not by name", async () => {
    await visit("github");
    instead = { user: Response.json({ id: 583231, login: "renamed" }) };
    const renamed = await visit("github");
    expect(await (await renamed.browser.fromPage("GET", "/profile")).json()).toMatchObject({ name: "octo" });
    instead = { user: Response.json({ id: 9, login: "octo" }) };
    expect((await visit("github")).path).toBe("/sign-in?failure=name-taken");
    instead = { user: Response.json({ id: 10, login: "no name/here" }) };
    expect((await visit("github")).path).toBe("/sign-in?failure=name-unfit");
  });
});

describe("a code that another program brings", () => {
  const authenticate = (code: string) => depot.call("GET", `/authenticate/${encodeURIComponent(code)}`);

  test("is exchanged for a session, which is a bearer token for three days", async () => {
    codes.set("their code", { challenge: null, redirectUri: "" });
    const answer = await authenticate("their code");
    expect(answer.status).toBe(200);
    const session = (await answer.json()) as { id: string; token: string };
    expect(Object.entries(session)).toEqual([
      ["id", expect.stringMatching(/^\d+$/)],
      ["name", "octo"],
      ["email", "octo@example.com"],
      ["token", expect.stringMatching(/^_[\w-]{43}$/)],
      ["flags", 0],
      ["oauth_token", "token of github"],
    ]);
    const { token } = session;
    expect(await (await depot.call("GET", "/profile", { token })).json()).toMatchObject({ name: "octo" });
    // A token needs no guard: no page can make a browser send it.
    expect((await depot.call("PATCH", "/profile", { token, json: { email: "o@example.com" } })).status).toBe(
      200,
    );
    const { sessions } = (await (await depot.call("GET", "/profile/sessions", { token })).json()) as {
      sessions: { kind: string; current: boolean; created_at: string; expires_at: string }[];
    };
    const own = sessions.find(({ current }) => current);
    expect(own?.kind).toBe("client");
    expect(Date.parse(own?.expires_at ?? "") - Date.parse(own?.created_at ?? "")).toBeCloseTo(
      259_200_000,
      -5,
    );
    // It is no cookie.
    const Cookie = `hab_session=${token}`;
    expect((await depot.call("GET", "/profile", { headers: { Cookie } })).status).toBe(401);
    expect((await depot.call("POST", "/sign-out", { token })).status).toBe(204);
    expect((await depot.call("GET", "/profile", { token })).status).toBe(401);
  });

  test("that the provider does not know answers 401, with what the provider said when it failed", async () => {
    const refused = await authenticate("made up");
    expect([refused.status, await refused.text()]).toEqual([401, ""]);
    instead = { token: new Response("come back later", { status: 503 }) };
    const failed = await authenticate("any");
    expect([failed.status, await failed.text()]).toEqual([401, "come back later"]);
  });
});

test("accounts that came from an original depot belong to the provider's users, where the operator says so", async () => {
  const own = signInFile({ oauth: [entry("github", { new_accounts: false, adopt_accounts: true })] });
  const other = await startTestDepot({ signInFile: own.path });
  try {
    const at = async () => (await testBrowser(other.url).visit(`${other.url}/v1/sign-in/github`)).url;
    expect(await at()).toEndWith("/sign-in?failure=unknown");
    await other.account("octo");
    expect(await at()).toBe(`${other.url}/`);
    // Once it is somebody's, nobody else's.
    instead = { user: Response.json({ id: 9, login: "octo" }) };
    expect(await at()).toEndWith("/sign-in?failure=name-taken");
  } finally {
    await other.stop();
    own.remove();
  }
});
