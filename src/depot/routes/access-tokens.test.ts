// Tokens beyond the original's one: labels, ends, scopes.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { expireToken } from "../index.ts";
import { MAX_TOKENS_PER_ACCOUNT } from "../limits.ts";
import { answered, startTestDepot, type TestDepot } from "../testing/depot.ts";
import { makeHart } from "../testing/harts.ts";

let depot: TestDepot;
let bobo: string;

beforeAll(async () => {
  depot = await startTestDepot();
  bobo = await depot.account("bobo");
  for (const name of ["acme", "other"])
    await depot.call("POST", "/depot/origins", {
      token: bobo,
      json: { name, default_package_visibility: "private" },
    });
  const { bytes, checksum } = await makeHart("acme/app/1/20260101000000");
  await depot.call("POST", `/depot/pkgs/acme/app/1/20260101000000?checksum=${checksum}`, {
    token: bobo,
    body: bytes,
  });
});

afterAll(() => depot.stop());

interface Token {
  readonly id: string;
  readonly token: string;
  readonly label: string;
  readonly expires_at: string | null;
}

async function make(json?: unknown): Promise<Token> {
  const response = await depot.call("POST", "/profile/access-tokens", {
    token: bobo,
    ...(json !== undefined && { json }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Token;
}

describe("access tokens", () => {
  test("made without a body replace each other, those with a label stay", async () => {
    const first = await make();
    const ci = await make({ label: "ci" });
    const second = await make();
    const status = async ({ token }: Token) => (await depot.call("GET", "/profile", { token })).status;
    expect([await status(first), await status(ci), await status(second)]).toEqual([401, 200, 200]);
    const { tokens } = (await (
      await depot.call("GET", "/profile/access-tokens", { token: bobo })
    ).json()) as { tokens: Token[] };
    expect(tokens.map(({ label, token }) => [label, token])).toEqual([
      ["command", ""],
      ["ci", ""],
      ["profile", ""],
    ]);
  });

  test("end by themselves", async () => {
    const { id, token, expires_at } = await make({ label: "short", days: 1 });
    expect(Date.parse(`${expires_at}Z`) - Date.now()).toBeGreaterThan(86_000_000);
    expect((await depot.call("GET", "/profile", { token })).status).toBe(200);
    await expireToken(depot.place, id, -1);
    expect((await depot.call("GET", "/profile", { token })).status).toBe(401);
  });

  test("limited to an origin know no other", async () => {
    const { token } = await make({ label: "acme only", origins: ["acme"] });
    const origins = (await (await depot.call("GET", "/user/origins", { token })).json()) as {
      name: string;
    }[];
    expect(origins.map(({ name }) => name)).toEqual(["acme"]);
    expect((await depot.call("GET", "/depot/pkgs/acme/app/latest", { token })).status).toBe(200);
    expect((await depot.call("POST", "/depot/channels/acme/a", { token })).status).toBe(201);
    expect((await depot.call("POST", "/depot/channels/other/a", { token })).status).toBe(401);
    expect((await depot.call("GET", "/depot/origins/other/users", { token })).status).toBe(403);
    const found = async (as: string) =>
      (
        (await (await depot.call("GET", "/depot/pkgs/search/app", { token: as })).json()) as {
          total_count: number;
        }
      ).total_count;
    const { token: elsewhere } = await make({ label: "other only", origins: ["other"] });
    expect([await found(token), await found(elsewhere), await found(bobo)]).toEqual([1, 0, 1]);
  });

  test("limited to a verb may do that and read", async () => {
    const { token } = await make({ label: "promotes", verbs: ["promote"] });
    const promote = "/depot/channels/acme/stable/pkgs/app/1/20260101000000/promote";
    expect((await depot.call("PUT", promote, { token })).status).toBe(200);
    expect(await answered(await depot.call("POST", "/depot/origins/acme/keys", { token }))).toEqual({
      status: 403,
      body: "The scope of this access token does not include 'manage'",
    });
    expect((await depot.call("GET", "/depot/origins/acme/secret_keys/latest", { token })).status).toBe(403);
  });

  test("with a scope change nothing about the account, so they make no others", async () => {
    const { token } = await make({ label: "narrow", verbs: ["manage"] });
    const narrow = await depot.call("POST", "/profile/access-tokens", { token, json: { label: "wide" } });
    expect(await answered(narrow)).toEqual({
      status: 403,
      body: "This access token has a scope: it cannot change the account",
    });
  });

  test.each([
    [{}],
    [{ label: "" }],
    [{ label: "profile" }],
    [{ label: "x", days: 0 }],
    [{ label: "x", origins: [] }],
    [{ label: "x", origins: ["../acme"] }],
    [{ label: "x", verbs: ["everything"] }],
    [{ label: "x", admin: true }],
  ])("are not made of %j", async (json) => {
    expect((await depot.call("POST", "/profile/access-tokens", { token: bobo, json })).status).toBe(400);
  });

  test("are only so many", async () => {
    const hank = await depot.account("hank");
    const statuses = new Set<number>();
    for (let index = 0; index < MAX_TOKENS_PER_ACCOUNT; index++)
      statuses.add(
        (await depot.call("POST", "/profile/access-tokens", { token: hank, json: { label: `${index}` } }))
          .status,
      );
    expect([...statuses]).toEqual([200, 422]);
  });
});
