// Of depot.test.ts: the pages about channels and people: each thing is done by a person at a browser, and seen by others.
import { beforeEach, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { settled, sidewaysScroll } from "./browser.ts";
import type { DepotStand } from "./depot-stand.ts";
import { WEB } from "./shop.ts";
import { APP1, APP2, PASSWORD } from "./world.ts";

/** What the browser says of answers that tests bring about: a channel has no gate, a role is not enough. */
const ANSWERS = [/status of 40[1349]/];

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const dialog = (page: Page) => page.getByRole("dialog");

export function people(stand: DepotStand): void {
  let channel = "";
  let channels = 0;

  /** A channel of its own for each test. */
  beforeEach(async () => {
    channel = `channel${channels++}`;
    await stand.world.ask("mia", "POST", `/depot/channels/acme/${channel}`);
  });

  const channelAddress = (tab = ""): string =>
    `/origins/acme/channels/${channel}${tab === "" ? "" : `?tab=${tab}`}`;

  async function held(): Promise<string[]> {
    const { body } = await stand.world.ask("rita", "GET", `/depot/channels/acme/${channel}/pkgs`);
    const { data } = body as { data: { name: string; version: string; release: string }[] };
    return data.map(({ name, version, release }) => `acme/${name}/${version}/${release}`);
  }

  describe("signing in", () => {
    test("by password leads back to where one was, and out again to nobody", async () => {
      const { page, check, close } = await stand.open({ expected: ANSWERS });
      await page.goto("/origins");
      await page.locator("main").getByRole("link", { name: "Sign in" }).click();
      await page.getByLabel("Name").fill("mia");
      await page.getByLabel("Password").fill("wrong");
      await page.keyboard.press("Enter");
      expect(await page.getByRole("alert").textContent()).toStartWith("Name or password is not right.");
      await page.getByLabel("Password").fill(PASSWORD);
      await page.keyboard.press("Enter");
      await page
        .getByRole("link", { name: "acme Maintainer" })
        .or(page.getByRole("link", { name: /^acme/ }))
        .waitFor();
      expect(new URL(page.url()).pathname).toBe("/origins");
      // Nothing that signs somebody in is within reach of a script.
      const stored = await page.evaluate(() => [
        document.cookie,
        JSON.stringify({ ...localStorage }),
        Object.keys(sessionStorage)
          .filter((key) => !key.startsWith("hab-scroll:"))
          .join(),
      ]);
      expect(stored).toEqual(["", "{}", ""]);
      await button(page, "Account mia").click();
      await button(page, "Sign out").click();
      await page.getByRole("link", { name: "Sign in" }).waitFor();
      expect((await page.context().cookies()).filter(({ name }) => name === "hab_session")).toEqual([]);
      check();
      await close();
    });

    test("never leads to another site, and says why another service did not let one in", async () => {
      const { page, check, close } = await stand.open({ expected: ANSWERS });
      await page.goto("/sign-in?back=%2F%2Felsewhere.example&failure=disabled");
      expect(await page.getByRole("alert").textContent()).toContain("Your account is switched off");
      await page.getByLabel("Name").fill("mia");
      await page.getByLabel("Password").fill(PASSWORD);
      await page.keyboard.press("Enter");
      await button(page, "Account mia").waitFor();
      expect(new URL(page.url()).href).toBe(`${stand.world.depot.url}/`);
      check();
      await close();
    });

    test("again in the middle of a form loses nothing that was typed", async () => {
      const { page, check, close } = await stand.openAs("mia", ANSWERS);
      await page.goto("/origins/acme/members");
      await button(page, "Invite…").click();
      await dialog(page).getByLabel("Name of the account").fill("nobody-of-this-name");
      await stand.world.depot.change((db) => db.deleteFrom("sessions").execute());
      await button(page, "Send invitation").click();
      const again = page.getByRole("dialog", { name: "Sign in to go on" });
      await again.getByLabel("Password").fill(PASSWORD);
      await page.keyboard.press("Enter");
      await again.waitFor({ state: "detached" });
      const name = dialog(page).getByLabel("Name of the account");
      expect(await name.inputValue()).toBe("nobody-of-this-name");
      await button(page, "Send invitation").click();
      await page.getByText("No account has this name.").waitFor();
      check();
      await close();
    });
  });

  describe("a promotion", () => {
    test("of a chosen release says what will come, and appears on the pages of others by itself", async () => {
      const other = await stand.openAs("rita", ANSWERS);
      await other.page.goto(channelAddress());
      await other.page.getByText("Nothing is in this channel").waitFor();
      const { page, check, close } = await stand.openAs("mia", ANSWERS);
      await page.goto("/origins/acme/channels/unstable");
      await page.getByRole("checkbox", { name: `Choose ${APP1}` }).check();
      await button(page, "Promote…").click();
      await dialog(page).getByLabel("To the channel").selectOption(channel);
      await dialog(page).getByText(`1 release will come to ${channel}.`).waitFor();
      await button(page, `Promote to ${channel}`).click();
      await page.getByText(`1 release promoted to ${channel}`).waitFor();
      expect(await held()).toEqual([APP1]);
      await other.page.getByRole("listitem").filter({ hasText: "app/1.0.0" }).waitFor();
      check();
      other.check();
      await close();
      await other.close();
    });

    test("through a gate waits, and takes effect when another account approves", async () => {
      await stand.world.ask("adam", "PUT", `/depot/channels/acme/${channel}/gate`, {
        approvals: 1,
        approvers: { roles: ["maintainer"] },
      });
      const { page, check, close } = await stand.openAs("mia", ANSWERS);
      await page.goto("/origins/acme/channels/unstable");
      await button(page, "Promote the whole channel").click();
      await dialog(page).getByLabel("To the channel").selectOption(channel);
      await dialog(page).getByLabel("For those who approve").fill("Mends the shop");
      await button(page, "Ask for approval").click();
      await page.getByText("0 of one approval").waitFor();
      // Who asks may not approve, and is not offered it.
      expect(await button(page, "Approve…").count()).toBe(0);
      expect(await button(page, "Withdraw…").count()).toBe(1);
      expect(await held()).toEqual([]);
      const other = await stand.openAs("max", ANSWERS);
      await other.page.goto("/origins/acme/requests");
      await other.page.getByRole("link", { name: `to ${channel}` }).click();
      await other.page.getByText("Mends the shop").waitFor();
      await button(other.page, "Approve…").click();
      await dialog(other.page)
        .getByText(`This is the last approval: 3 releases will come to ${channel} at once.`)
        .waitFor();
      await dialog(other.page).getByLabel("Comment").fill("Tried it");
      await dialog(other.page).getByRole("button", { name: "Approve" }).click();
      await other.page.getByText("Approved", { exact: true }).waitFor();
      expect((await held()).sort()).toEqual([APP1, APP2, WEB]);
      // Who asked sees it without reloading.
      await page.getByText("Tried it").waitFor();
      check();
      other.check();
      await close();
      await other.close();
    });

    test("that is rejected changes nothing", async () => {
      await stand.world.ask("adam", "PUT", `/depot/channels/acme/${channel}/gate`, {
        approvals: 1,
        approvers: { accounts: ["max"] },
      });
      const asked = await stand.world.ask("mia", "POST", "/depot/channels/acme/promotions", {
        to: channel,
        idents: [APP1],
      });
      const { request } = asked.body as { request: { id: string } };
      const { page, check, close } = await stand.openAs("max", ANSWERS);
      await page.goto(`/origins/acme/requests/${request.id}`);
      await button(page, "Reject…").click();
      await dialog(page).getByLabel("Comment").fill("Not on a Friday");
      await dialog(page).getByRole("button", { name: "Reject" }).click();
      await page.getByText("Rejected", { exact: true }).waitFor();
      await page.getByText("Not on a Friday").first().waitFor();
      expect(await held()).toEqual([]);
      check();
      await close();
    });
  });

  test("a rollback says what it will do before it does it", async () => {
    for (const ident of [APP1, APP2])
      await stand.world.ask("mia", "POST", "/depot/channels/acme/promotions", {
        to: channel,
        idents: [ident],
      });
    const { page, check, close } = await stand.openAs("mia", ANSWERS);
    await page.goto(channelAddress("history"));
    await button(page, /^Roll back to this… State 2/).click();
    await dialog(page).getByText(`1 release will leave ${channel}`).waitFor();
    expect(await dialog(page).getByText("app/2.0.0").count()).toBe(1);
    expect(await held()).toHaveLength(2);
    await dialog(page).getByRole("button", { name: "Roll back" }).click();
    await page.getByText("Rolled back to state 2").waitFor();
    expect(await held()).toEqual([APP1]);
    check();
    await close();
  });

  test("an invitation is sent, seen by whom it is for, and accepted", async () => {
    const { page, check, close } = await stand.openAs("mia", ANSWERS);
    await page.goto("/origins/acme/members");
    await button(page, "Invite…").click();
    await dialog(page).getByLabel("Name of the account").fill("eve");
    await page.keyboard.press("Enter");
    await button(page, "Take back the invitation of eve").waitFor();
    const other = await stand.openAs("eve", ANSWERS);
    await other.page.goto("/origins");
    await button(other.page, "Accept the invitation to acme").click();
    await other.page.getByRole("link", { name: /^acme.*Read-only member/ }).waitFor();
    check();
    other.check();
    await close();
    await other.close();
    await stand.world.ask("olga", "DELETE", "/depot/origins/acme/users/eve");
  });

  test("an access token is made with a scope, shown once, and revoked", async () => {
    const { page, check, close } = await stand.openAs("mia", ANSWERS);
    await page.goto("/profile?tab=tokens");
    await button(page, "New token").click();
    await dialog(page).getByLabel("Name").fill("build machine");
    await dialog(page).getByRole("checkbox", { name: "acme" }).check();
    await button(page, "Make token").click();
    const token = (await dialog(page).locator("code").textContent()) ?? "";
    const headers = { token };
    expect((await stand.world.depot.call("GET", "/profile", headers)).status).toBe(200);
    expect((await stand.world.depot.call("POST", "/depot/channels/acme/no", headers)).status).toBe(403);
    await page.keyboard.press("Escape");
    await dialog(page).getByRole("checkbox", { name: "I have put it where it belongs" }).check();
    await button(page, "Done").click();
    await dialog(page).waitFor({ state: "detached" });
    expect(await page.content()).not.toContain(token);
    await button(page, "Revoke build machine").click();
    await button(page, "Revoke token").click();
    await page.getByText("The token build machine is revoked").waitFor();
    expect((await stand.world.depot.call("GET", "/profile", headers)).status).toBe(401);
    check();
    await close();
  });

  test("who may only read is offered nothing else, and is refused by the depot all the same", async () => {
    await stand.world.ask("mia", "POST", "/depot/channels/acme/promotions", { to: channel, idents: [APP1] });
    const { page, check, close } = await stand.openAs("rita", ANSWERS);
    for (const [address, shown] of [
      [channelAddress(), "app/1.0.0"],
      [channelAddress("history"), "Promoted"],
      ["/origins/acme/members", "Read-only member"],
      ["/origins/acme/settings", "New packages"],
    ] as const) {
      await page.goto(address);
      await page.locator("main").getByText(shown).first().waitFor();
      await settled(page);
      const offered = await page.locator("main").getByRole("button").allTextContents();
      expect({ address, offered: offered.filter((text) => text !== "" && text !== "Leave acme…") }).toEqual({
        address,
        offered: [],
      });
      expect(await page.getByRole("checkbox").count()).toBe(0);
    }
    const refused = await page.evaluate(async (to) => {
      const answer = await fetch("/v1/depot/channels/acme/promotions", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Hab-Request": "1" },
        body: JSON.stringify({ from: "unstable", to }),
      });
      return answer.status;
    }, channel);
    expect(refused).toBe(403);
    expect(await held()).toEqual([APP1]);
    check();
    await close();
  });

  test("what fails says why in the depot's words, and what to do; nothing that was typed is lost", async () => {
    const { page, check, close } = await stand.openAs("mia", [
      ...ANSWERS,
      /status of 500/,
      /ERR_FAILED|ERR_INTERNET/,
    ]);
    await page.goto(channelAddress());
    await button(page, "Promote the whole channel").click();
    await dialog(page).getByLabel("To the channel").selectOption("");
    const name = dialog(page).getByLabel("Name of the new channel");
    await name.fill("x".repeat(255));
    const promotions = "**/v1/depot/channels/acme/promotions";
    await page.route(promotions, (route) =>
      route.fulfill({ status: 409, contentType: "text/plain", body: "The channel has changed since" }),
    );
    await button(page, /^Promote to x/).click();
    await dialog(page).getByText("The channel has changed since.").waitFor();
    await page.unroute(promotions);
    await page.route(promotions, (route) => route.fulfill({ status: 500, body: "" }));
    await button(page, /^Promote to x/).click();
    await dialog(page).getByText("The server has failed.").waitFor();
    await page.unroute(promotions);
    await page.route(promotions, (route) => route.abort());
    await button(page, /^Promote to x/).click();
    await dialog(page).getByText("The server cannot be reached.").waitFor();
    expect(await name.inputValue()).toBe("x".repeat(255));
    expect(await sidewaysScroll(page)).toBe(0);
    check();
    await close();
  });
}
