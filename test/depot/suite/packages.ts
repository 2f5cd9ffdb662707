// Packages: uploads, lists, search, versions, deletion, promotion, visibility (reference/depot-api.md §20.2, packages.js).
import { describe, expect, test } from "bun:test";
import { fixture, ODD_VERSIONS, oddRelease } from "../fixtures.ts";
import { EMPTY, type IdentItem, idents, isPackage, names, type Page, type Suite } from "../rows.ts";
import { events } from "./events.ts";

export const FIRST = "neurosis/testapp/0.1.3/20171205003213";
/** Made private in the course of the suite. */
export const SECOND = "neurosis/testapp/0.1.3/20171206004121";
const TESTAPP3 = "neurosis/testapp3/0.1.0/20190327162559";

interface ListItem extends IdentItem {
  readonly channels: readonly string[];
  readonly platforms: readonly string[];
}

export function packages(suite: Suite): void {
  const { row, upload } = suite;
  upload("nobody", FIRST, 401);
  upload("mystique", FIRST, 403);
  upload("bobo", FIRST);
  upload("bobo", SECOND);
  upload("bobo", SECOND, 409);
  for (const ident of [
    "neurosis/testapp/0.1.4/20171206004139",
    "neurosis/testapp/0.1.13/20190511004436",
    "neurosis/testapp/0.1.4/20181115124506",
    "neurosis/native-testapp/0.1.0/20220824122359",
    "neurosis/testapp2/v1.2.3-master/20181018162212",
    "neurosis/testapp2/v1.2.3-aaster/20181018162220",
    "neurosis/neurosis/2.0/20190618173321",
    "neurosis/abracadabra/3.0/20190618175235",
  ])
    upload("bobo", ident);
  upload("mystique", "xmen/testapp/0.1.4/20171206005217");
  upload("bobo", FIRST, 409);
  upload("bobo", FIRST, 201, { forced: true });
  upload("bobo", FIRST, 422, { forced: true, fake: true, expected: "ds:up:4" });
  row("nobody", "GET", `/depot/pkgs/${FIRST}/download?target=foo`, 422, /foo/);
  row("bobo", "DELETE", "/depot/origins/neurosis", 409, /^There are [0-9]+/);
  search(suite);
  lists(suite);
  deletion(suite);
  channelRounds(suite);
  visibility(suite);
  describe("odd versions", () => oddVersions(suite));
}

function search({ row }: Suite): void {
  const find = "/depot/pkgs/search";
  row(
    "nobody",
    "GET",
    `${find}/testapp2`,
    200,
    idents(0, 1, 2, {
      0: "neurosis/testapp2/v1.2.3-aaster/20181018162220",
      1: "neurosis/testapp2/v1.2.3-master/20181018162212",
    }),
  );
  row(
    "nobody",
    "GET",
    `${find}/testa`,
    200,
    idents(0, 8, 9, {
      0: "neurosis/native-testapp/0.1.0/20220824122359",
      1: "neurosis/testapp/0.1.13/20190511004436",
      2: FIRST,
      3: SECOND,
      8: "xmen/testapp/0.1.4/20171206005217",
    }),
  );
  row(
    "nobody",
    "GET",
    `${find}/neurosis%2Ftestapp`,
    200,
    idents(0, 7, 8, {
      0: "neurosis/native-testapp/0.1.0/20220824122359",
      7: "neurosis/testapp2/v1.2.3-master/20181018162212",
    }),
  );
  row("nobody", "GET", `${find}/testapp2?distinct=true`, 200, idents(0, 0, 1, { 0: "neurosis/testapp2" }));
  row(
    "nobody",
    "GET",
    `${find}/testa?distinct=true`,
    200,
    idents(0, 3, 4, {
      0: "neurosis/native-testapp",
      1: "neurosis/testapp",
      2: "xmen/testapp",
      3: "neurosis/testapp2",
    }),
  );
  row(
    "nobody",
    "GET",
    `${find}/neurosis%2Ftestapp?distinct=true`,
    200,
    idents(0, 2, 3, {
      0: "neurosis/native-testapp",
      1: "neurosis/testapp",
      2: "neurosis/testapp2",
    }),
  );
}

function lists({ row, depot }: Suite): void {
  row(
    "nobody",
    "GET",
    "/depot/pkgs/neurosis",
    200,
    idents(0, 9, 10, {
      2: "neurosis/testapp/0.1.4/20181115124506",
      3: "neurosis/testapp/0.1.4/20171206004139",
    }),
  );
  const all = ["abracadabra", "native-testapp", "neurosis", "testapp", "testapp2"];
  row(
    "nobody",
    "GET",
    "/depot/pkgs/neurosis?distinct=true",
    200,
    idents(0, 4, 5, {
      ...all.map((name) => `neurosis/${name}`),
    }),
  );
  row("nobody", "GET", "/depot/neurosis/pkgs", 200, ({ json }) => {
    const page = json as Page<{ name: string }>;
    expect([page.range_start, page.range_end, page.total_count]).toEqual([0, 4, 5]);
    expect(page.data.map(({ name }) => name)).toEqual(all);
  });
  row("nobody", "GET", "/depot/nosuchorigin/pkgs", 200, idents(0, 0, 0));
  row("nobody", "GET", "/depot/pkgs/neurosis/release8?distinct=true", 200, idents(0, 0, 0));
  row("nobody", "GET", "/depot/pkgs/neurosis/testapp", 200, (answer) => {
    idents(0, 4, 5, {
      0: "neurosis/testapp/0.1.4/20181115124506",
      1: "neurosis/testapp/0.1.4/20171206004139",
    })(answer);
    expect((answer.json as Page<ListItem>).data[1]?.platforms[0]).toBe("x86_64-linux");
  });
  row("nobody", "GET", "/depot/pkgs/neurosis/testapp/versions", 200, ({ json }) => {
    expect(json).toMatchObject([
      { version: "0.1.13", release_count: "1", latest: "20190511004436" },
      { version: "0.1.4", release_count: "2", latest: "20181115124506" },
      { version: "0.1.3", release_count: "2", latest: "20171206004121" },
    ]);
    const { platforms } = (json as { platforms: string[] }[])[1] ?? { platforms: [] };
    expect([platforms.length, platforms[0]]).toEqual([2, "x86_64-linux"]);
  });
  test("nobody: the latest of testapp, with the size of its hart", async () => {
    const newest = "neurosis/testapp/0.1.13/20190511004436";
    const answer = await depot().call("GET", "/depot/pkgs/neurosis/testapp/latest");
    isPackage(newest, { size: (await fixture(newest)).bytes.length, manifest: "", config: "" })(answer);
  });
  row(
    "nobody",
    "GET",
    "/depot/pkgs/neurosis/neurosis/latest",
    200,
    isPackage("neurosis/neurosis/2.0/20190618173321"),
  );
  row(
    "nobody",
    "GET",
    "/depot/pkgs/neurosis/testapp2/latest",
    200,
    isPackage("neurosis/testapp2/v1.2.3-master/20181018162212"),
  );
  row("nobody", "GET", "/depot/pkgs/neurosis/testapp/0.1.3", 200, (answer) => {
    idents(0, 1, 2, { 0: SECOND })(answer);
    expect((answer.json as Page<ListItem>).data[0]?.platforms[0]).toBe("x86_64-linux");
  });
  row("nobody", "GET", "/depot/pkgs/neurosis/0.1.3/testapp", 200, idents(0, 0, 0));
  row("nobody", "GET", "/depot/pkgs/neurosis/testapp/0.1.3/latest", 200, isPackage(SECOND));
  row("nobody", "GET", `/depot/pkgs/${SECOND}`, 200, isPackage(SECOND));
  // The original's suite has these three, and leaves them out because its server fails them.
  row("nobody", "GET", "/depot/pkgs/neurosis/testapp/20171206004121", 200, idents(0, 0, 0));
  row("nobody", "GET", "/depot/pkgs/neurosis/testapp/20171206004121/latest", 404, EMPTY);
  row("nobody", "GET", "/depot/pkgs/neurosis/testapp/20171206004121/0.1.3", 404, EMPTY);
}

function deletion({ row, upload }: Suite): void {
  upload("bobo", TESTAPP3);
  row("nobody", "GET", events(), 200, idents(0, 0, 0));
  row(
    "bobo",
    "PUT",
    `/depot/channels/neurosis/stable/pkgs/testapp3/0.1.0/20190327162559/promote`,
    200,
    EMPTY,
  );
  row("nobody", "GET", events(), 200, {
    range_start: 0,
    range_end: 0,
    total_count: 1,
    data: [{ operation: "Promote", origin: "neurosis", channel: "stable" }],
  });
  row("nobody", "DELETE", `/depot/pkgs/${TESTAPP3}`, 401, EMPTY);
  row("mystique", "DELETE", `/depot/pkgs/${TESTAPP3}`, 403, EMPTY);
  row(
    "bobo",
    "DELETE",
    `/depot/pkgs/${TESTAPP3}`,
    422,
    `Deleting package in stable channel not allowed '${TESTAPP3}'`,
  );
  row("bobo", "PUT", `/depot/channels/neurosis/stable/pkgs/testapp3/0.1.0/20190327162559/demote`, 200, EMPTY);
  row("nobody", "GET", events(), 200, {
    total_count: 2,
    data: [
      { operation: "Demote", origin: "neurosis", channel: "stable" },
      { operation: "Promote", origin: "neurosis", channel: "stable" },
    ],
  });
  upload("bobo", "neurosis/testapp/0.1.3/20190327162537");
  row("bobo", "DELETE", `/depot/pkgs/${SECOND}`, 422, `Deleting package with rdeps not allowed '${SECOND}'`);
  row("nobody", "GET", "/depot/pkgs/neurosis/testapp3/latest", 200, isPackage(TESTAPP3));
  row("bobo", "DELETE", `/depot/pkgs/${TESTAPP3}?target=foo`, 422, "Invalid package target 'foo'");
  row("bobo", "DELETE", `/depot/pkgs/${TESTAPP3}`, 204, EMPTY);
  row("bobo", "DELETE", `/depot/pkgs/${TESTAPP3}`, 404, EMPTY);
  row("nobody", "GET", "/depot/pkgs/neurosis/testapp3/latest", 404, EMPTY);
}

/** Eleven times up and down, as the original's rows about licences do; of licences this depot asks nothing. */
function channelRounds({ row }: Suite): void {
  row("bobo", "POST", "/profile/access-tokens", 200, /"token":"_/);
  row("bobo", "POST", "/depot/channels/neurosis/LTS-2024", 201, { name: "LTS-2024" });
  row("bobo", "POST", "/depot/channels/neurosis/base-2025", 201, { name: "base-2025" });
  const single = ["stable", "LTS-2024", "base-2025", "stable", "LTS-2024"].map((channel) => [channel]);
  const double = Array.from({ length: 6 }, () => ["stable", "base-2025"]);
  for (const channels of [...single, ...double]) {
    const change = (channel: string, what: string) =>
      `/depot/channels/neurosis/${channel}/pkgs/testapp/0.1.3/20171206004121/${what}`;
    for (const channel of channels) row("bobo", "PUT", change(channel, "promote"), 200, EMPTY);
    row("bobo", "GET", `/depot/pkgs/${SECOND}/download`, 200, ({ headers }) => {
      expect(headers.get("x-filename")).toBe("neurosis-testapp-0.1.3-20171206004121-x86_64-linux.hart");
    });
    for (const channel of channels) row("bobo", "PUT", change(channel, "demote"), 200, EMPTY);
  }
  row("bobo", "GET", "/profile/license", 404, EMPTY);
  row("bobo", "PUT", "/profile/license", 400, /./, { json: { account_id: "1", license_key: "x" } });
  row("bobo", "DELETE", "/profile/license", 404, EMPTY);
  row("bobo", "DELETE", "/depot/channels/neurosis/base-2025", 200, EMPTY);
  row("bobo", "DELETE", "/depot/channels/neurosis/LTS-2024", 200, EMPTY);
}

function visibility({ row }: Suite): void {
  row("nobody", "GET", `/depot/pkgs/${SECOND}/channels`, 200, names("unstable"));
  row("nobody", "PATCH", `/depot/pkgs/${SECOND}/private`, 401, EMPTY);
  row("mystique", "PATCH", `/depot/pkgs/${SECOND}/private`, 403, EMPTY);
  row("bobo", "PATCH", `/depot/pkgs/${SECOND}/secret`, 422, /./);
  row("bobo", "PATCH", `/depot/pkgs/${SECOND}/hidden`, 422, "Not allowed to set packages to 'hidden'");
  row("bobo", "PATCH", `/depot/pkgs/${SECOND}/private`, 200, EMPTY);
  row("nobody", "GET", `/depot/pkgs/${SECOND}`, 404, EMPTY);
  row("mystique", "GET", `/depot/pkgs/${SECOND}`, 404, EMPTY);
  row("wesker", "GET", `/depot/pkgs/${SECOND}`, 200, isPackage(SECOND));
  row("bobo", "GET", `/depot/pkgs/${SECOND}`, 200, isPackage(SECOND));
  row("nobody", "GET", `/depot/pkgs/${SECOND}/channels`, 200, "[]");
  row("mystique", "GET", `/depot/pkgs/${SECOND}/channels`, 200, "[]");
  row("bobo", "GET", `/depot/pkgs/${SECOND}/channels`, 200, names("unstable"));
}

function oddVersions({ row, upload }: Suite): void {
  for (const { name, versions, order } of ODD_VERSIONS) {
    const ident = (version: string) => `neurosis/${name}/${version}/${oddRelease(versions.indexOf(version))}`;
    for (const version of versions) upload("bobo", ident(version));
    const newest = ident(order[0] ?? "");
    row("nobody", "GET", `/depot/pkgs/neurosis/${name}/latest`, 200, isPackage(newest));
    row("nobody", "GET", `/depot/channels/neurosis/unstable/pkgs/${name}/latest`, 200, isPackage(newest));
    row("nobody", "GET", `/depot/pkgs/neurosis/${name}/versions`, 200, ({ json }) => {
      expect((json as { version: string }[]).map(({ version }) => version)).toEqual([...order]);
    });
  }
}
