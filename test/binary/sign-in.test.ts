// What signing in loads into the compiled program only when it is asked for: OpenID Connect, the GSSAPI library, argon2id;
// and a password that is typed at a terminal.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { testBrowser } from "../../src/depot/testing/browser.ts";
import { temporaryDirectory } from "../../src/depot/testing/directory.ts";
import { REALM, startKdc, type TestKdc } from "../../src/depot/testing/kerberos.ts";
import { signInAt, startOpenId, type TestOpenId } from "../../src/depot/testing/openid.ts";
import { type SignInFile, signInFile } from "../../src/depot/testing/sign-in-file.ts";
import { HAB, run } from "./program.ts";

const PASSWORD = "correct horse battery staple";
const directory = temporaryDirectory("hab-sign-in-binary-");
const data = join(directory, "data");

let kdc: TestKdc;
let openId: TestOpenId;
let file: SignInFile;
let url: string;
let depot: Bun.Subprocess<"ignore", "pipe", "inherit">;

beforeAll(async () => {
  kdc = await startKdc(["alice"]);
  openId = await startOpenId({
    clientId: "depot",
    clientSecret: "secret",
    redirectUris: () => [`${url}/v1/sign-in/corp/callback`],
  });
  file = signInFile({
    oidc: [
      {
        name: "corp",
        issuer: openId.issuer,
        client_id: "depot",
        client_secret_env: "CORP_SECRET",
        new_accounts: true,
      },
    ],
    kerberos: { keytab: kdc.keytab("HTTP/localhost"), realms: [REALM], keep_realm: true, new_accounts: true },
  });
  depot = Bun.spawn(
    [HAB, "depot", "run", "--data", data, "--listen", "127.0.0.1:0", "--sign-in", file.path, "--json"],
    {
      env: { PATH: "/usr/bin:/bin", CORP_SECRET: "secret" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    },
  );
  let said = "";
  for await (const chunk of depot.stdout) {
    said += Buffer.from(chunk).toString();
    if (said.includes("\n")) break;
  }
  ({ url } = JSON.parse(said) as { url: string });
});
afterAll(async () => {
  depot.kill("SIGTERM");
  await depot.exited;
  await openId.stop();
  await kdc.stop();
  file.remove();
  rmSync(directory, { recursive: true, force: true });
});

test("OpenID Connect", async () => {
  const browser = testBrowser(url);
  await signInAt(browser, `${url}/v1/sign-in/corp`, "bob");
  expect(await (await browser.fromPage("GET", "/profile")).json()).toMatchObject({ name: "bob" });
});

test("Kerberos", async () => {
  const words = [
    "-sS",
    "-i",
    "--negotiate",
    "-u",
    ":",
    `${url.replace("127.0.0.1", "localhost")}/v1/sign-in/kerberos`,
  ];
  const { stdout } = await run(["curl", ...words], { env: kdc.kinit("alice") });
  expect(stdout).toMatch(/HTTP\/1.1 303 .*set-cookie: hab_session=/is);
});

describe("a password", () => {
  const signIn = async (name: string, password: string) =>
    (await testBrowser(url).fromPage("POST", "/sign-in/password", { name, password })).status;

  test("from standard input, given while the depot runs", async () => {
    expect((await run([HAB, "depot", "user", "create", "carol", "--data", data])).code).toBe(0);
    const set = await run([HAB, "depot", "user", "password", "carol", "--data", data], {
      stdin: `${PASSWORD}\n`,
    });
    expect([set.code, set.stdout + set.stderr]).toEqual([0, expect.not.stringContaining(PASSWORD)]);
    expect(await signIn("carol", PASSWORD)).toBe(200);
  });

  test("typed twice at a terminal, which shows nothing of it", async () => {
    const command = `${HAB} depot user password carol --data ${data}`;
    const typed = Bun.spawn(["/usr/bin/script", "--quiet", "--return", "--command", command, "/dev/null"], {
      env: { PATH: "/usr/bin:/bin", SHELL: "/bin/sh", TERM: "dumb" },
      stdin: "pipe",
      stdout: "pipe",
    });
    let seen = "";
    let answered = 0;
    for await (const chunk of typed.stdout) {
      seen += Buffer.from(chunk).toString();
      // Typed only once it is asked for: before that, the terminal still shows what is typed.
      const asked = [/New password: $/, /Once more: $/][answered];
      if (asked?.test(seen) !== true) continue;
      answered++;
      typed.stdin.write("another horse another staple\n");
      typed.stdin.flush();
    }
    typed.stdin.end();
    expect([await typed.exited, answered]).toEqual([0, 2]);
    expect(seen).not.toContain("horse");
    expect(await signIn("carol", "another horse another staple")).toBe(200);
    expect(await signIn("carol", PASSWORD)).toBe(401);
  });
});
