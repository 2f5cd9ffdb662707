// Signing in by OpenID Connect with a real provider: there, back, whose account it is, and linking (docs/sign-in.md).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Secret } from "../../crypto/index.ts";
import { setPassword } from "../index.ts";
import { type TestBrowser, testBrowser } from "../testing/browser.ts";
import { startTestDepot, type TestDepot } from "../testing/depot.ts";
import { signInAt, startOpenId, type TestOpenId } from "../testing/openid.ts";
import { type SignInFile, signInFile } from "../testing/sign-in-file.ts";

let provider: TestOpenId;
let depot: TestDepot;
let file: SignInFile;

beforeAll(async () => {
  const clientSecret = "a secret of the client";
  provider = await startOpenId({
    clientId: "depot",
    clientSecret,
    redirectUris: () => ["corp", "closed"].map((name) => `${depot.url}/v1/sign-in/${name}/callback`),
  });
  const words = { issuer: provider.issuer, client_id: "depot", client_secret_file: "secret" };
  file = signInFile(
    {
      oidc: [
        { ...words, name: "corp", title: "The company", new_accounts: ["alice", "bob", "carol"] },
        { ...words, name: "closed" },
      ],
    },
    { secret: `${clientSecret}\n` },
  );
  depot = await startTestDepot({ signInFile: file.path });
});
afterAll(async () => {
  await depot.stop();
  await provider.stop();
  file.remove();
});

const path = ({ url }: { url: string }) => url.slice(depot.url.length);
const through = (browser: TestBrowser, login: string, name = "corp", query = "") =>
  signInAt(browser, `${depot.url}/v1/sign-in/${name}${query}`, login);
const profile = async (browser: TestBrowser) => (await browser.fromPage("GET", "/profile")).json();

test("the provider is one of the ways", async () => {
  const { ways } = (await (await depot.call("GET", "/sign-in")).json()) as { ways: object[] };
  expect(ways).toContainEqual({ kind: "oidc", name: "The company", url: "/v1/sign-in/corp" });
});

test("a person comes back with a session of a new account, and again with the same", async () => {
  const browser = testBrowser(depot.url);
  expect(path(await through(browser, "alice", "corp", "?return_to=/pkgs/acme%3Fx=1"))).toBe("/pkgs/acme?x=1");
  const first = await profile(browser);
  expect(first).toMatchObject({ name: "alice", email: "alice@example.com" });
  const another = testBrowser(depot.url);
  await through(another, "alice");
  expect(await profile(another)).toEqual(first);
  const identities = await (await browser.fromPage("GET", "/profile/identities")).json();
  expect(identities).toMatchObject({
    has_password: false,
    identities: [{ provider: "corp", issuer: provider.issuer, user_name: "alice" }],
  });
});

test("the way there names us, asks for a code with PKCE, and tells the browser nothing else", async () => {
  const browser = testBrowser(depot.url);
  const answer = await browser.send("GET", `${depot.url}/v1/sign-in/corp`);
  expect([answer.status, await answer.text()]).toEqual([303, ""]);
  const there = new URL(answer.headers.get("location") ?? "");
  expect(there.origin).toBe(provider.issuer);
  const { state, nonce, code_challenge, ...rest } = Object.fromEntries(there.searchParams);
  expect(rest).toEqual({
    client_id: "depot",
    redirect_uri: `${depot.url}/v1/sign-in/corp/callback`,
    response_type: "code",
    scope: "openid profile email",
    code_challenge_method: "S256",
  });
  for (const value of [state, nonce, code_challenge]) expect(value).toMatch(/^[\w-]{43}$/);
  expect(browser.setCookies).toEqual([
    expect.stringMatching(/^hab_sign_in=[\w-]+; Path=\/; Max-Age=900; HttpOnly; SameSite=Lax$/),
  ]);
  // What is in the cookie is sealed: the verifier of PKCE is the proof that it is the same browser.
  expect(
    Buffer.from(browser.cookie(new URL(depot.url).host, "hab_sign_in") ?? "", "base64url").toString(),
  ).toStartWith("BOX-1\n");
});

describe("nobody gets in", () => {
  test.each([
    ["whom the operator has not named, where only some may have accounts", "mallory", "corp", "unknown"],
    ["where nobody gets an account by signing in", "dora", "closed", "unknown"],
  ])("%s", async (_, login, name, why) => {
    const browser = testBrowser(depot.url);
    expect(path(await through(browser, login, name))).toBe(`/sign-in?failure=${why}`);
    expect((await browser.fromPage("GET", "/profile")).status).toBe(401);
  });

  test("under the name of an account that is there already, whatever their address is", async () => {
    await depot.account("bob");
    const browser = testBrowser(depot.url);
    expect(path(await through(browser, "bob"))).toBe("/sign-in?failure=name-taken");
    expect((await browser.fromPage("GET", "/profile")).status).toBe(401);
  });

  test("with a code that another browser began, twice with the same, or with another state", async () => {
    const [alices, mallorys] = [testBrowser(depot.url), testBrowser(depot.url)];
    // Stops before the depot hears of the code.
    let callback = "";
    const holding: TestBrowser = {
      ...alices,
      async send(method, url, options) {
        if (!url.includes("/callback")) return await alices.send(method, url, options);
        callback = url;
        return new Response();
      },
      async visit(start) {
        for (let url = start; ; ) {
          const response = await holding.send("GET", url);
          const location = response.headers.get("location");
          if (location === null) return { response, url };
          url = new URL(location, url).href;
        }
      },
    };
    await through(holding, "alice");
    expect(callback).toContain("code=");
    await mallorys.send("GET", `${depot.url}/v1/sign-in/corp`);
    expect(path(await mallorys.visit(callback))).toBe("/sign-in?failure=expired");
    const { searchParams: parameters } = new URL(callback);
    const other = `${depot.url}/v1/sign-in/corp/callback?code=${parameters.get("code")}&state=x`;
    const closed = callback.replace("/corp/", "/closed/");
    expect(path(await testBrowser(depot.url).visit(other))).toBe("/sign-in?failure=expired");
    expect(path(await testBrowser(depot.url).visit(closed))).toBe("/sign-in?failure=expired");
    expect(path(await alices.visit(callback))).toBe("/");
    expect(path(await alices.visit(callback))).toBe("/sign-in?failure=expired");
  });

  test("when the person says no", async () => {
    const browser = testBrowser(depot.url);
    const there = await browser.send("GET", `${depot.url}/v1/sign-in/corp`);
    const state = new URL(there.headers.get("location") ?? "").searchParams.get("state");
    const back = `${depot.url}/v1/sign-in/corp/callback?error=access_denied&state=${state}&iss=${provider.issuer}`;
    expect(path(await browser.visit(back))).toBe("/sign-in?failure=denied");
  });
});

test.each(["//elsewhere.example/", "/\\elsewhere.example/", "https://elsewhere.example/", "x"])(
  "nobody is sent on to %s",
  async (elsewhere) => {
    const answer = await depot.call("GET", `/sign-in/corp?return_to=${encodeURIComponent(elsewhere)}`);
    expect(answer.status).toBe(400);
  },
);

describe("linking", () => {
  const PASSWORD = "correct horse battery staple";
  let browser: TestBrowser;
  const signIn = () =>
    browser.fromPage("POST", "/sign-in/password", { name: "made-before", password: PASSWORD });

  beforeAll(async () => {
    await depot.account("made-before");
    await setPassword(depot.place, "made-before", new Secret(PASSWORD));
    browser = testBrowser(depot.url);
    await signIn();
  });

  test("is for who is signed in", async () => {
    expect((await depot.call("GET", "/sign-in/corp?link=true")).status).toBe(401);
  });

  test("makes the person of the provider the one of the account, whatever its name", async () => {
    expect(path(await through(browser, "carol", "corp", "?link=true&return_to=/profile"))).toBe("/profile");
    // It began no session: the one there was goes on.
    const { sessions } = (await (await browser.fromPage("GET", "/profile/sessions")).json()) as {
      sessions: { way: string }[];
    };
    expect(sessions.map(({ way }) => way)).toEqual(["password"]);
    const carols = testBrowser(depot.url);
    await through(carols, "carol");
    expect(await profile(carols)).toMatchObject({ name: "made-before" });
  });

  test("takes nobody away from another account", async () => {
    const fresh = testBrowser(depot.url);
    await fresh.fromPage("POST", "/sign-in/password", { name: "made-before", password: PASSWORD });
    expect(path(await through(fresh, "alice", "corp", "?link=true"))).toBe(
      "/sign-in?failure=linked-elsewhere",
    );
  });

  test("does not outlive the session that asked for it", async () => {
    const begun = await browser.send("GET", `${depot.url}/v1/sign-in/corp?link=true`);
    await browser.fromPage("POST", "/sign-out");
    const there = begun.headers.get("location") ?? "";
    expect(path(await signInAt(browser, there, "mallory"))).toBe("/sign-in?failure=expired");
  });

  test("is undone; the other sessions that came by it end, not the one it is undone in", async () => {
    const carols = testBrowser(depot.url);
    await through(carols, "carol");
    const further = testBrowser(depot.url);
    await through(further, "carol");
    await signIn();
    const { identities } = (await (await carols.fromPage("GET", "/profile/identities")).json()) as {
      identities: { id: string }[];
    };
    expect(identities).toHaveLength(1);
    expect((await carols.fromPage("DELETE", `/profile/identities/${identities[0]?.id}`)).status).toBe(204);
    expect((await further.fromPage("GET", "/profile")).status).toBe(401);
    expect(await profile(carols)).toMatchObject({ name: "made-before" });
    expect(await profile(browser)).toMatchObject({ name: "made-before" });
    await through(carols, "carol");
    expect(await profile(carols)).toMatchObject({ name: "carol" });
  });

  test("is not undone where it is the only way in", async () => {
    const alices = testBrowser(depot.url);
    await through(alices, "alice");
    const { identities } = (await (await alices.fromPage("GET", "/profile/identities")).json()) as {
      identities: { id: string }[];
    };
    expect((await alices.fromPage("DELETE", `/profile/identities/${identities[0]?.id}`)).status).toBe(409);
  });
});
