// Origins, their members and invitations by the commands a person types, against a depot that gives recorded answers
// (reference/depot-api.md §11, cli.md §10.6).
import { afterEach, describe, expect, test } from "bun:test";
import { runHab } from "../testing/run-hab.ts";

const TOKEN = "_token-nobody-may-see";
const INVITATION = {
  id: "705705315793903646",
  account_id: "1362026505466331136",
  account_name: "bob",
  created_at: "2026-11-23T07:28:09.123456",
  ignored: false,
  origin: "acme",
  owner_id: "1362026505466331137",
  updated_at: "2026-11-23T07:28:09.123456",
};

interface Asked {
  readonly line: string;
  readonly authorization: string | null;
  readonly body: string;
}

const servers: Bun.Server<unknown>[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true);
});

/** A depot that gives one answer to everything, and what it was asked. */
function depotAnswering(status: number, body?: unknown) {
  const asked: Asked[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const url = new URL(request.url);
      asked.push({
        line: `${request.method} ${url.pathname}${url.search}`,
        authorization: request.headers.get("authorization"),
        body: await request.text(),
      });
      const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
      return new Response(text ?? null, { status });
    },
  });
  servers.push(server);
  return { asked, url: `http://127.0.0.1:${server.port}` };
}

async function hab(
  words: readonly string[],
  env: Record<string, string | undefined>,
  answers: string[] = [],
) {
  const ended = await runHab(words, {
    env: { HAB_NOCOLORING: "true", HAB_AUTH_TOKEN: TOKEN, HOME: "/nonexistent", ...env },
    answers,
  });
  expect(ended.stdout + ended.stderr).not.toContain(TOKEN);
  return ended;
}

type Row = readonly [
  words: string,
  request: string,
  status: number,
  lines: readonly string[],
  json: Readonly<Record<string, unknown>>,
];

const ID = INVITATION.id;
const CHANGES: readonly Row[] = [
  [
    "origin delete acme",
    "DELETE /v1/depot/origins/acme",
    204,
    ["☒ Deleting origin acme.", "✓ Deleted origin acme."],
    { origin: "acme", deleted: true },
  ],
  [
    "origin depart acme",
    "POST /v1/depot/origins/acme/depart",
    204,
    ["→ Departing origin acme.", "✓ Departed origin acme."],
    { origin: "acme", departed: true },
  ],
  [
    "origin transfer acme bob",
    "POST /v1/depot/origins/acme/transfer/bob",
    204,
    ["→ Transferring ownership of origin acme to bob.", "✓ Transferred ownership of origin acme to bob."],
    { origin: "acme", owner: "bob" },
  ],
  [
    `origin invitations accept acme ${ID}`,
    `PUT /v1/depot/origins/acme/invitations/${ID}`,
    204,
    [`↑ Accepting invitation ${ID} to origin acme.`, `✓ Accepted invitation ${ID} to origin acme.`],
    { origin: "acme", invitation: ID, accepted: true },
  ],
  [
    `origin invitations ignore acme ${ID}`,
    `PUT /v1/depot/origins/acme/invitations/${ID}/ignore`,
    204,
    [`☒ Ignoring invitation ${ID} to origin acme.`, `✓ Ignored invitation ${ID} to origin acme.`],
    { origin: "acme", invitation: ID, ignored: true },
  ],
  [
    `origin invitations rescind acme ${ID}`,
    `DELETE /v1/depot/origins/acme/invitations/${ID}`,
    204,
    [`☒ Rescinding invitation ${ID} to origin acme.`, `✓ Rescinded invitation ${ID} to origin acme.`],
    { origin: "acme", invitation: ID, rescinded: true },
  ],
  [
    "origin invitations send acme bob",
    "POST /v1/depot/origins/acme/users/bob/invitations",
    201,
    ["↑ Sending invitation to origin acme to bob.", "✓ Sent invitation to origin acme to bob."],
    { origin: "acme", account: "bob", sent: true },
  ],
  [
    "origin rbac set -n -o acme bob Maintainer",
    "PUT /v1/depot/origins/acme/users/bob/role?role=maintainer",
    204,
    [
      "» Preparing to update member bob's role to 'maintainer' in acme origin.",
      "✓ Updated bob's role to 'maintainer' in acme origin.",
    ],
    { origin: "acme", member: "bob", role: "maintainer", updated: true },
  ],
  [
    "pkg delete acme/web/1.0/20260101000000 x86_64-windows",
    "DELETE /v1/depot/pkgs/acme/web/1.0/20260101000000?target=x86_64-windows",
    204,
    [
      "» Deleting acme/web/1.0/20260101000000 (x86_64-windows) from the depot",
      "✓ Deleted acme/web/1.0/20260101000000 (x86_64-windows)",
    ],
    { ident: "acme/web/1.0/20260101000000", target: "x86_64-windows", deleted: true },
  ],
];

describe("a change", () => {
  test.each(CHANGES)("hab %s is %s", async (words, request, status, lines, json) => {
    const { asked, url } = depotAnswering(status);
    const text = await hab(words.split(" "), { HAB_BLDR_URL: url });
    expect(text).toEqual({ exitCode: 0, stdout: lines.map((line) => `${line}\n`).join(""), stderr: "" });
    const document = await hab([...words.split(" "), "--json"], { HAB_BLDR_URL: url });
    expect(document.exitCode).toBe(0);
    expect(JSON.parse(document.stdout)).toEqual(json);
    const expected = { line: request, authorization: `Bearer ${TOKEN}`, body: "" };
    expect(asked).toEqual([expected, expected]);
  });

  test.each(CHANGES)("hab %s is sent once when the depot fails", async (words) => {
    const { asked, url } = depotAnswering(500, "database gone");
    const { exitCode, stderr } = await hab(words.split(" "), { HAB_BLDR_URL: url });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("database gone");
    expect(stderr).toContain("HAB-CLT-010");
    expect(asked).toHaveLength(1);
  });
});

describe("a refusal says what to do next", () => {
  test.each([
    [
      "origin delete acme",
      409,
      "There are 2 members remaining in origin acme.",
      "HAB-CLT-021",
      "project conn",
    ],
    ["origin delete acme", 403, "", "HAB-CLT-006", "Only the owner"],
    ["origin depart acme", 403, "Departing the owner", "HAB-CLT-006", "hab origin transfer acme"],
    ["origin depart acme", 422, "Do not have access", "HAB-CLT-023", "whose access token"],
    ["origin transfer acme bob", 403, "", "HAB-CLT-006", "hab origin invitations send acme bob"],
    ["origin transfer acme bob", 404, "", "HAB-CLT-007", "no account bob"],
    ["origin transfer acme bob", 422, "Cannot transfer", "HAB-CLT-009", "name another member"],
    ["origin transfer acme bob", 401, "", "HAB-CLT-005", "HAB_AUTH_TOKEN"],
    ["origin invitations accept acme 1", 404, "", "HAB-CLT-007", "hab origin invitations list"],
    ["origin invitations rescind acme 1", 403, "", "HAB-CLT-006", "maintainer"],
    ["origin invitations rescind acme 1", 404, "", "HAB-CLT-007", "pending acme"],
    ["origin invitations send acme bob", 403, "", "HAB-CLT-006", "maintainer"],
    ["origin invitations send acme bob", 409, "", "HAB-CLT-008", "invited already"],
    ["origin invitations pending acme", 403, "", "HAB-CLT-006", "Only members"],
    ["origin rbac show -o acme bob", 403, "", "HAB-CLT-006", "Only members"],
    ["origin rbac show -o acme bob", 404, "", "HAB-CLT-007", "no member of acme"],
    ["origin rbac set -n -o acme bob OWNER", 403, "", "HAB-CLT-006", "hab origin transfer"],
    ["origin rbac set -n -o acme bob MEMBER", 404, "", "HAB-CLT-007", "no member of acme"],
    ["origin rbac set -n -o acme bob MEMBER", 422, "Invalid member role", "HAB-CLT-009", "does not know"],
    ["pkg delete a/b/1/2", 404, "", "HAB-CLT-007", "hab pkg channels"],
    ["pkg delete a/b/1/2", 422, "Deleting package with rdeps", "HAB-CLT-022", "Demote it"],
  ])("hab %s answered with %d %s", async (words, status, body, code, next) => {
    const { url } = depotAnswering(status, body);
    const { exitCode, stderr } = await hab(words.split(" "), { HAB_BLDR_URL: url });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(body);
    expect(stderr).toContain(code);
    expect(stderr).toContain(next);
  });
});

describe("lists of invitations", () => {
  test("are tables: your own with the origin", async () => {
    const { asked, url } = depotAnswering(200, [INVITATION]);
    const { exitCode, stdout } = await hab(["origin", "invitations", "list"], { HAB_BLDR_URL: url });
    expect(exitCode).toBe(0);
    expect(stdout).toEndWith(
      [
        "Your Origin Invitations Inbox [1]:",
        "Invitation Id       Origin Name  Account Name  Creation Date               Ignored",
        "705705315793903646  acme         bob           2026-11-23 07:28:09.123456  false",
        "",
      ].join("\n"),
    );
    expect(asked).toMatchObject([{ line: "GET /v1/user/invitations", authorization: `Bearer ${TOKEN}` }]);
  });

  test("those of an origin without", async () => {
    const { asked, url } = depotAnswering(200, { origin: "acme", invitations: [INVITATION] });
    const { stdout } = await hab(["origin", "invitations", "pending", "acme"], { HAB_BLDR_URL: url });
    expect(stdout).toEndWith(
      [
        "Pending Origin (acme) Member Invitations [1]:",
        "Invitation Id       Account Name  Creation Date               Ignored",
        "705705315793903646  bob           2026-11-23 07:28:09.123456  false",
        "",
      ].join("\n"),
    );
    expect(asked).toMatchObject([
      { line: "GET /v1/depot/origins/acme/invitations", authorization: `Bearer ${TOKEN}` },
    ]);
  });

  test("that are empty say so, and are an empty line", async () => {
    const { url } = depotAnswering(200, []);
    const { stdout } = await hab(["origin", "invitations", "list"], { HAB_BLDR_URL: url });
    expect(stdout).toEndWith("Inbox [0]:\n\n");
  });

  test("as JSON keep the names of the API and ids as text", async () => {
    const own = depotAnswering(200, [{ ...INVITATION, newer: "field" }]);
    const list = await hab(["origin", "invitations", "list", "--json"], { HAB_BLDR_URL: own.url });
    expect(JSON.parse(list.stdout)).toEqual({ invitations: [INVITATION] });
    const open = depotAnswering(200, { origin: "acme", invitations: [INVITATION] });
    const pending = await hab(["origin", "invitations", "pending", "acme", "--json"], {
      HAB_BLDR_URL: open.url,
    });
    expect(JSON.parse(pending.stdout)).toEqual({ origin: "acme", invitations: [INVITATION] });
  });

  test("cannot steer the terminal or forge a row", async () => {
    const { url } = depotAnswering(200, [{ ...INVITATION, account_name: "\u001b[2Jbob\n1  acme" }]);
    const { stdout } = await hab(["origin", "invitations", "list"], { HAB_BLDR_URL: url });
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toContain("?[2Jbob?1  acme");
  });

  test("of another shape are not taken", async () => {
    const { url } = depotAnswering(200, [{ ...INVITATION, id: 7 }]);
    const { exitCode, stderr } = await hab(["origin", "invitations", "list"], { HAB_BLDR_URL: url });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("HAB-CLT-011");
  });
});

describe("hab origin rbac", () => {
  test("show tells the role", async () => {
    const { asked, url } = depotAnswering(200, { role: "maintainer" });
    const text = await hab(["origin", "rbac", "show", "-o", "acme", "bob"], { HAB_BLDR_URL: url });
    expect(text.stdout).toEndWith("→ Found bob has the role maintainer in origin acme.\n");
    const json = await hab(["origin", "rbac", "show", "-o", "acme", "bob", "-j"], { HAB_BLDR_URL: url });
    expect(json.stdout).toBe('{"role":"maintainer"}\n');
    expect(asked[0]).toEqual({
      line: "GET /v1/depot/origins/acme/users/bob/role",
      authorization: `Bearer ${TOKEN}`,
      body: "",
    });
  });

  test.each([
    ["", 1],
    ["y", 1],
    ["no", 0],
    ["q", 0],
  ])("set asks; the answer %p sends %d requests", async (answer, requests) => {
    const { asked, url } = depotAnswering(204);
    const words = ["origin", "rbac", "set", "-o", "acme", "bob", "member"];
    const { exitCode, stdout } = await hab(words, { HAB_BLDR_URL: url }, [answer]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("[Yes/no/quit]");
    expect(asked).toHaveLength(requests);
    const json = await hab([...words, "--json"], { HAB_BLDR_URL: url }, [answer]);
    expect(JSON.parse(json.stdout)).toMatchObject({ updated: requests === 1 });
  });

  test("takes HAB_DEPOT_URL when there is no HAB_BLDR_URL, which others do not", async () => {
    const { asked, url } = depotAnswering(200, { role: "member" });
    const words = ["origin", "rbac", "show", "-o", "acme", "bob"];
    const legacy = await hab(words, { HAB_DEPOT_URL: `${url}/depot` });
    expect(legacy.exitCode).toBe(0);
    expect(asked.map(({ line }) => line)).toEqual(["GET /depot/depot/origins/acme/users/bob/role"]);
    const both = await hab(words, { HAB_DEPOT_URL: "http://127.0.0.1:1", HAB_BLDR_URL: url });
    expect(both.exitCode).toBe(0);
  });

  test("sends even an empty HAB_AUTH_TOKEN", async () => {
    const { asked, url } = depotAnswering(401);
    const words = ["origin", "rbac", "show", "-o", "acme", "bob"];
    const empty = await hab(words, { HAB_BLDR_URL: url, HAB_AUTH_TOKEN: "" });
    expect(empty.stderr).toContain("HAB-CLT-005");
    expect(asked).toHaveLength(1);
    const none = await hab(words, { HAB_BLDR_URL: url, HAB_AUTH_TOKEN: undefined });
    expect(none.stderr).toContain("HAB-CLI-005");
    expect(asked).toHaveLength(1);
  });
});

describe("names that are paths", () => {
  test.each([
    ["origin delete ../acme"],
    ["origin transfer acme a/b"],
    ["origin invitations send acme .."],
    ["origin rbac show -o acme ."],
  ])("hab %s sends nothing", async (words) => {
    const { asked, url } = depotAnswering(204);
    const { exitCode } = await hab(words.split(" "), { HAB_BLDR_URL: url });
    expect(exitCode).not.toBe(0);
    expect(asked).toEqual([]);
  });

  test("other signs in an account's name stay within their part of the path", async () => {
    const { asked, url } = depotAnswering(204);
    await hab(["origin", "transfer", "acme", "a?b#c%2f"], { HAB_BLDR_URL: url });
    expect(asked.map(({ line }) => line)).toEqual(["POST /v1/depot/origins/acme/transfer/a%3Fb%23c%252f"]);
  });
});
