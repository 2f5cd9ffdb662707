// Commands about origins, their people, channels and keys, as a person types them, against a real depot
// (reference/cli.md §10.1, §10.6): what each says, what it changes there, and how it ends when it may not.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Ended, runHab } from "../../src/cli/testing/run-hab.ts";
import { startTestDepot, type TestDepot } from "../../src/depot/testing/depot.ts";
import { makeHart } from "../../src/depot/testing/harts.ts";

const IDENT = "acme/app/1.0.0/20260101000000";

let depot: TestDepot;
const tokens = new Map<string, string>();

beforeAll(async () => {
  depot = await startTestDepot();
  for (const name of ["alice", "bob", "eve"]) tokens.set(name, await depot.account(name));
});
afterAll(() => depot.stop());

function hab(as: string, ...words: string[]): Promise<Ended> {
  return runHab(words, {
    env: {
      HAB_BLDR_URL: depot.url,
      HAB_AUTH_TOKEN: tokens.get(as),
      HAB_NOCOLORING: "true",
      HAB_CACHE_KEY_PATH: join(depot.directory, `keys-of-${as}`),
      HOME: depot.directory,
    },
  });
}

/** What a command that succeeds prints on standard output. */
async function done(as: string, ...words: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await hab(as, ...words);
  expect(`${words.join(" ")}: ${exitCode} ${exitCode === 0 ? "" : stderr}`).toBe(`${words.join(" ")}: 0 `);
  return stdout;
}

async function refused(as: string, ...words: string[]): Promise<string> {
  const { exitCode, stderr } = await hab(as, ...words);
  expect(`${words.join(" ")}: ${exitCode}`).toBe(`${words.join(" ")}: 1`);
  return stderr;
}

async function json<Value>(as: string, ...words: string[]): Promise<Value> {
  return JSON.parse(await done(as, ...words, "--json")) as Value;
}

interface Invitations {
  readonly invitations: { id: string; account_name: string; ignored: boolean }[];
}

describe("hab origin", () => {
  test("create, again, info", async () => {
    expect(await done("alice", "origin", "create", "acme")).toContain("Created origin acme.");
    expect(await done("alice", "origin", "create", "acme")).toContain("Skipping");
    expect(await json("bob", "origin", "info", "acme")).toMatchObject({
      name: "acme",
      owner_account: "alice",
      default_package_visibility: "public",
    });
    await refused("alice", "origin", "info", "nosuch");
  });

  test("invitations, from sending to each end", async () => {
    const send = () => done("alice", "origin", "invitations", "send", "acme", "bob");
    const list = async () => (await json<Invitations>("bob", "origin", "invitations", "list")).invitations;
    const pending = async () =>
      (await json<Invitations>("alice", "origin", "invitations", "pending", "acme")).invitations;

    await send();
    const [first] = await list();
    expect(await pending()).toMatchObject([{ id: first?.id, account_name: "bob", ignored: false }]);
    expect(await refused("eve", "origin", "invitations", "pending", "acme")).toContain("403");
    expect(await refused("eve", "origin", "invitations", "send", "acme", "eve")).toContain("403");
    await refused("eve", "origin", "invitations", "accept", "acme", first?.id ?? "");
    await done("alice", "origin", "invitations", "rescind", "acme", first?.id ?? "");
    expect(await list()).toEqual([]);

    await send();
    const [second] = await list();
    await done("bob", "origin", "invitations", "ignore", "acme", second?.id ?? "");
    expect(await list()).toEqual([]);
    expect(await pending()).toMatchObject([{ ignored: true }]);
    await done("bob", "origin", "invitations", "accept", "acme", second?.id ?? "");
    expect(await pending()).toEqual([]);
  });

  test("rbac", async () => {
    const show = async (as: string) =>
      (await json<{ role: string }>(as, "origin", "rbac", "show", "-o", "acme", "bob")).role;
    expect(await show("alice")).toBe("readonly_member");
    expect(await refused("bob", "origin", "rbac", "show", "-o", "acme", "bob")).toContain("403");
    await done("alice", "origin", "rbac", "set", "-o", "acme", "bob", "maintainer", "--no-prompt");
    expect(await show("bob")).toBe("maintainer");
    expect(
      await refused("bob", "origin", "rbac", "set", "-o", "acme", "bob", "administrator", "--no-prompt"),
    ).toContain("403");
    expect(
      await refused("alice", "origin", "rbac", "set", "-o", "acme", "eve", "member", "--no-prompt"),
    ).toContain("404");
  });

  test("key upload and download, of all kinds", async () => {
    await done("alice", "origin", "key", "generate", "acme");
    await done("alice", "origin", "key", "upload", "acme", "--secret");
    await done("eve", "origin", "key", "download", "acme");
    await refused("eve", "origin", "key", "download", "acme", "--secret");
    await done("bob", "origin", "key", "download", "acme", "--secret");
    await done("bob", "origin", "key", "download", "acme", "--encryption");
    await refused("eve", "origin", "key", "download", "acme", "--encryption");
    const kept = (of: string) =>
      readdirSync(join(depot.directory, `keys-of-${of}`))
        .map((name) => name.replace(/\d{14}/, "REV"))
        .sort();
    expect(kept("eve")).toEqual(["acme-REV.pub"]);
    expect(new Set(kept("bob"))).toEqual(new Set(["acme-REV.pub", "acme-REV.sig.key"]));
  });
});

describe("hab bldr channel and hab pkg", () => {
  test("create, promote, list, demote, destroy", async () => {
    const { bytes, checksum } = await makeHart(IDENT);
    const token = tokens.get("alice") ?? "";
    await depot.call("POST", `/depot/pkgs/${IDENT}?checksum=${checksum}`, { token, body: bytes });
    const channels = async () =>
      (await json<{ channels: string[] }>("alice", "bldr", "channel", "list", "acme")).channels;
    const ofPackage = async () => (await done("alice", "pkg", "channels", IDENT)).trim().split("\n").slice(1);

    await done("bob", "bldr", "channel", "create", "test", "-o", "acme");
    await refused("eve", "bldr", "channel", "create", "mine", "-o", "acme");
    expect(await channels()).toEqual(["stable", "test", "unstable"]);
    await done("bob", "pkg", "promote", IDENT, "test");
    await done("bob", "bldr", "channel", "promote", "test", "stable", "-o", "acme");
    expect(await ofPackage()).toEqual(expect.arrayContaining(["unstable", "test", "stable"]));
    expect(await refused("alice", "pkg", "delete", IDENT)).toContain("422");
    await done("bob", "bldr", "channel", "demote", "test", "stable", "-o", "acme");
    await done("bob", "pkg", "demote", IDENT, "test");
    expect(await ofPackage()).toEqual(["unstable"]);
    await done("bob", "bldr", "channel", "destroy", "test", "-o", "acme");
    expect(await channels()).toEqual(["stable", "unstable"]);
  });

  test("search and delete", async () => {
    expect(await done("eve", "pkg", "search", "app")).toContain("acme/app");
    await refused("eve", "pkg", "delete", IDENT);
    await done("bob", "pkg", "delete", IDENT);
    expect(await refused("bob", "pkg", "delete", IDENT)).toContain("404");
  });
});

test("hab origin transfer, depart and delete", async () => {
  expect(await refused("alice", "origin", "depart", "acme")).toContain("403");
  await refused("bob", "origin", "transfer", "acme", "bob");
  await done("alice", "origin", "transfer", "acme", "bob");
  expect(await json("eve", "origin", "info", "acme")).toMatchObject({ owner_account: "bob" });
  await refused("bob", "origin", "delete", "acme");
  await done("alice", "origin", "depart", "acme");
  expect(await refused("alice", "origin", "depart", "acme")).toContain("422");
  // The settings of the deleted package are what is left; no command of the original's removes them.
  expect(await refused("bob", "origin", "delete", "acme")).toMatch(/409/);
  await depot.call("DELETE", "/settings/acme/app", { token: tokens.get("bob") ?? "" });
  await done("bob", "origin", "delete", "acme");
  await refused("eve", "origin", "info", "acme");
});
