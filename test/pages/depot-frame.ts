// Of depot.test.ts: the frame of all pages: every one accessible and of every width, by keyboard alone, and honest about the
// connection.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { accessibilityFaults, type OpenPage, resize, settled, sidewaysScroll } from "./browser.ts";
import type { DepotStand } from "./depot-stand.ts";
import { fill, RELEASE } from "./rows.ts";
import { WEB } from "./shop.ts";
import { MAX_MOVED, movedUntilNow, watchMoves } from "./visit.ts";
import { APP1 } from "./world.ts";

/** What Chromium says of every answer that is no success. */
const NOT_FOUND = [/status of 404/];

export function frame(stand: DepotStand): void {
  describe("nothing moves while a page comes in; it is accessible, and scrolls sideways at no width:", () => {
    let window: OpenPage;
    let request = "";
    beforeAll(async () => {
      const { world } = stand;
      await world.ask("mia", "POST", "/depot/channels/acme/looks");
      await world.ask("adam", "PUT", "/depot/channels/acme/looks/gate", {
        approvals: 2,
        approvers: { roles: ["maintainer"] },
      });
      const asked = await world.ask("mia", "POST", "/depot/channels/acme/promotions", {
        ...{ to: "looks", idents: [APP1], comment: "שלום ".repeat(20) },
      });
      request = (asked.body as { request: { id: string } }).request.id;
      window = await stand.openAs("adam", NOT_FOUND);
      await window.page.setViewportSize({ width: 360, height: 740 });
      await watchMoves(window.page);
    });
    afterAll(() => window.close());

    test.each([
      ...["/", "/?q=redis", "/pkgs/northwind", "/pkgs/acme/web-shop", `/pkgs/${WEB}`],
      ...[`/pkgs/${WEB}?tab=contents`, `/pkgs/core/part-1/1.1.0/${RELEASE}?tab=dependencies`],
      ...["/pkgs/acme/nothing/1/2", "/origins", "/profile?tab=tokens", "/sign-in"],
      ...["unstable", "looks?tab=history", "unstable?tab=compare&with=looks", "looks?tab=gate"].map(
        (rest) => `/origins/acme/channels/${rest}`,
      ),
      ...["requests/REQUEST", "keys", "members", "audit", "settings"].map((rest) => `/origins/acme/${rest}`),
    ])("%s", async (address) => {
      const { page } = window;
      await page.goto(address.replace("REQUEST", request));
      await settled(page);
      expect(await movedUntilNow(page)).toBeLessThan(MAX_MOVED);
      for (const width of [3840, 360]) {
        await resize(page, width, 740);
        expect({ width, sideways: await sidewaysScroll(page) }).toEqual({ width, sideways: 0 });
      }
      expect(await accessibilityFaults(page)).toEqual([]);
      window.check();
    });
  });

  describe("moving about", () => {
    test("search as one types, by keyboard alone; back and reload bring back what was there", async () => {
      const { page, check, close } = await stand.open();
      await page.goto("/");
      await settled(page);
      await page.keyboard.press("/");
      await page.keyboard.type("web-sh");
      await page.getByRole("link", { name: "acme/web-shop" }).waitFor();
      expect(new URL(page.url()).search).toBe("?q=web-sh");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "acme/web-shop" }).waitFor();
      expect(new URL(page.url()).pathname).toBe("/pkgs/acme/web-shop");
      // Told to whoever does not see it: the focus is on the heading, and the title says where one is.
      await page.waitForFunction(() => document.activeElement?.tagName === "H1");
      await page.waitForFunction(() => document.title === "acme/web-shop · Depot");
      await page.getByRole("link", { name: "2.4.1" }).first().click();
      await page.getByRole("link", { name: /Contents/ }).click();
      await page.getByText("18 files").waitFor();
      await page.reload();
      await page.getByText("18 files").waitFor();
      await page.goBack();
      await page.getByRole("heading", { name: "Web shop" }).waitFor();
      await page.goBack();
      await page.goBack();
      await page.getByRole("link", { name: "acme/web-shop" }).waitFor();
      expect(await page.getByRole("searchbox").inputValue()).toBe("web-sh");
      check();
      await close();
    });

    test("going back leads to where one was in a long list", async () => {
      const { page, check, close } = await stand.open();
      await page.goto("/pkgs/core");
      const link = page.locator("tbody a").nth(60);
      await link.scrollIntoViewIfNeeded();
      const before = await page.evaluate(() => window.scrollY);
      expect(before).toBeGreaterThan(300);
      await link.click();
      await page
        .getByRole("heading", { level: 2, name: /Versions|Read/ })
        .first()
        .waitFor();
      await page.waitForFunction(() => window.scrollY === 0);
      await page.goBack();
      await page.waitForFunction((wanted) => Math.abs(window.scrollY - wanted) < 3, before);
      check();
      await close();
    });

    test("old addresses behind a # lead to the same", async () => {
      const { page, close } = await stand.open();
      await page.goto("/#/pkgs/acme/web-shop");
      await page.getByRole("heading", { level: 1, name: "acme/web-shop" }).waitFor();
      expect(new URL(page.url()).pathname).toBe("/pkgs/acme/web-shop");
      await close();
    });

    test("the drawing of 200 dependencies is one stop of the tab key and follows the arrows", async () => {
      const { page, check, close } = await stand.open({ expected: NOT_FOUND });
      await page.goto(`/pkgs/${stand.world.top}?tab=dependencies`);
      const nodes = page.locator("svg a[data-node]");
      await nodes.first().waitFor();
      expect(await nodes.count()).toBe(201);
      expect(await page.locator('svg a[tabindex="0"]').count()).toBe(1);
      await page.locator('svg a[tabindex="0"]').focus();
      await page.keyboard.press("ArrowRight");
      const focused = await page.evaluate(() => document.activeElement?.querySelector("title")?.textContent);
      expect(focused).toMatch(/^core\/part-\d+\//);
      await page.keyboard.press("Enter");
      await page.waitForURL(/core\/part-/);
      await page.getByRole("button", { name: "List" }).click();
      await page
        .getByRole("heading", { name: /^Needed by/ })
        .first()
        .waitFor();
      check();
      await close();
    });
  });

  describe("when things go wrong", () => {
    test("a lost connection is told, what was read stays, and it is read again when the connection is back", async () => {
      const { page, context, close } = await stand.open({ expected: [/./] });
      await page.goto("/pkgs/acme/web-shop");
      await settled(page);
      await context.setOffline(true);
      await page.getByText("You are offline.").waitFor();
      await page.getByRole("heading", { name: /Versions/ }).waitFor();
      await context.setOffline(false);
      await page.getByText("You are offline.").waitFor({ state: "detached" });
      await close();
    });

    test.each([
      [500, /The server has failed/, "Try again"],
      [429, /Too many requests/, "Try again"],
      [401, /not signed in/, "Sign in"],
    ])("an answer of %d says what it means and what to do", async (status, words, action) => {
      const { page, close } = await stand.open({ expected: [/./] });
      await page.route("**/v1/depot/pkgs/acme/web-shop/versions", (route) =>
        route.fulfill({ status, body: "" }),
      );
      await page.goto("/pkgs/acme/web-shop");
      await page.getByText(words).waitFor();
      const button = page.locator("main").getByText(action, { exact: true });
      await button.waitFor();
      if (action === "Try again") {
        await page.unrouteAll();
        await button.click();
        await page.getByRole("link", { name: "2.4.1" }).first().waitFor();
      }
      await close();
    });

    test("a release that is deleted under one's eyes is gone, with a way on", async () => {
      const { world } = stand;
      const ident = await world.upload("acme/passing/1.0.0/20260101000001");
      const { page, close } = await stand.open({ expected: NOT_FOUND });
      await page.goto(`/pkgs/${ident}`);
      await page.getByRole("heading", { level: 1 }).filter({ hasText: "passing" }).waitFor();
      await page.getByText("Live", { exact: true }).waitFor();
      expect((await world.ask("olga", "DELETE", `/depot/pkgs/${ident}`)).status).toBe(204);
      // Nobody reloads: the depot says so itself.
      await page.getByText("There is no such release").waitFor();
      await page.getByRole("link", { name: "passing", exact: true }).waitFor();
      await close();
    });

    test("what others upload is there without loading again", async () => {
      const { page, check, close } = await stand.open();
      await page.goto("/");
      await settled(page);
      await page.getByText("Live", { exact: true }).waitFor();
      await stand.world.upload("acme/fresh/1.0.0/20260101000001");
      await page.getByRole("link", { name: "acme/fresh/1.0.0" }).waitFor();
      check();
      await close();
      // The tests behind this one count what the channel holds.
      await stand.world.ask("olga", "DELETE", "/depot/pkgs/acme/fresh/1.0.0/20260101000001");
    });

    test("an answer that is no JSON, from whoever answered instead, is told as such", async () => {
      const { page, close } = await stand.open({ expected: [/./] });
      await page.route("**/v1/depot/overview", (route) =>
        route.fulfill({ status: 200, contentType: "text/html", body: "<p>" }),
      );
      await page.goto("/");
      await page.getByText("The answer makes no sense").first().waitFor();
      await close();
    });
  });

  test("names of 255 characters and 5,000 versions neither break the page nor fill it", async () => {
    const name = "n".repeat(255);
    const versions = Array.from(
      { length: 5000 },
      (_, index) => `${Math.floor(index / 100)}.${index % 100}.0`,
    );
    await fill(stand.world.depot, "olga", [
      { origin: "core", name, versions, description: "قاعدة بيانات سريعة" },
    ]);
    const { page, check, close } = await stand.open({ width: 360 });
    await page.goto(`/pkgs/core/${name}`);
    await page.getByRole("listitem").filter({ hasText: "49.99.0" }).first().waitFor();
    expect(await page.locator("[data-row]").count()).toBeLessThan(60);
    expect(await sidewaysScroll(page)).toBe(0);
    // Text that runs from right to left does so, inside a page that does not.
    expect(await page.locator(".lede").evaluate((each) => getComputedStyle(each).direction)).toBe("rtl");
    await page.getByLabel("Narrow down").fill("7.42.");
    await page.getByRole("link", { name: "37.42.0" }).waitFor();
    check();
    await close();
  });
}
