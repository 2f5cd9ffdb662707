// Signing in from a terminal by a code that a person approves on a page (RFC 8628; docs/sign-in.md).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Secret } from "../../crypto/index.ts";
import { setPassword } from "../index.ts";
import { newUserCode, PollPace, shownUserCode, userCodeOf } from "../sign-in/device.ts";
import { type TestBrowser, testBrowser } from "../testing/browser.ts";
import { startTestDepot, type TestDepot } from "../testing/depot.ts";
import { signInFile } from "../testing/sign-in-file.ts";

const PASSWORD = "correct horse battery staple";

interface Begun {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval: number;
}

let depot: TestDepot;
let alicesToken: string;
let alice: TestBrowser;
let bob: TestBrowser;

beforeAll(async () => {
  depot = await startTestDepot();
  alicesToken = await depot.account("alice");
  await depot.account("bob");
  [alice, bob] = [await signedIn("alice"), await signedIn("bob")];
});
afterAll(() => depot.stop());

async function signedIn(name: string): Promise<TestBrowser> {
  await setPassword(depot.place, name, new Secret(PASSWORD));
  const browser = testBrowser(depot.url);
  const { status } = await browser.fromPage("POST", "/sign-in/password", { name, password: PASSWORD });
  expect(status).toBe(200);
  return browser;
}

const begin = async (words: object = {}): Promise<Begun> => {
  const answer = await depot.call("POST", "/sign-in/device", { json: { label: "hab on ship", ...words } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Begun;
};
const poll = (device_code: string) => depot.call("POST", "/sign-in/device/token", { json: { device_code } });
const seen = async (browser: TestBrowser, code: string) =>
  (await (await browser.fromPage("GET", `/profile/device-requests/${code}`)).json()) as { id: string };
const decide = async (browser: TestBrowser, code: string, approve: boolean) => {
  const { id } = await seen(browser, code);
  return (await browser.fromPage("PUT", `/profile/device-requests/${code}`, { id, approve })).status;
};
/** Lets the time of all requests be over. */
const endAll = () =>
  depot.change((db) =>
    db.updateTable("device_requests").set({ expires_at: "2020-01-01T00:00:00.000" }).execute(),
  );

describe("a code", () => {
  test("is eight consonants, however they are typed", () => {
    const code = newUserCode();
    expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/);
    expect(shownUserCode(code)).toBe(`${code.slice(0, 4)}-${code.slice(4)}`);
    for (const typed of [code, shownUserCode(code).toLowerCase(), ` ${code.slice(0, 2)} ${code.slice(2)}`])
      expect(userCodeOf(typed)).toBe(code);
    for (const typed of ["", "AEIO-UAEI", code.slice(1), `${code}B`])
      expect(userCodeOf(typed)).toBeUndefined();
  });

  test("approved by a person gives one token, of theirs, called and ending as they saw", async () => {
    const begun = await begin({ days: 30 });
    expect(begun).toMatchObject({ expires_in: 600, interval: 5 });
    expect(begun.verification_uri_complete).toBe(`${depot.url}/sign-in/device?code=${begun.user_code}`);
    expect((await poll(begun.device_code)).status).toBe(202);
    expect(await seen(alice, begun.user_code)).toMatchObject({
      user_code: begun.user_code,
      label: "hab on ship",
      days: 30,
      address: "127.0.0.1",
      same_address: true,
    });
    expect(await decide(alice, begun.user_code.toLowerCase(), true)).toBe(204);
    const answer = await poll(begun.device_code);
    expect(answer.headers.get("cache-control")).toContain("no-store");
    const { token, label, expires_at } = (await answer.json()) as Record<string, string>;
    expect(label).toBe("hab on ship");
    const days = (Date.parse(`${expires_at}Z`) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    const profile = await depot.call("GET", "/profile", { token: token ?? "" });
    expect(await profile.json()).toMatchObject({ name: "alice" });
    expect((await poll(begun.device_code)).status).toBe(410);
    expect(await depot.rows((db) => db.selectFrom("device_requests").selectAll().execute())).toEqual([]);
  });

  test("is decided once: who comes later finds none", async () => {
    const { user_code, device_code } = await begin();
    const { id } = await seen(bob, user_code);
    expect(await decide(alice, user_code, true)).toBe(204);
    const late = await bob.fromPage("PUT", `/profile/device-requests/${user_code}`, { id, approve: true });
    expect(late.status).toBe(404);
    expect((await poll(device_code)).status).toBe(200);
  });

  test("decides on the request that was looked at, not on another one", async () => {
    const [first, second] = [await begin(), await begin()];
    const { id } = await seen(alice, first.user_code);
    const path = `/profile/device-requests/${second.user_code}`;
    expect((await alice.fromPage("PUT", path, { id, approve: true })).status).toBe(404);
    expect((await poll(second.device_code)).status).toBe(202);
  });

  test("refused, the terminal hears it", async () => {
    const { user_code, device_code } = await begin();
    expect(await decide(alice, user_code, false)).toBe(204);
    const answer = await poll(device_code);
    expect([answer.status, await answer.text()]).toEqual([403, "The request was refused"]);
    expect((await poll(device_code)).status).toBe(410);
  });

  test("expires, and its row goes with the next that begins", async () => {
    const { user_code, device_code } = await begin();
    await endAll();
    expect((await poll(device_code)).status).toBe(410);
    expect((await alice.fromPage("GET", `/profile/device-requests/${user_code}`)).status).toBe(404);
    await begin();
    expect(await depot.rows((db) => db.selectFrom("device_requests").select("id").execute())).toHaveLength(1);
  });

  test("of an account that was switched off meanwhile gives nothing", async () => {
    await depot.account("zoe");
    const zoe = await signedIn("zoe");
    const { user_code, device_code } = await begin();
    expect(await decide(zoe, user_code, true)).toBe(204);
    await depot.change((db) =>
      db
        .updateTable("accounts")
        .set({ disabled_at: "2020-01-01T00:00:00.000" })
        .where("name", "=", "zoe")
        .execute(),
    );
    expect((await poll(device_code)).status).toBe(403);
  });
});

describe("nobody", () => {
  test("approves by a token, without signing in, or from another site's page", async () => {
    const { user_code } = await begin();
    const { id } = await seen(alice, user_code);
    const path = `/profile/device-requests/${user_code}`;
    const json = { id, approve: true };
    expect((await depot.call("GET", path, { token: alicesToken })).status).toBe(403);
    expect((await depot.call("PUT", path, { token: alicesToken, json })).status).toBe(403);
    expect((await depot.call("PUT", path, { json })).status).toBe(401);
    const headers = {
      Origin: "http://elsewhere.example",
      "X-Hab-Request": "1",
      "Content-Type": "application/json",
    };
    const forged = await alice.send("PUT", `${depot.url}/v1${path}`, { headers, body: JSON.stringify(json) });
    expect(forged.status).toBe(403);
    expect((await depot.call("POST", "/sign-in/device", { json: { label: "x" }, headers })).status).toBe(403);
  });

  test("hides in the name of a terminal what it is", async () => {
    for (const label of ["", "profile", "a\u202Eb", "a\nb", "x".repeat(101)])
      expect((await depot.call("POST", "/sign-in/device", { json: { label } })).status).toBe(400);
  });

  test("guesses codes, or fills the depot with requests", async () => {
    const statuses = new Set<number>();
    for (let tries = 0; tries < 21; tries++)
      statuses.add((await bob.fromPage("GET", "/profile/device-requests/BCDF-BCDF")).status);
    expect([...statuses]).toEqual([404, 429]);
    let refused: Response | undefined;
    for (let tries = 0; tries < 21 && refused?.status !== 429; tries++)
      refused = await depot.call("POST", "/sign-in/device", { json: { label: "x" } });
    expect([refused?.status, refused?.headers.get("retry-after")]).toEqual([429, "30"]);
  });
});

test("who asks too often is told to wait longer, and again", () => {
  let now = 1_000_000;
  const pace = new PollPace(() => now);
  const after = (seconds: number): number => {
    now += seconds * 1000;
    return pace.secondsAfter("1");
  };
  expect([after(0), after(5), after(1), after(10), after(2), after(15)]).toEqual([5, 5, 10, 10, 15, 15]);
  expect(pace.secondsAfter("2")).toBe(5);
});

test("a depot that lets nobody in with a browser has no codes", async () => {
  const file = signInFile({ password: { enabled: false } });
  const closed = await startTestDepot({ signInFile: file.path });
  const answer = await closed.call("POST", "/sign-in/device", { json: { label: "x" } });
  expect(answer.status).toBe(404);
  await closed.stop();
  file.remove();
});
