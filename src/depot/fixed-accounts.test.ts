import { afterEach, describe, expect, test } from "bun:test";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTestDepot, type TestDepot } from "./testing/depot.ts";
import { temporaryDirectory } from "./testing/directory.ts";

let directory = "";
let depot: TestDepot | undefined;

afterEach(async () => {
  await depot?.stop();
  depot = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** Starts a depot with a file of this content. */
async function start(content: string, name = "accounts.toml", mode = 0o600): Promise<TestDepot> {
  directory = temporaryDirectory("hab-accounts-");
  const path = join(directory, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  depot = await startTestDepot({ accountsFile: path });
  return depot;
}

const TOML = `
[[accounts]]
name = "member"
token = "member's-token"
origins = { acme = "maintainer" }

[[accounts]]
name = "alice"
email = "alice@example.com"
token = "secret"
origins = { acme = "owner" }

[[accounts]]
name = "guest"
token = "third"
create_origins = false
`;

describe("a file of accounts", () => {
  test("makes accounts, their origins and roles, and lets them in", async () => {
    const { call, restart } = await start(TOML);
    const role = async (token: string) =>
      await (await call("GET", "/depot/origins/acme/users/member/role", { token })).text();
    expect(await role("secret")).toBe('{"role":"maintainer"}');
    expect(await (await call("GET", "/profile", { token: "secret" })).json()).toMatchObject({
      name: "alice",
      email: "alice@example.com",
    });
    const created = await call("POST", "/depot/origins", { token: "third", json: { name: "own" } });
    expect(created.status).toBe(403);
    // What changed since is not undone by the next start.
    await call("PUT", "/depot/origins/acme/users/member/role?role=member", { token: "secret" });
    await restart();
    expect(await role("secret")).toBe('{"role":"member"}');
    expect((await call("GET", "/profile", { token: "fourth" })).status).toBe(401);
  });

  test("may be JSON", async () => {
    const { call } = await start('{"accounts":[{"name":"alice","token":"secret"}]}', "accounts.json");
    expect((await call("GET", "/profile", { token: "secret" })).status).toBe(200);
  });

  test.each([
    [TOML, "accounts.toml", 0o644, /chmod 600/],
    ["[[accounts]", "accounts.toml", 0o600, /accounts\.toml/],
    ["{", "accounts.json", 0o600, /cannot use the accounts file/],
    ['[[accounts]]\nname = "a b"', "accounts.toml", 0o600, /accounts\.0\.name/],
    ['[[accounts]]\nname = "a"\npassword = "x"', "accounts.toml", 0o600, /password/],
    ['[[accounts]]\nname = "a"\n[[accounts]]\nname = "a"', "accounts.toml", 0o600, /the same name/],
    [
      '[[accounts]]\nname = "a"\norigins = { acme = "member" }',
      "accounts.toml",
      0o600,
      /the origin acme has no owner/,
    ],
  ])("is refused: %p", async (content, name, mode, why) => {
    await expect(start(content, name, mode)).rejects.toThrow(why);
  });
});
