import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { answered, startTestDepot, type TestDepot } from "../testing/depot.ts";
import { makeHart } from "../testing/harts.ts";

let depot: TestDepot;
let bobo: string;
let hank: string;

const OLD = "neurosis/testapp/0.1.3/20171205003213";
const NEW = "neurosis/testapp/0.1.13/20190511004436";
const OTHER = "neurosis/other/2.0/20190618173321";

beforeAll(async () => {
  depot = await startTestDepot();
  bobo = await depot.account("bobo");
  hank = await depot.account("hank");
  await depot.call("POST", "/depot/origins", { token: bobo, json: { name: "neurosis" } });
  for (const ident of [OLD, NEW, OTHER]) {
    const { bytes, checksum } = await makeHart(ident);
    await depot.call("POST", `/depot/pkgs/${ident}?checksum=${checksum}`, { token: bobo, body: bytes });
  }
});

afterAll(() => depot.stop());

const status = async (method: string, path: string, token?: string): Promise<number> =>
  (await depot.call(method, path, { ...(token !== undefined && { token }) })).status;

async function latest(channel: string, rest = "testapp/latest"): Promise<unknown> {
  const response = await depot.call("GET", `/depot/channels/neurosis/${channel}/pkgs/${rest}`);
  return response.status === 200 ? ((await response.json()) as { ident: unknown }).ident : response.status;
}

async function idents(path: string): Promise<unknown> {
  const response = await depot.call("GET", path);
  const { data, ...range } = (await response.json()) as { data: Record<string, string>[] };
  return { status: response.status, ...range, data: data.map((ident) => Object.values(ident).join("/")) };
}

describe("channels (reference/depot-api.md §9)", () => {
  test("a new origin has stable and unstable; names are listed in byte order", async () => {
    for (const name of ["foo", "LTS-2024", "bar", "bldr-123"])
      expect(await status("POST", `/depot/channels/neurosis/${name}`, bobo)).toBe(201);
    const names = async (query: string): Promise<string[]> => {
      const response = await depot.call("GET", `/depot/channels/neurosis${query}`);
      return ((await response.json()) as { name: string }[]).map(({ name }) => name);
    };
    expect(await names("")).toEqual(["LTS-2024", "bar", "foo", "stable", "unstable"]);
    expect(await names("?sandbox=true")).toEqual([
      "LTS-2024",
      "bar",
      "bldr-123",
      "foo",
      "stable",
      "unstable",
    ]);
    expect(await answered(await depot.call("GET", "/depot/channels/nowhere"))).toEqual({
      status: 200,
      body: "[]",
    });
  });

  test.each([
    ["POST", "/depot/channels/neurosis/new"],
    ["DELETE", "/depot/channels/neurosis/foo"],
    ["PUT", `/depot/channels/neurosis/foo/pkgs/${OLD.slice(9)}/promote`],
    ["PUT", `/depot/channels/neurosis/foo/pkgs/${OLD.slice(9)}/demote`],
    ["PUT", "/depot/channels/neurosis/foo/pkgs/promote?channel=bar"],
    ["PUT", "/depot/channels/neurosis/foo/pkgs/demote?channel=bar"],
  ])("%s %s answers 401 to everyone who is not a maintainer", async (method, path) => {
    expect(await status(method, path)).toBe(401);
    expect(await status(method, path, hank)).toBe(401);
  });

  test("existing ones conflict, special ones cannot go, absent ones are gone already", async () => {
    expect(await status("POST", "/depot/channels/neurosis/foo", bobo)).toBe(409);
    expect(await status("DELETE", "/depot/channels/neurosis/stable", bobo)).toBe(403);
    expect(await status("DELETE", "/depot/channels/neurosis/unstable", bobo)).toBe(403);
    expect(await status("DELETE", "/depot/channels/neurosis/nothing", bobo)).toBe(200);
  });

  test("a promotion is seen at once, though answers are cached, and so is a demotion", async () => {
    const path = `/depot/channels/neurosis/foo/pkgs/${OLD.slice(9)}`;
    expect(await latest("foo")).toBe(404);
    expect(await answered(await depot.call("PUT", `${path}/promote`, { token: bobo }))).toEqual({
      status: 200,
      body: "",
    });
    expect(await latest("foo")).toEqual({
      origin: "neurosis",
      name: "testapp",
      version: "0.1.3",
      release: "20171205003213",
    });
    expect(await latest("foo", "testapp/0.1.13/latest")).toBe(404);
    expect(await latest("foo", `testapp/0.1.3/20171205003213`)).toMatchObject({ version: "0.1.3" });
    expect(await latest("foo", "0.1.3/testapp/latest")).toBe(404);
    expect(await latest("unstable")).toMatchObject({ version: "0.1.13" });
    expect(await status("PUT", `${path}/promote`, bobo)).toBe(200);
    expect(await status("PUT", `${path}/demote`, bobo)).toBe(200);
    expect(await latest("foo")).toBe(404);
    expect(await status("PUT", `${path}/demote`, bobo)).toBe(400);
  });

  test("promoting what or where there is nothing answers 404, except to base", async () => {
    expect(await status("PUT", `/depot/channels/neurosis/nothing/pkgs/${OLD.slice(9)}/promote`, bobo)).toBe(
      404,
    );
    expect(await status("PUT", "/depot/channels/neurosis/foo/pkgs/testapp/9/9/promote", bobo)).toBe(404);
    const windows = `/depot/channels/neurosis/foo/pkgs/${OLD.slice(9)}/promote?target=x86_64-windows`;
    expect(await status("PUT", windows, bobo)).toBe(404);
    expect(await status("PUT", `/depot/channels/neurosis/base/pkgs/${OLD.slice(9)}/promote`, bobo)).toBe(200);
    expect(await latest("base")).toMatchObject({ version: "0.1.3" });
  });

  test("nothing leaves unstable, and that is said before who asks is looked at", async () => {
    const path = `/depot/channels/neurosis/unstable/pkgs/${OLD.slice(9)}/demote`;
    expect(await status("PUT", path)).toBe(403);
    expect(await status("PUT", path, bobo)).toBe(403);
  });

  test("a whole channel goes to another in one step, and out of it again", async () => {
    const move = (verb: string, from: string, to: string): Promise<number> =>
      status("PUT", `/depot/channels/neurosis/${from}/pkgs/${verb}?channel=${to}`, bobo);
    expect(await move("promote", "unstable", "bar")).toBe(200);
    expect(await idents("/depot/channels/neurosis/bar/pkgs")).toEqual({
      status: 200,
      range_start: 0,
      range_end: 2,
      total_count: 3,
      data: [OTHER, NEW, OLD],
    });
    expect(await move("promote", "foo", "foo")).toBe(400);
    expect(await move("promote", "foo", "unstable")).toBe(400);
    expect(await move("demote", "unstable", "stable")).toBe(400);
    expect(await move("promote", "bar", "made-by-promotion")).toBe(200);
    expect(await move("demote", "bar", "made-by-promotion")).toBe(200);
    expect(await idents("/depot/channels/neurosis/made-by-promotion/pkgs")).toMatchObject({ data: [] });
  });

  test("_latest gives the newest of each name and needs a target", async () => {
    const path = "/depot/channels/neurosis/unstable/pkgs/_latest";
    expect(await status("GET", path)).toBe(400);
    const body = await (await depot.call("GET", `${path}?target=x86_64-linux`)).json();
    expect(body).toMatchObject({ channel: "unstable", target: "x86_64-linux" });
    expect((body as { data: { version: string }[] }).data.map(({ version }) => version)).toEqual([
      "2.0",
      "0.1.13",
    ]);
    expect(await (await depot.call("GET", `${path}?target=pdp11-ultrix`)).json()).toMatchObject({ data: [] });
  });

  test("a package's channels are listed last name first", async () => {
    const response = await depot.call("GET", `/depot/pkgs/${OLD}/channels`);
    const channels = (await response.json()) as { name: string; created_at: string; promoted_at: string }[];
    expect(channels.map(({ name }) => name)).toEqual(["unstable", "base", "bar"]);
    expect(channels[0]?.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?$/);
    expect(await (await depot.call("GET", "/depot/pkgs/neurosis/testapp/9/9/channels")).json()).toEqual([]);
  });
});
