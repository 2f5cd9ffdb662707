// What people look for in one request: overview, graph, contents. As the caller may see it, bounded, kept once known.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import type { contentsAnswer, dependencyGraphAnswer, overviewAnswer } from "../answer-schemas.ts";
import { readMeRank } from "../contents/collect.ts";
import { startTestDepot, type TestDepot } from "../testing/depot.ts";
import { makeHart, publicKeyText } from "../testing/harts.ts";

const LIBRARY = "acme/library/1.0.0/20260101000000";
const MIDDLE = "acme/middle/1.0.0/20260101000000";
const SERVER = "acme/server/2.0.0/20260102000000";
const SECRET = "hidden/secret/1.0.0/20260101000000";

let depot: TestDepot;
let token: string;

async function upload(ident: string, files: Record<string, string>): Promise<void> {
  const hart = await makeHart(ident, files);
  const { status } = await depot.call(
    "POST",
    `/depot/pkgs/${ident}?checksum=${hart.checksum}&target=x86_64-linux`,
    {
      token,
      body: hart.bytes,
    },
  );
  expect(status).toBe(201);
}

beforeAll(async () => {
  depot = await startTestDepot();
  token = await depot.account("bobo");
  for (const [name, default_package_visibility] of [
    ["acme", "public"],
    ["hidden", "private"],
  ] as const) {
    await depot.call("POST", "/depot/origins", { token, json: { name, default_package_visibility } });
    const revision = /-(\d{14})\n/.exec(publicKeyText(name))?.[1] ?? "";
    await depot.call("POST", `/depot/origins/${name}/keys/${revision}`, { token, body: publicKeyText(name) });
  }
  await upload(LIBRARY, {});
  await upload(MIDDLE, { DEPS: `${LIBRARY}\n`, TDEPS: `${LIBRARY}\n` });
  await upload(SERVER, {
    DEPS: `${MIDDLE}\n`,
    TDEPS: `${LIBRARY}\n${MIDDLE}\n`,
    "README.md": "# Server\n",
    "share/doc/server/README": "less",
    "bin/server": "#!/bin/sh\n",
    "default.toml": "port = 1\n",
    "SBOM.spdx.json": '{"spdxVersion":"SPDX-2.3"}',
  });
  await upload(SECRET, { DEPS: `${LIBRARY}\n`, TDEPS: `${LIBRARY}\n`, "README.md": "unseen" });
});
afterAll(() => depot.stop());

type Look = z.infer<typeof overviewAnswer> &
  z.infer<typeof dependencyGraphAnswer> &
  z.infer<typeof contentsAnswer>;

const read = async (path: string, as?: string): Promise<{ status: number; body: Look }> => {
  const response = await depot.call("GET", path, as === undefined ? {} : { token: as });
  return {
    status: response.status,
    body: (response.status === 200 ? await response.json() : undefined) as Look,
  };
};

describe("the overview", () => {
  test("counts packages and shows the newest, without what the caller may not see", async () => {
    const { body } = await read("/depot/overview");
    expect(body.origins).toEqual([{ name: "acme", package_count: 3 }]);
    expect(body).toMatchObject({ package_count: 3, origin_count: 1 });
    expect(body.newest.map((each: { name: string }) => each.name)).toEqual(["server", "middle", "library"]);
  });
  test("shows members what is theirs", async () => {
    const { body } = await read("/depot/overview", token);
    expect(body.origins.map((each: { name: string }) => each.name)).toEqual(["acme", "hidden"]);
    expect(body.newest[0]?.name).toBe("secret");
  });
});

describe("a package at a glance", () => {
  test("is what its channels offer, the newest of each", async () => {
    const response = await depot.call("GET", "/depot/overview/acme/server");
    expect(await response.json()).toMatchObject({
      targets: ["x86_64-linux"],
      heads: [{ version: "2.0.0", channel: "unstable", target: "x86_64-linux" }],
    });
  });
  test("is empty for what the caller may not see", async () => {
    const response = await depot.call("GET", "/depot/overview/hidden/secret");
    expect(await response.json()).toEqual({ description: "", is_a_service: false, targets: [], heads: [] });
  });
});

describe("the graph", () => {
  test("has every dependency once, with who needs whom", async () => {
    const { body } = await read(`/depot/pkgs/${SERVER}/graph`);
    expect(body.nodes.map((node: { ident: string }) => node.ident)).toEqual([SERVER, MIDDLE, LIBRARY]);
    expect(body.edges).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });
  test("tells direct dependents from others, and only visible ones", async () => {
    const { body } = await read(`/depot/pkgs/${LIBRARY}/graph`);
    expect(body.dependents).toEqual([
      { ident: MIDDLE, is_direct: true },
      { ident: SERVER, is_direct: false },
    ]);
    const asMember = await read(`/depot/pkgs/${LIBRARY}/graph`, token);
    expect(asMember.body.dependents).toContainEqual({ ident: SECRET, is_direct: true });
  });
});

describe("contents", () => {
  test("lists files with sizes, the read-me, configuration and records", async () => {
    const { body } = await read(`/depot/pkgs/${SERVER}/contents`);
    expect(body.files).toContainEqual({
      path: "bin/server",
      kind: "file",
      size: 10,
      mode: 0o755,
      link: null,
    });
    expect(body.readme).toEqual({ path: "README.md", text: "# Server\n", is_cut: false });
    expect(body).toMatchObject({ config: "port = 1\n", records: ["sbom"] });
    expect(body.file_count).toBe(body.files.length);
    const sbom: unknown = (await read(`/depot/pkgs/${SERVER}/records/sbom`)).body;
    expect(sbom).toEqual({ spdxVersion: "SPDX-2.3" });
    expect((await read(`/depot/pkgs/${SERVER}/records/provenance`)).status).toBe(404);
  });
  test("are kept, and made anew when what is kept is spoiled", async () => {
    const directory = join(depot.directory, "contents");
    const first = await read(`/depot/pkgs/${SERVER}/contents`);
    const kept = readdirSync(directory);
    expect(kept.length).toBeGreaterThan(0);
    for (const name of kept) writeFileSync(join(directory, name), "spoiled");
    expect(await read(`/depot/pkgs/${SERVER}/contents`)).toEqual(first);
    rmSync(directory, { recursive: true });
    expect(await read(`/depot/pkgs/${SERVER}/contents`)).toEqual(first);
  });
  test("leave no copy of a hart behind", () => {
    expect(readdirSync(join(depot.directory, "uploads"))).toEqual([]);
  });
  test("of what the caller may not see are not there", async () => {
    for (const look of ["contents", "graph", "records/sbom"])
      expect((await read(`/depot/pkgs/${SECRET}/${look}`)).status).toBe(404);
    expect((await read(`/depot/pkgs/${SECRET}/contents`, token)).status).toBe(200);
  });
});

describe("the read-me", () => {
  test.each([
    ["README.md", 0],
    ["README", 2],
    ["share/doc/redis/README.md", 30],
    ["lib/node_modules/left-pad/README.md", undefined],
    ["README.md.bak", undefined],
  ])("%s has rank %p", (path, rank) => expect(readMeRank(path)).toBe(rank));
});
