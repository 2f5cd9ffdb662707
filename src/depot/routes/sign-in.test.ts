// Signing in by password and what follows: sessions, their guard and their end (docs/sign-in.md).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Secret } from "../../crypto/index.ts";
import { disableAccount, enableAccount, removeAccount, setPassword } from "../index.ts";
import { type TestBrowser, testBrowser } from "../testing/browser.ts";
import { startTestDepot, type TestDepot } from "../testing/depot.ts";

const PASSWORD = "correct horse battery staple";

let depot: TestDepot;
let alicesToken: string;
/** Signed in as alice, for tests that change nothing about that. */
let alices: TestBrowser;

beforeAll(async () => {
  depot = await startTestDepot();
  alicesToken = await depot.account("alice");
  await setPassword(depot.place, "alice", new Secret(PASSWORD));
  alices = await signedIn();
});
afterAll(() => depot.stop());

const signIn = (browser: TestBrowser, name = "alice", password = PASSWORD): Promise<Response> =>
  browser.fromPage("POST", "/sign-in/password", { name, password });

async function signedIn(name = "alice"): Promise<TestBrowser> {
  const browser = testBrowser(depot.url);
  expect((await signIn(browser, name)).status).toBe(200);
  return browser;
}

test("the ways there are, for everybody", async () => {
  const answer = await depot.call("GET", "/sign-in");
  expect(await answer.json()).toEqual({
    ways: [{ kind: "password", name: "Password", url: "/v1/sign-in/password" }],
    account: null,
  });
});

describe("a session", () => {
  test("begins with the right password, holds for the account, and ends with signing out", async () => {
    const browser = testBrowser(depot.url);
    expect((await browser.fromPage("GET", "/profile")).status).toBe(401);
    expect(await (await signIn(browser)).json()).toMatchObject({ name: "alice" });
    expect(browser.setCookies).toEqual([
      expect.stringMatching(/^hab_session=_[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/),
    ]);
    const profile = await browser.fromPage("GET", "/profile");
    expect(await profile.json()).toMatchObject({ name: "alice" });
    expect(profile.headers.get("cache-control")).toContain("no-store");
    const secret = browser.cookie(new URL(depot.url).host, "hab_session") ?? "";
    expect((await browser.fromPage("POST", "/sign-out")).status).toBe(204);
    expect(browser.cookie(new URL(depot.url).host, "hab_session")).toBeUndefined();
    const again = await depot.call("GET", "/profile", { headers: { Cookie: `hab_session=${secret}` } });
    expect(again.status).toBe(401);
  });

  test("is kept as a hash, and is no bearer token", async () => {
    const secret = alices.cookie(new URL(depot.url).host, "hab_session") ?? "";
    const rows = await depot.rows((db) => db.selectFrom("sessions").selectAll().execute());
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect((await depot.call("GET", "/profile", { token: secret })).status).toBe(401);
  });

  test("does not make a public page unreadable when it has ended", async () => {
    const Cookie = "hab_session=_nosuch";
    expect((await depot.call("GET", "/sign-in", { headers: { Cookie } })).status).toBe(200);
    expect((await depot.call("GET", "/profile", { headers: { Cookie } })).status).toBe(401);
  });

  test.each([
    ["without the header", { Origin: "own" }],
    ["without an origin", { "X-Hab-Request": "1" }],
    ["from another site", { "X-Hab-Request": "1", Origin: "https://elsewhere.example" }],
    ["from the same host over https", { "X-Hab-Request": "1", Origin: "https" }],
    ["from no site in particular", { "X-Hab-Request": "1", Origin: "null" }],
  ])("changes nothing by a request %s", async (_, headers) => {
    const { Origin } = headers as { Origin?: string };
    const origin =
      Origin === "own" ? depot.url : Origin === "https" ? depot.url.replace("http:", "https:") : Origin;
    const sent = { ...headers, ...(origin !== undefined && { Origin: origin }) } as Record<string, string>;
    for (const [method, path] of [
      ["POST", "/v1/profile/access-tokens"],
      ["DELETE", "/v1/profile/sessions"],
      ["POST", "/v1/sign-out"],
      ["POST", "/v1/nothing"],
    ] as const)
      expect((await alices.send(method, depot.url + path, { headers: sent })).status).toBe(403);
    expect((await alices.fromPage("GET", "/profile")).status).toBe(200);
  });

  test("is listed and ended by its account alone; all others at once, too", async () => {
    await depot.account("bob");
    await setPassword(depot.place, "bob", new Secret(PASSWORD));
    const [here, there, bob] = [await signedIn(), await signedIn(), await signedIn("bob")];
    type Listed = { sessions: { id: string; current: boolean; way: string; address: string }[] };
    const list = async (browser: TestBrowser): Promise<Listed["sessions"]> =>
      ((await (await browser.fromPage("GET", "/profile/sessions")).json()) as Listed).sessions;
    const ofThere = (await list(there)).find(({ current }) => current);
    expect(ofThere).toMatchObject({ way: "password", address: "127.0.0.1" });
    expect((await bob.fromPage("DELETE", `/profile/sessions/${ofThere?.id}`)).status).toBe(404);
    expect((await here.fromPage("DELETE", `/profile/sessions/${ofThere?.id}`)).status).toBe(204);
    expect((await there.fromPage("GET", "/profile")).status).toBe(401);
    expect((await here.fromPage("DELETE", "/profile/sessions")).status).toBe(204);
    expect(await list(here)).toMatchObject([{ current: true }]);
    expect(await list(bob)).toHaveLength(1);
  });

  test("ends when the account is disabled, with its tokens out of use until it is enabled; and when it is removed", async () => {
    const token = await depot.account("carol");
    await setPassword(depot.place, "carol", new Secret(PASSWORD));
    const browser = await signedIn("carol");
    await disableAccount(depot.place, "carol");
    expect((await browser.fromPage("GET", "/profile")).status).toBe(401);
    expect((await depot.call("GET", "/profile", { token })).status).toBe(401);
    expect((await signIn(browser, "carol")).status).toBe(401);
    await enableAccount(depot.place, "carol");
    expect((await browser.fromPage("GET", "/profile")).status).toBe(401);
    expect((await depot.call("GET", "/profile", { token })).status).toBe(200);
    expect((await signIn(browser, "carol")).status).toBe(200);
    await removeAccount(depot.place, "carol");
    expect((await browser.fromPage("GET", "/profile")).status).toBe(401);
  });

  test("has no end beyond its limits, and none before while it is used", async () => {
    const browser = await signedIn();
    const [row] = await depot.rows((db) =>
      db.selectFrom("sessions").selectAll().orderBy("id", "desc").limit(1).execute(),
    );
    const hours = (text: string | undefined) =>
      (Date.parse(`${text}Z`) - Date.parse(`${row?.created_at}Z`)) / 3600_000;
    expect(hours(row?.idle_until)).toBeCloseTo(12, 2);
    expect(hours(row?.expires_at)).toBeCloseTo(7 * 24, 2);
    const set = (values: object) =>
      depot.change((db) =>
        db
          .updateTable("sessions")
          .set(values)
          .where("id", "=", row?.id as string)
          .execute(),
      );
    const earlier = (ms: number) => new Date(Date.now() - ms).toISOString().slice(0, -1);
    await set({ seen_at: earlier(3600_000), idle_until: earlier(-60_000), expires_at: earlier(-120_000) });
    expect((await browser.fromPage("GET", "/profile")).status).toBe(200);
    const [used] = await depot.rows((db) =>
      db
        .selectFrom("sessions")
        .selectAll()
        .where("id", "=", row?.id as string)
        .execute(),
    );
    // Kept alive by its use, but not beyond its end.
    expect(used?.idle_until).toBe(used?.expires_at as string);
    await set({ idle_until: earlier(1) });
    expect((await browser.fromPage("GET", "/profile")).status).toBe(401);
  });
});

describe("a password", () => {
  test("that is wrong, of an unknown name, or of an account without one, answers the same", async () => {
    await depot.account("tokens-only");
    const browser = testBrowser(depot.url);
    for (const name of ["alice", "nobody", "tokens-only"]) {
      const answer = await signIn(browser, name, "wrong horse battery staple");
      expect([answer.status, await answer.text()]).toEqual([401, ""]);
    }
    expect(depot.log.filter((line) => line.includes("nobody"))).toEqual([]);
    expect(browser.setCookies).toEqual([]);
  });

  test("sent by another site's page is not looked at", async () => {
    const answer = await testBrowser(depot.url).send("POST", `${depot.url}/v1/sign-in/password`, {
      headers: { Origin: "https://elsewhere.example", "Content-Type": "application/json" },
      body: JSON.stringify({ name: "alice", password: PASSWORD }),
    });
    expect(answer.status).toBe(403);
  });

  test("is changed by who knows it; other sessions end, the own one stays", async () => {
    await depot.account("dora");
    await setPassword(depot.place, "dora", new Secret(PASSWORD));
    const [here, there] = [await signedIn("dora"), await signedIn("dora")];
    const change = async (old: string, wanted: string): Promise<number> =>
      (await here.fromPage("PUT", "/profile/password", { old, new: wanted })).status;
    expect(await change("wrong horse battery staple", "another horse another staple")).toBe(403);
    expect(await change(PASSWORD, "short")).toBe(422);
    expect(await change(PASSWORD, "another horse another staple")).toBe(204);
    expect((await here.fromPage("GET", "/profile")).status).toBe(200);
    expect((await there.fromPage("GET", "/profile")).status).toBe(401);
    expect((await signIn(there, "dora")).status).toBe(401);
    expect((await signIn(there, "dora", "another horse another staple")).status).toBe(200);
  });

  test("is not given to an account by its token alone", async () => {
    const token = await depot.account("erik");
    const answer = await depot.call("PUT", "/profile/password", { token, json: { new: PASSWORD } });
    expect(answer.status).toBe(403);
  });
});

test("requests by token need no guard", async () => {
  const answer = await depot.call("PATCH", "/profile", {
    token: alicesToken,
    json: { email: "alice@example.org" },
    headers: { Origin: "https://elsewhere.example" },
  });
  expect(answer.status).toBe(200);
});
