// What signing in loads into the compiled program only when it is asked for: OpenID Connect, the GSSAPI library, argon2id;
// and a password that is typed at a terminal.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
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

/** A terminal that signs in by a code, begun early: it asks only every few seconds whether somebody has approved it. */
let terminal: Bun.Subprocess<"ignore", "pipe", "pipe">;
const terminalHome = join(directory, "terminal");

test("a terminal without a browser shows a code, which somebody approves who came by OpenID Connect", async () => {
  terminal = Bun.spawn([HAB, "user", "login", "--with-browser", "--url", url, "--json"], {
    env: { PATH: "/usr/bin:/bin", FS_ROOT: terminalHome, HOME: terminalHome },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const code = await codeShownBy(terminal.stderr);
  const browser = testBrowser(url);
  await signInAt(browser, `${url}/v1/sign-in/corp`, "ben");
  const path = `/profile/device-requests/${code}`;
  const { id, label } = (await (await browser.fromPage("GET", path)).json()) as Record<string, string>;
  expect(label).toBe(`hab on ${hostname()}`);
  expect((await browser.fromPage("PUT", path, { id, approve: true })).status).toBe(204);
});

/** The code, once it is shown. What comes later is read as well: a pipe that nobody reads would end the terminal. */
function codeShownBy(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Promise((resolve, reject) => {
    const read = async (): Promise<void> => {
      let said = "";
      for await (const chunk of stream) {
        said += Buffer.from(chunk).toString();
        const [, code] = /sign-in\/device\?code=(\S+)[\s\S]*\n {2}\1\n/.exec(said) ?? [];
        if (code !== undefined) resolve(code);
      }
      reject(new Error(`no code in: ${said}`));
    };
    read().catch(reject);
  });
}

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

describe("hab user login", () => {
  const home = join(directory, "home");
  const config = process.geteuid?.() === 0 ? join(home, "hab/etc/cli.toml") : join(home, ".hab/etc/cli.toml");
  const hab = (words: string, stdin?: string, env: Record<string, string> = {}) =>
    run([HAB, ...words.split(" ")], {
      env: { FS_ROOT: home, HOME: home, ...env },
      ...(stdin !== undefined && { stdin }),
    });
  const kept = () => readFileSync(config, "utf8");
  const tokens = async (): Promise<string[]> => {
    const { stdout } = await run([HAB, "depot", "token", "list", "--data", data, "--json"]);
    const { tokens } = JSON.parse(stdout) as { tokens: { account: string; label: string }[] };
    return tokens.filter(({ account }) => account === "dave").map(({ label }) => label);
  };

  test("asks for the password once, keeps a token that works, and logout ends it", async () => {
    await run([HAB, "depot", "user", "create", "dave", "--data", data]);
    await run([HAB, "depot", "user", "password", "dave", "--data", data], { stdin: `${PASSWORD}\n` });
    const wrong = await hab(`user login dave --url ${url}`, "not the password\n");
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("Check name and password") });
    expect(existsSync(config)).toBe(false);

    const signedIn = await hab(`user login dave --url ${url} --days 9 --json`, `${PASSWORD}\n`);
    expect(JSON.parse(signedIn.stdout)).toMatchObject({ url: `${url}/`, account: "dave", file: config });
    expect(signedIn.stdout + signedIn.stderr).not.toMatch(new RegExp(`${PASSWORD}|_[A-Za-z0-9_-]{43}`));
    expect(statSync(config).mode & 0o777).toBe(0o600);
    expect(await tokens()).toEqual([`hab on ${hostname()}`]);
    expect((await hab("origin create dave")).code).toBe(0);

    const [, token = ""] = /auth_token = "([^"]+)"/.exec(kept()) ?? [];
    expect(JSON.parse((await hab("user logout --json")).stdout)).toEqual({ url: `${url}/`, ended: true });
    expect(kept()).toBe(`bldr_url = "${url}/"\n`);
    expect(await tokens()).toEqual([]);
    // A token that somebody made on the pages: it is tried before it is kept.
    const ended = await hab("user login --with-token", `${token}\n`);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("401") });
    expect((await hab("user logout")).code).toBe(1);
    const made = await run([HAB, "depot", "token", "create", "dave", "--data", data]);
    expect((await hab("user login --with-token", made.stdout)).stdout).toContain(
      `Signed in to ${url}/ as dave`,
    );
    expect(kept()).toContain(made.stdout.trim());
  });

  test("gives no password to a depot that was not named, and says when a variable goes before the file", async () => {
    const unnamed = await run([HAB, "user", "login", "dave"], {
      env: { FS_ROOT: join(home, "none"), HOME: join(home, "none") },
      stdin: `${PASSWORD}\n`,
    });
    expect(unnamed).toMatchObject({ code: 2, stderr: expect.stringContaining("takes no passwords") });
    const { stdout, stderr } = await hab("user login dave", `${PASSWORD}\n`, { HAB_AUTH_TOKEN: "_other" });
    expect(stdout + stderr).toContain("unset HAB_AUTH_TOKEN");
  });
});

test("the terminal that was approved has a token of its own, which nobody saw", async () => {
  expect(await terminal.exited).toBe(0);
  const told = await new Response(terminal.stdout).text();
  expect(JSON.parse(told)).toMatchObject({ url: `${url}/`, account: "ben", expires_at: null });
  const { file: config } = JSON.parse(told) as { file: string };
  expect([statSync(config).mode & 0o777, readFileSync(config, "utf8")]).toEqual([
    0o600,
    expect.stringMatching(/auth_token = "_[\w-]{43}"/),
  ]);
});
