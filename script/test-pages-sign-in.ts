// Of script/test-pages: signs in with a browser by Kerberos (a KDC of Debian's packages, a ticket, and Chromium that may show it)
// and by a service in GitHub's manner, links the two to one account, and may not unlink the only one it has of its own (what
// unlinking ends is in test/pages/depot-sign-in.ts). Run by hand: it starts a KDC, a depot and
// a browser of its own. Needs the packages krb5-kdc, krb5-admin-server, krb5-user and chromium-headless-shell.
//   script/test-pages sign-in
import { strict as assert } from "node:assert";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { startTestDepot } from "../src/depot/testing/depot.ts";
import { REALM, startKdc } from "../src/depot/testing/kerberos.ts";
import { signInFile } from "../src/depot/testing/sign-in-file.ts";
import { CHROMIUM, PATIENCE_MS } from "../test/pages/browser.ts";

const OCTO = { id: 583_231, login: "octo", email: "octo@example.com", type: "User" };

/** Speaks as GitHub does: agrees at once, gives a token for a code only to who asked for it, and describes one user. */
function startProvider(secret: string): Bun.Server<undefined> {
  const challenges = new Map<string, string>();
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      const word = (name: string): string => searchParams.get(name) ?? "";
      if (pathname === "/authorize") {
        const code = crypto.randomUUID();
        challenges.set(code, word("code_challenge"));
        const back = new URL(word("redirect_uri"));
        back.searchParams.set("code", code);
        back.searchParams.set("state", word("state"));
        return Response.redirect(back.href, 302);
      }
      if (pathname === "/token") {
        const proof = new Bun.CryptoHasher("sha256").update(word("code_verifier")).digest("base64url");
        const isHers = challenges.get(word("code")) === proof && word("client_secret") === secret;
        challenges.delete(word("code"));
        return Response.json(isHers ? { access_token: "token of octo" } : { error: "bad_verification_code" });
      }
      return request.headers.get("authorization") === "Bearer token of octo"
        ? Response.json(OCTO)
        : new Response("no", { status: 401 });
    },
  });
}

function said(what: string): void {
  console.log(`ok  ${what}`);
}

const account = (page: Page, name: string) => page.getByRole("button", { name: `Account ${name}` });

async function main(): Promise<void> {
  const secret = crypto.randomUUID();
  const provider = startProvider(secret);
  const kdc = await startKdc(["alice"]);
  const at = (path: string): string => `http://127.0.0.1:${provider.port}/${path}`;
  const file = signInFile({
    kerberos: { keytab: kdc.keytab("HTTP/localhost"), realms: [REALM], new_accounts: ["alice"] },
    oauth: [
      {
        ...{ name: "github", title: "GitHub", provider: "github", client_id: "depot", client_secret: secret },
        ...{ authorize_url: at("authorize"), token_url: at("token"), userinfo_url: at("user") },
      },
    ],
  });
  const depot = await startTestDepot({ signInFile: file.path });
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    timeout: PATIENCE_MS,
    env: { PATH: "/usr/bin:/bin", HOME: kdc.directory, ...kdc.kinit("alice") },
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--auth-server-allowlist=localhost"],
  });
  // A ticket is for a name, not for a number.
  const baseURL = depot.url.replace("127.0.0.1", "localhost");
  const open = async (): Promise<{ page: Page; context: BrowserContext }> => {
    const context = await browser.newContext({ baseURL, reducedMotion: "reduce" });
    context.setDefaultTimeout(PATIENCE_MS);
    return { page: await context.newPage(), context };
  };
  try {
    const first = await open();
    await first.page.goto("/sign-in?back=%2Forigins");
    await first.page.getByRole("link", { name: "Sign in with Kerberos as on this machine" }).press("Enter");
    await account(first.page, "alice").waitFor();
    assert.equal(new URL(first.page.url()).pathname, "/origins");
    said("a ticket of the realm signs in, and leads back to where one was");

    const stranger = await open();
    await stranger.page.goto("/sign-in");
    await stranger.page.getByRole("link", { name: "Sign in with GitHub" }).press("Enter");
    await stranger.page.waitForURL((url) => url.pathname === "/sign-in" && url.search !== "");
    await stranger.page.getByRole("alert").first().waitFor();
    assert.equal(await account(stranger.page, "octo").count(), 0);
    said(
      `whom the depot does not know it does not let in: “${await stranger.page.getByRole("alert").first().textContent()}”`,
    );

    await first.page.goto("/profile");
    await first.page.getByRole("link", { name: "Link with GitHub" }).press("Enter");
    await first.page.getByText("octo", { exact: false }).first().waitFor();
    assert.equal(new URL(first.page.url()).pathname, "/profile");
    await account(first.page, "alice").waitFor();
    said("linking with the other service leads back, and one is who one was");

    await stranger.page.goto("/sign-in?back=%2Fprofile");
    await stranger.page.getByRole("link", { name: "Sign in with GitHub" }).press("Enter");
    await account(stranger.page, "alice").waitFor();
    said("the linked service signs in to the same account");

    const unlink = async ({ page }: { page: Page }): Promise<void> => {
      await page.goto("/profile");
      await page.getByRole("button", { name: "Unlink github" }).press("Enter");
      await page.getByRole("button", { name: "Unlink", exact: true }).press("Enter");
    };
    await unlink(stranger);
    await stranger.page.getByText("This is the only way to sign in to the account").waitFor();
    said("who came by the service and has nothing else is not left outside, and that is said");

    await unlink(first);
    await first.page.getByText("github is no longer linked").waitFor();
    await account(first.page, "alice").waitFor();
    said("who came by a ticket can come again, so the service can be unlinked");
  } finally {
    await browser.close();
    await depot.stop();
    await kdc.stop();
    await provider.stop(true);
    file.remove();
  }
}

await main();
process.exit(0);
