import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { formatKey } from "../../crypto/index.ts";
import { createToken } from "../index.ts";
import { answered, startTestDepot, type TestDepot } from "../testing/depot.ts";
import { originKeys, publicKeyText } from "../testing/harts.ts";

let depot: TestDepot;
let bobo: string;
let hank: string;

beforeAll(async () => {
  depot = await startTestDepot();
  bobo = await depot.account("bobo");
  hank = await depot.account("hank");
});

afterAll(() => depot.stop());

describe("origins (reference/depot-api.md §11)", () => {
  const create = (name: unknown, token?: string): Promise<Response> =>
    depot.call("POST", "/depot/origins", { ...(token !== undefined && { token }), json: { name } });

  test("are created by anyone with an account, once", async () => {
    expect((await create("neurosis")).status).toBe(401);
    const response = await create("neurosis", bobo);
    expect(response.status).toBe(201);
    expect(Object.keys((await response.json()) as object)).toEqual([
      "owner_id",
      "name",
      "created_at",
      "updated_at",
      "default_package_visibility",
    ]);
    expect(await answered(await create("neurosis", hank))).toEqual({ status: 409, body: "" });
  });

  test.each(["Core", " foo", "foo ", "!foo", "foo bar", "", "-foo", "a".repeat(256), "../x", "x\n"])(
    "may not be called %p",
    async (name) => {
      expect((await create(name, bobo)).status).toBe(417);
    },
  );

  test.each([
    ["{", "application/json"],
    ['{"name":5}', "application/json"],
    ['{"name":"x"}', "text/plain"],
  ])("are not made of %p sent as %p", async (body, type) => {
    const response = await depot.call("POST", "/depot/origins", {
      token: bobo,
      body,
      headers: { "Content-Type": type },
    });
    expect(response.status).toBe(400);
  });

  test("show their owner and the name of their newest secret key", async () => {
    const shown = async (): Promise<string> =>
      await (await depot.call("GET", "/depot/origins/neurosis")).text();
    expect(await shown()).toMatch(
      /^{"owner_id":"\d+","name":"neurosis","private_key_name":null,"default_package_visibility":"public","owner_account":"bobo"}$/,
    );
    expect((await depot.call("GET", "/depot/origins/nowhere")).status).toBe(404);
  });
});

describe("keys of an origin (reference/depot-api.md §12)", () => {
  const REVISION = "20260102030405";
  const PATH = `/depot/origins/neurosis/keys/${REVISION}`;
  const post = (path: string, body: string, token?: string): Promise<Response> =>
    depot.call("POST", path, { ...(token !== undefined && { token }), body });

  test("are uploaded by an administrator, once, under their own name", async () => {
    const text = publicKeyText("neurosis");
    expect((await post(PATH, text)).status).toBe(401);
    expect((await post(PATH, text, hank)).status).toBe(403);
    expect(await answered(await post(PATH, "", bobo))).toEqual({
      status: 422,
      body: "Invalid origin public key",
    });
    expect((await post(PATH, publicKeyText("core"), bobo)).status).toBe(422);
    expect((await post("/depot/origins/neurosis/keys/20200101000000", text, bobo)).status).toBe(422);
    expect((await post(PATH, "x".repeat(300_000), bobo)).status).toBe(413);
    const added = await post(PATH, text, bobo);
    expect(added.headers.get("location")).toBe(`/v1${PATH}`);
    expect(await answered(added)).toEqual({ status: 201, body: `/origins/neurosis/keys/${REVISION}` });
    expect(await answered(await post(PATH, text, bobo))).toEqual({ status: 409, body: "" });
  });

  test("are given byte for byte, under their file name", async () => {
    for (const path of [PATH, "/depot/origins/neurosis/keys/latest"]) {
      const response = await depot.call("GET", path);
      expect(response.headers.get("x-filename")).toBe(`neurosis-${REVISION}.pub`);
      expect(await response.text()).toBe(publicKeyText("neurosis"));
    }
    expect(await (await depot.call("GET", "/depot/origins/neurosis/keys")).text()).toBe(
      `[{"origin":"neurosis","revision":"${REVISION}","location":"/origins/neurosis/keys/${REVISION}"}]`,
    );
  });

  test("the secret one is for members, and sealed in the database", async () => {
    const text = formatKey(originKeys("neurosis").secretKey).reveal();
    // Compat: clients of the original put the key's name where the revision belongs.
    const path = "/depot/origins/neurosis/secret_keys/neurosis";
    expect((await post(path, text, hank)).status).toBe(403);
    expect((await post(path, "nonsense", bobo)).status).toBe(422);
    expect(await answered(await post(path, text, bobo))).toEqual({ status: 201, body: "" });
    expect((await post(path, text, bobo)).status).toBe(409);
    const latest = "/depot/origins/neurosis/secret_keys/latest";
    expect((await depot.call("GET", latest)).status).toBe(401);
    expect((await depot.call("GET", latest, { token: hank })).status).toBe(403);
    expect(await (await depot.call("GET", latest, { token: bobo })).text()).toBe(text);
    const shown = await (await depot.call("GET", "/depot/origins/neurosis")).json();
    expect(shown).toMatchObject({ private_key_name: `neurosis-${REVISION}` });
    const material = text.split("\n")[3] ?? "";
    const rows = JSON.stringify(await depot.rows((db) => db.selectFrom("origin_keys").selectAll().execute()));
    expect(rows).toContain("BOX-1");
    expect(rows).not.toContain(material);
  });
});

describe("tokens", () => {
  test("that are not valid are refused everywhere, also where none is needed", async () => {
    for (const header of [
      "Bearer",
      "bearer x",
      "Bearer a b",
      "Basic x",
      `Bearer ${"x".repeat(2000)}`,
      "Bearer _nope",
    ])
      for (const path of ["/status", "/depot/origins/neurosis", "/nothing"]) {
        const response = await depot.call("GET", path, { headers: { Authorization: header } });
        expect([header, path, response.status]).toEqual([header, path, 401]);
      }
  });

  test("stay the same over a restart, end when they expire, and are kept as hashes", async () => {
    const short = await createToken(depot.place, "bobo", { expiresInSeconds: -1 });
    expect((await depot.call("GET", "/profile", { token: short.token.reveal() })).status).toBe(401);
    await depot.restart();
    expect((await depot.call("GET", "/profile", { token: bobo })).status).toBe(200);
    const everything = await depot.rows(async (db) =>
      JSON.stringify([
        await db.selectFrom("access_tokens").selectAll().execute(),
        await db.selectFrom("audit").selectAll().execute(),
        await db.selectFrom("accounts").selectAll().execute(),
      ]),
    );
    expect(everything).not.toContain(bobo);
    expect(depot.log.join("\n")).not.toContain(bobo);
    expect(String(short.token)).toBe("[secret]");
  });

  test("made through the API are shown once, replace each other, and are revoked by their owner alone", async () => {
    const make = async (token: string): Promise<{ id: string; token: string }> =>
      (await (await depot.call("POST", "/profile/access-tokens", { token })).json()) as {
        id: string;
        token: string;
      };
    const first = await make(bobo);
    const second = await make(bobo);
    expect((await depot.call("GET", "/profile", { token: first.token })).status).toBe(401);
    expect((await depot.call("GET", "/profile", { token: second.token })).status).toBe(200);
    const list = await (await depot.call("GET", "/profile/access-tokens", { token: bobo })).text();
    expect(list).toContain(second.id);
    expect(list).not.toContain(second.token);
    const path = `/profile/access-tokens/${second.id}`;
    expect(await answered(await depot.call("DELETE", path, { token: hank }))).toEqual({
      status: 401,
      body: "Unauthorized access.",
    });
    expect((await depot.call("DELETE", "/profile/access-tokens/x", { token: bobo })).status).toBe(422);
    expect((await depot.call("DELETE", path, { token: bobo })).status).toBe(200);
    expect((await depot.call("GET", "/profile", { token: second.token })).status).toBe(401);
  });

  test("a profile is shown and changed by its owner", async () => {
    const patch = (json: unknown): Promise<Response> =>
      depot.call("PATCH", "/profile", { token: bobo, json });
    expect((await patch({ email: "" })).status).toBe(400);
    expect((await patch({ email: "haha@example.com" })).status).toBe(200);
    const profile = (await (await depot.call("GET", "/profile", { token: bobo })).json()) as object;
    expect(profile).toMatchObject({ name: "bobo", email: "haha@example.com" });
    expect(Object.keys(profile)).toEqual(["id", "email", "name", "created_at", "updated_at"]);
    expect((await depot.call("GET", "/profile")).status).toBe(401);
  });
});

describe("the audit", () => {
  test("has a row for every write, with who, what and from where", async () => {
    const rows = await depot.rows((db) => db.selectFrom("audit").selectAll().execute());
    const operations = rows.map((row) => row.operation);
    for (const operation of ["account-create", "origin-create", "key-upload", "token-create", "token-revoke"])
      expect(operations).toContain(operation);
    expect(rows.find((row) => row.operation === "origin-create")).toMatchObject({
      account_name: "bobo",
      origin: "neurosis",
      subject: "neurosis",
      trigger: "unknown",
      address: "127.0.0.1",
    });
  });
});
