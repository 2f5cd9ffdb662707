// Of depot.test.ts: signing in by other services: with a real provider of OpenID Connect, whose own pages the browser goes through.
import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { DepotStand } from "./depot-stand.ts";

/** What the provider's own pages make of the console is theirs, and they are another address. */
const PROVIDER = [/127\.0\.0\.1/, /status of 40[14]/];

/** Signs in at the provider and agrees, as a person does. */
async function throughProvider(page: Page, login: string): Promise<void> {
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill("any");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Continue" }).press("Enter");
}

export function signIn(stand: DepotStand): void {
  test("by another service leads back to where one was, and so does linking it", async () => {
    const { page, close } = await stand.open({ expected: PROVIDER });
    await page.goto("/sign-in?back=%2Forigins");
    await page.getByRole("link", { name: "Sign in with The company" }).press("Enter");
    await page.waitForURL((url) => url.href.startsWith(stand.issuer));
    await throughProvider(page, "newcomer");
    await page.getByRole("button", { name: "Account newcomer" }).waitFor();
    expect(page.url()).toBe(`${stand.world.depot.url}/origins`);
    await close();

    const mia = await stand.openAs("mia", PROVIDER);
    await mia.page.goto("/profile");
    await mia.page.getByRole("link", { name: "Link with The company" }).press("Enter");
    await throughProvider(mia.page, "mia-at-work");
    await mia.page.getByText("mia-at-work").waitFor();
    expect(new URL(mia.page.url()).pathname).toBe("/profile");
    await mia.page.getByRole("button", { name: "Unlink corp" }).press("Enter");
    await mia.page.getByRole("button", { name: "Unlink", exact: true }).press("Enter");
    // Linking began no session, and unlinking ends none but those that came by the service.
    await mia.page.getByText("None. Linked with a service").waitFor();
    await mia.close();
  });

  test("offers each way that the depot tells of", async () => {
    const { page, check, close } = await stand.open({ expected: [/status of 404/] });
    await page.route("**/v1/sign-in", (route) =>
      route.fulfill({
        json: {
          ways: [
            { kind: "kerberos", name: "EXAMPLE.ORG", url: "/v1/sign-in/kerberos" },
            { kind: "oauth", name: "GitHub", url: "/v1/sign-in/github" },
            { kind: "proxy", name: "proxy", url: "/v1/sign-in/proxy" },
          ],
          account: null,
        },
      }),
    );
    await page.goto("/sign-in?back=%2Fpkgs%2Fcore");
    for (const [name, way] of [
      ["Sign in with EXAMPLE.ORG as on this machine", "kerberos"],
      ["Sign in with GitHub", "github"],
      ["Sign in as the proxy knows you", "proxy"],
    ] as const)
      expect(await page.getByRole("link", { name, exact: true }).getAttribute("href")).toBe(
        `/v1/sign-in/${way}?return_to=%2Fpkgs%2Fcore`,
      );
    expect(await page.getByLabel("Password").count()).toBe(0);
    check();
    await close();
  });
}
