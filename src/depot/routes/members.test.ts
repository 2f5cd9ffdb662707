// What the original leaves open: invitations that concern others, roles that are stale, the audit, secrets, registries.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { encryptAnonymously, generateBoxKeyPair, parseKey } from "../../crypto/index.ts";
import { answered, startTestDepot, type TestDepot } from "../testing/depot.ts";
import { makeHart } from "../testing/harts.ts";

let depot: TestDepot;
let registry: Bun.Server<unknown>;
const tokens = new Map<string, string>();

beforeAll(async () => {
  registry = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: {
      "/users/login": {
        POST: async (request) => {
          const { password } = (await request.json()) as { password: string };
          return new Response(null, { status: password === "right" ? 200 : 401 });
        },
      },
    },
  });
  depot = await startTestDepot({
    registries: new Map([
      ["docker", `http://127.0.0.1:${registry.port}`],
      ["broken", "http://127.0.0.1:1"],
    ]),
  });
  for (const name of ["owner", "guest", "stranger"]) tokens.set(name, await depot.account(name));
  await call("owner", "POST", "/depot/origins", { name: "acme" });
});

afterAll(async () => {
  await depot.stop();
  await registry.stop(true);
});

function call(as: string, method: string, path: string, json?: unknown): Promise<Response> {
  return depot.call(method, path, { token: tokens.get(as) ?? "", ...(json !== undefined && { json }) });
}

async function invite(name: string): Promise<string> {
  const response = await call("owner", "POST", `/depot/origins/acme/users/${name}/invitations`);
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

async function members(): Promise<string[]> {
  const response = await call("owner", "GET", "/depot/origins/acme/users");
  return ((await response.json()) as { members: string[] }).members;
}

describe("invitations", () => {
  test("concern who is invited and who may invite, and nobody else", async () => {
    const path = `/depot/origins/acme/invitations/${await invite("guest")}`;
    expect((await call("stranger", "PUT", path)).status).toBe(403);
    expect((await call("stranger", "PUT", `${path}/ignore`)).status).toBe(403);
    expect((await call("owner", "PUT", `${path}/ignore`)).status).toBe(403);
    expect((await call("stranger", "DELETE", path)).status).toBe(403);
    expect(await members()).toEqual(["owner"]);
    const inbox = async () => (await (await call("guest", "GET", "/user/invitations")).json()) as unknown[];
    expect(await inbox()).toHaveLength(1);
    expect((await call("guest", "PUT", `${path}/ignore`)).status).toBe(204);
    expect(await inbox()).toHaveLength(0);
    const pending = await (await call("owner", "GET", "/depot/origins/acme/invitations")).json();
    expect(pending).toMatchObject({ invitations: [{ account_name: "guest", ignored: true }] });
    expect((await call("guest", "PUT", path)).status).toBe(204);
    expect(await members()).toEqual(["guest", "owner"]);
    expect((await call("owner", "POST", "/depot/origins/acme/users/guest/invitations")).status).toBe(409);
  });

  test("count in their own origin only, and are taken back", async () => {
    await call("stranger", "POST", "/depot/origins", { name: "strange" });
    const id = await invite("stranger");
    expect((await call("stranger", "PUT", `/depot/origins/strange/invitations/${id}`)).status).toBe(204);
    expect(await members()).not.toContain("stranger");
    expect((await call("owner", "DELETE", `/depot/origins/acme/invitations/${id}`)).status).toBe(204);
    expect((await call("stranger", "PUT", `/depot/origins/acme/invitations/${id}`)).status).toBe(204);
    expect(await members()).not.toContain("stranger");
    expect((await call("owner", "PUT", "/depot/origins/acme/invitations/x")).status).toBe(422);
  });
});

test("a role that is taken away is gone at once", async () => {
  const role = (as: string) => call("owner", "PUT", `/depot/origins/acme/users/guest/role?role=${as}`);
  expect((await role("Maintainer")).status).toBe(204);
  expect((await call("guest", "POST", "/depot/channels/acme/a")).status).toBe(201);
  await role("member");
  expect((await call("guest", "POST", "/depot/channels/acme/b")).status).toBe(401);
  await call("owner", "DELETE", "/depot/origins/acme/users/guest");
  expect((await call("guest", "GET", "/depot/origins/acme/users")).status).toBe(403);
});

describe("the audit of an origin", () => {
  test("tells its members who did what, when and from where", async () => {
    const page = (await (await call("owner", "GET", "/depot/origins/acme/audit")).json()) as {
      data: { operation: string; account_name: string; address: string; subject: string; details: object }[];
    };
    expect(page.data.every(({ address }) => address === "127.0.0.1")).toBe(true);
    const said = page.data.map(
      ({ operation, account_name, subject }) => `${account_name} ${operation} ${subject}`,
    );
    expect(said.slice(0, 4)).toEqual([
      "owner member-remove guest",
      "owner member-role guest",
      "guest channel-create a",
      "owner member-role guest",
    ]);
    expect(page.data[1]?.details).toEqual({ from: "maintainer", to: "member" });
    expect(said.at(-1)).toBe("owner origin-create acme");
  });

  test("does not tell later owners of the name what others did before", async () => {
    await call("stranger", "DELETE", "/depot/origins/strange");
    expect((await call("guest", "POST", "/depot/origins", { name: "strange" })).status).toBe(201);
    const page = await (await call("guest", "GET", "/depot/origins/strange/audit")).json();
    expect(page).toMatchObject({
      total_count: 1,
      data: [{ account_name: "guest", operation: "origin-create" }],
    });
  });
});

describe("secrets", () => {
  const path = "/depot/origins/acme/secret";
  const store = async (name: string, value: string) =>
    await answered(await call("owner", "POST", path, { name, value }));

  test("are stored as they were encrypted for the origin, and under any name twice", async () => {
    const key = await (await call("owner", "GET", "/depot/origins/acme/encryption_key")).text();
    expect(await (await call("owner", "GET", "/depot/origins/acme/encryption_key")).text()).toBe(key);
    const value = await encryptAnonymously(parseKey("origin-encryption-public", key), Buffer.from("s"));
    expect(await store("password", value)).toEqual({ status: 201, body: "" });
    expect(await store("password", value)).toEqual({ status: 201, body: "" });
    const listed = (await (await call("owner", "GET", path)).json()) as object[];
    expect(listed).toMatchObject(Array(2).fill({ origin_id: "0", name: "password", value }));
    expect((await call("owner", "DELETE", `${path}/password`)).status).toBe(200);
    expect(await (await call("owner", "GET", path)).text()).toBe("[]");
  });

  test("that the origin cannot decrypt are refused", async () => {
    const { publicKey } = generateBoxKeyPair("origin-encryption", "acme", new Date("2020-01-01T00:00:00Z"));
    const foreign = await encryptAnonymously(publicKey, Buffer.from("s"));
    expect((await store("a", foreign)).body).toMatch(
      /not encrypted with an encryption key of the origin acme/,
    );
    expect((await store("a", "clear text")).status).toBe(422);
    expect(await store("", "x")).toEqual({ status: 422, body: "Missing value for field `name`" });
    expect(await store("x", "")).toEqual({ status: 422, body: "Missing value for field `value`" });
  });
});

test("credentials are tried out with known registries alone", async () => {
  const tried = async (type: string, json: unknown) =>
    (await call("owner", "POST", `/ext/integrations/${type}/credentials/validate`, json)).status;
  const right = { username: "u", password: "right" };
  expect(await tried("docker", right)).toBe(200);
  expect(await tried("docker", { ...right, url: `http://127.0.0.1:${registry.port}/` })).toBe(200);
  expect(await tried("docker", { username: "u", password: "wrong" })).toBe(400);
  expect(await tried("docker", { ...right, url: `${depot.url}/v1` })).toBe(400);
  expect(await tried("docker", { username: "u" })).toBe(400);
  expect(await tried("azure", right)).toBe(400);
  expect(await tried("broken", right)).toBe(403);
});

test("a deleted release takes its file along, unless another has the same bytes", async () => {
  const path = "/depot/pkgs/acme/gone/1/20260101000000";
  const { bytes, checksum } = await makeHart("acme/gone/1/20260101000000");
  await depot.call("POST", `${path}?checksum=${checksum}`, { token: tokens.get("owner") ?? "", body: bytes });
  expect(await depot.blobs()).toContain(checksum);
  expect((await call("owner", "DELETE", path)).status).toBe(204);
  expect((await call("owner", "GET", `${path}/download`)).status).toBe(404);
  expect(await depot.blobs()).not.toContain(checksum);
});

test("an address that asks too often waits", async () => {
  const limited = await startTestDepot({ requestsPerSecond: 1 });
  try {
    const statuses: number[] = [];
    for (let index = 0; index < 20; index++) {
      const response = await limited.call("GET", "/status");
      statuses.push(response.status);
      if (response.status === 429) expect(response.headers.get("retry-after")).toBe("1");
    }
    expect(statuses[0]).toBe(200);
    expect(statuses).toContain(429);
  } finally {
    await limited.stop();
  }
});
