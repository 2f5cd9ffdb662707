import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startTestDepot, type TestDepot } from "../testing/depot.ts";
import { makeHart } from "../testing/harts.ts";

let depot: TestDepot;
let bobo: string;
let hank: string;

/** Versions of reference/depot-api.md §24.2, newest first. */
const ORDERS: Readonly<Record<string, readonly string[]>> = {
  oddversion1: ["R16B03-1", "R16B02-5", "R16B", "R9Z-9", "R9B03-1"],
  oddversion6: ["1.2.3", "1.2.3-beta2", "1.2.3-beta12"],
  oddversion7: ["19.1.0.dev-cloud", "19.1.0.", "17.1.0-dev.cloud"],
  testapp2: ["v1.2.3-master", "v1.2.3-aaster"],
  numeric: ["1.10", "1.2.0", "1.2", "master"],
};

async function upload(ident: string, metafiles?: Record<string, string>): Promise<void> {
  const { bytes, checksum } = await makeHart(ident, metafiles);
  const response = await depot.call("POST", `/depot/pkgs/${ident}?checksum=${checksum}`, {
    token: bobo,
    body: bytes,
  });
  expect(response.status).toBe(201);
}

beforeAll(async () => {
  depot = await startTestDepot();
  bobo = await depot.account("bobo");
  hank = await depot.account("hank");
  await depot.call("POST", "/depot/origins", { token: bobo, json: { name: "odd" } });
  await depot.call("POST", "/depot/origins", {
    token: bobo,
    json: { name: "secret", default_package_visibility: "private" },
  });
  for (const [name, versions] of Object.entries(ORDERS))
    for (const version of [...versions].reverse()) await upload(`odd/${name}/${version}/20200101000000`);
  await upload("odd/numeric/1.10/20200101000001");
  await upload("odd/numeric/1.10/20200101000001-w", { TARGET: "x86_64-windows\n" });
  await upload("secret/app/1.0/20200101000000");
});

afterAll(() => depot.stop());

const get = (path: string, token?: string): Promise<Response> =>
  depot.call("GET", path, { ...(token !== undefined && { token }) });

describe("latest and versions", () => {
  for (const [name, versions] of Object.entries(ORDERS)) {
    test(`of ${name}: ${versions.join(" > ")}`, async () => {
      const listed = (await (await get(`/depot/pkgs/odd/${name}/versions`)).json()) as { version: string }[];
      expect(listed.map(({ version }) => version)).toEqual([...versions]);
      const latest = (await (await get(`/depot/pkgs/odd/${name}/latest`)).json()) as {
        ident: { version: string };
      };
      expect(latest.ident.version).toBe(versions[0] as string);
    });
  }

  test("a version's entry counts its releases as text and names its platforms", async () => {
    const [newest] = (await (await get("/depot/pkgs/odd/numeric/versions")).json()) as unknown[];
    expect(JSON.stringify(newest)).toBe(
      '{"origin":"odd","name":"numeric","version":"1.10","release_count":"3","latest":"20200101000001-w",' +
        '"platforms":["x86_64-linux","x86_64-windows"],"visibility":"public"}',
    );
  });

  test("the target comes from the query, then the User-Agent, then is x86_64-linux", async () => {
    const release = async (query: string, agent?: string): Promise<string | number> => {
      const response = await depot.call("GET", `/depot/pkgs/odd/numeric/latest${query}`, {
        headers: { "User-Agent": agent ?? "curl/8.0" },
      });
      if (response.status !== 200) return response.status;
      return ((await response.json()) as { ident: { release: string } }).ident.release;
    };
    expect(await release("")).toBe("20200101000001");
    expect(await release("?target=x86_64-windows")).toBe("20200101000001-w");
    expect(await release("", "hab/2.1.78/20260101000000 (x86_64-windows; 10.0.19045)")).toBe(
      "20200101000001-w",
    );
    expect(await release("", "hab/2.1.78/20260101000000 (aarch64-linux; 6.1.0)")).toBe(404);
    expect(await release("", "hab/2.1.78 (x86_64-linux-kernel2; 2.6.39)")).toBe("20200101000001");
    expect(await release("?target=pdp11-ultrix")).toBe(422);
  });
});

describe("lists (reference/depot-api.md §2.2)", () => {
  test("begin exactly at the range, and give everything for a negative one", async () => {
    const page = async (query: string): Promise<unknown> => {
      const response = await get(`/depot/pkgs/odd${query}`);
      const { data, ...range } = (await response.json()) as { data: unknown[] };
      return { status: response.status, count: data.length, ...range };
    };
    expect(await page("")).toEqual({
      status: 200,
      count: 19,
      range_start: 0,
      range_end: 18,
      total_count: 19,
    });
    expect(await page("?range=7")).toMatchObject({ range_start: 7, range_end: 18, count: 12 });
    expect(await page("?range=100")).toMatchObject({ range_start: 100, range_end: 19, count: 0 });
    expect(await page("?range=-1")).toMatchObject({ range_start: 0, count: 19 });
    expect(await page("?distinct=true")).toMatchObject({ count: 5, total_count: 5 });
    expect((await get("/depot/pkgs/odd?range=abc")).status).toBe(400);
    expect((await get("/depot/pkgs/odd?distinct=1")).status).toBe(400);
  });

  test("are ordered by the ident's text, last first, with channels and platforms", async () => {
    const { data } = (await (await get("/depot/pkgs/odd/numeric/1.10")).json()) as { data: unknown[] };
    expect(JSON.stringify(data[0])).toBe(
      '{"origin":"odd","name":"numeric","version":"1.10","release":"20200101000001-w","channels":["unstable"],"platforms":["x86_64-windows"]}',
    );
  });
});

describe("search (reference/depot-api.md §10)", () => {
  const found = async (text: string, query = "", token?: string): Promise<string[]> => {
    const { data } = (await (await get(`/depot/pkgs/search/${text}${query}`, token)).json()) as {
      data: { origin: string; name: string; version: string | null }[];
    };
    return data.map(
      ({ origin, name, version }) => `${origin}/${name}${version === null ? "" : `/${version}`}`,
    );
  };

  test("takes the last word as a beginning and the others as they are, in any case", async () => {
    expect(await found("testapp")).toEqual(["odd/testapp2/v1.2.3-aaster", "odd/testapp2/v1.2.3-master"]);
    expect(await found("ODD%2FTest", "?distinct=true")).toEqual(["odd/testapp2"]);
    expect(await found("od%2Ftest")).toEqual([]);
    expect(await found("odd", "?distinct=true")).toHaveLength(5);
  });

  test("finds private packages for members alone", async () => {
    expect(await found("secret")).toEqual([]);
    expect(await found("secret", "", hank)).toEqual([]);
    expect(await found("secret", "", bobo)).toEqual(["secret/app/1.0"]);
  });

  test.each(["%21%28%29%2A", "%20", "%27%20or%201%3D1%20--", "%F0%9F%90%B0", "a".repeat(255)])(
    "answers %s like any text",
    async (text) => {
      expect((await get(`/depot/pkgs/search/${text}`)).status).toBe(200);
    },
  );
});

describe("visibility (reference/depot-api.md §4.2)", () => {
  const IDENT = "secret/app/1.0/20200101000000";

  test("a private package is absent to everyone but members", async () => {
    for (const path of [
      `/depot/pkgs/${IDENT}`,
      `/depot/pkgs/${IDENT}/download`,
      "/depot/pkgs/secret/app/latest",
      "/depot/channels/secret/unstable/pkgs/app/latest",
      "/depot/channels/secret/unstable/pkgs/app/1.0/20200101000000",
    ]) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
      expect([path, (await get(path, hank)).status]).toEqual([path, 404]);
      expect([path, (await get(path, bobo)).status]).toEqual([path, 200]);
      // Asked again, now that a member's answer is in the cache.
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
    expect(await (await get(`/depot/pkgs/${IDENT}/channels`, hank)).json()).toEqual([]);
    expect(await (await get("/depot/pkgs/secret", hank)).json()).toMatchObject({ total_count: 0 });
  });

  test("what only members see is in no shared cache", async () => {
    expect((await get(`/depot/pkgs/${IDENT}/download`, bobo)).headers.get("cache-control")).toStartWith(
      "private",
    );
    expect((await get(`/depot/pkgs/${IDENT}`, bobo)).headers.get("cache-control")).toStartWith("private");
  });

  test("a maintainer changes it, for that release", async () => {
    const patch = (visibility: string, token?: string): Promise<Response> =>
      depot.call("PATCH", `/depot/pkgs/${IDENT}/${visibility}`, { ...(token !== undefined && { token }) });
    expect((await patch("public")).status).toBe(401);
    expect((await patch("public", hank)).status).toBe(403);
    expect((await patch("secret", bobo)).status).toBe(422);
    expect((await patch("hidden", bobo)).status).toBe(422);
    expect((await patch("public", bobo)).status).toBe(200);
    expect((await get("/depot/pkgs/secret/app/latest")).status).toBe(200);
    expect((await patch("private", bobo)).status).toBe(200);
    expect((await get("/depot/pkgs/secret/app/latest")).status).toBe(404);
  });
});

describe("downloads (reference/depot-api.md §8)", () => {
  const PATH = "/depot/pkgs/odd/numeric/1.2/20200101000000/download";

  test("carry a name, a length, a tag and never change", async () => {
    const response = await get(PATH);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(response.headers.get("content-length")).toBe(String(bytes.length));
    expect(response.headers.get("x-filename")).toBe("odd-numeric-1.2-20200101000000-x86_64-linux.hart");
    expect(response.headers.get("content-disposition")).toBe(
      'attachment; filename="odd-numeric-1.2-20200101000000-x86_64-linux.hart"',
    );
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const digest = new Bun.CryptoHasher("blake2b256").update(bytes).digest("hex");
    expect(response.headers.get("etag")).toBe(`"${digest}"`);
    const again = await depot.call("GET", PATH, { headers: { "If-None-Match": `"${digest}"` } });
    expect(again.status).toBe(304);
    const part = await depot.call("GET", PATH, { headers: { Range: "bytes=10-19" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 10-19/${bytes.length}`);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(10, 20));
    expect((await depot.call("GET", PATH, { headers: { Range: "bytes=999999-" } })).status).toBe(416);
  });

  test("end at once for nobody when the package is no longer public, also those that are known by their address", async () => {
    const show = (visibility: string) =>
      depot.call("PATCH", `/depot/pkgs/odd/numeric/1.2/20200101000000/${visibility}`, { token: bobo });
    expect((await depot.call("GET", PATH)).status).toBe(200);
    expect((await depot.call("GET", PATH)).status).toBe(200);
    await show("private");
    expect((await depot.call("GET", PATH)).status).toBe(404);
    expect((await depot.call("GET", PATH)).status).toBe(404);
    expect((await depot.call("GET", PATH, { token: bobo })).status).toBe(200);
    await show("public");
    expect((await depot.call("GET", PATH)).status).toBe(200);
  });

  test("refuse targets that do not exist", async () => {
    expect((await get(`${PATH}?target=foo`)).status).toBe(422);
    expect((await get(`${PATH}?target=x86_64-darwin`)).status).toBe(404);
  });
});
