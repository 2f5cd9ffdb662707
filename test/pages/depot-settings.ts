// Of depot.test.ts: what is done seldom and must not go wrong: removing releases from channels, webhooks, handing an origin on and
// deleting it. Each by keyboard alone.
import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { DepotStand } from "./depot-stand.ts";
import { APP1 } from "./world.ts";

/** Goes there by focus, as the tab key does, and presses. */
async function press(page: Page, name: string | RegExp, key = "Enter"): Promise<void> {
  await page.getByRole("button", { name }).focus();
  await page.keyboard.press(key);
}

const dialog = (page: Page) => page.getByRole("dialog");

/** Where the keyboard is, in words. */
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? "");

/** A receiver of webhooks on loopback: answers with `status`, and keeps the events it heard. */
function startReceiver() {
  const heard: string[] = [];
  let status = 500;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      heard.push(request.headers.get("x-hab-event") ?? "");
      return new Response("", { status });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/hook`,
    heard,
    answer(next: number) {
      status = next;
    },
    stop: () => server.stop(true),
  };
}

export function settings(stand: DepotStand): void {
  test("a release is removed from a channel by keyboard, and the focus stays near", async () => {
    const { world } = stand;
    await world.ask("mia", "POST", "/depot/channels/acme/promotions", { to: "leaving", idents: [APP1] });
    const { page, check, close } = await stand.openAs("mia", [/status of 404/]);
    await page.goto("/origins/acme/channels/leaving");
    await page.getByRole("checkbox", { name: `Choose ${APP1}` }).focus();
    await page.keyboard.press("Space");
    await press(page, "Remove from leaving…");
    await dialog(page).getByText("They stay in the depot").waitFor();
    // Escape leaves everything as it was, and the keyboard where it was.
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
    expect(await focused(page)).toBe("Remove from leaving…");
    await page.keyboard.press("Enter");
    await press(page, "Remove 1 release");
    await page.getByText("Nothing is in this channel").waitFor();
    expect((await world.ask("rita", "GET", "/depot/channels/acme/leaving/pkgs")).body).toMatchObject({
      total_count: 0,
    });
    // The button that led here is gone: the heading of the page has the focus, not the top of the document.
    await page.waitForFunction(() => document.activeElement?.matches("h1, h2"));
    check();
    await close();
  });

  test("a webhook is made, tried, sent again, switched off and deleted; its secret is shown once", async () => {
    const receiver = startReceiver();
    const { page, check, close } = await stand.openAs("adam", [/status of 404/]);
    try {
      await page.goto("/origins/acme/settings");
      await press(page, "Add a webhook…");
      // The dialog begins with its first field.
      await page.keyboard.type(receiver.url);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "The webhook is there" }).waitFor();
      const secret = (await dialog(page).locator("code").textContent()) ?? "";
      expect(secret.length).toBeGreaterThan(20);
      await dialog(page).getByRole("checkbox").focus();
      await page.keyboard.press("Space");
      await press(page, "Done");
      await dialog(page).waitFor({ state: "detached" });
      expect(await page.content()).not.toContain(secret);

      await press(page, `Send a test to ${receiver.url}`);
      await page.getByRole("cell", { name: /^500/ }).waitFor();
      receiver.answer(204);
      await press(page, /^Send .* again$/);
      await page.getByText("delivered").waitFor();
      expect(receiver.heard).toHaveLength(2);

      await press(page, `Switch off the webhook to ${receiver.url}`);
      await page.getByText("Off", { exact: true }).waitFor();
      await press(page, `Switch on the webhook to ${receiver.url}`);
      await page.getByText("Off", { exact: true }).waitFor({ state: "detached" });
      await press(page, `Delete the webhook to ${receiver.url}`);
      await press(page, "Delete webhook");
      await page.getByText("The webhook is deleted").waitFor();
      await page.getByText(receiver.url).waitFor({ state: "detached" });
      await page.waitForFunction(() => document.activeElement?.textContent === "Webhooks");
      check();
    } finally {
      await close();
      await receiver.stop();
    }
  });

  describe("an origin", () => {
    test("is handed on to another member, and deleted when nothing is left in it", async () => {
      const { world } = stand;
      await world.ask("eve", "POST", "/depot/origins/evil/users/rita/invitations");
      const { body } = await world.ask("rita", "GET", "/user/invitations");
      const [invitation] = body as { readonly id: string }[];
      await world.ask("rita", "PUT", `/depot/origins/evil/invitations/${invitation?.id}`);
      const eve = await stand.openAs("eve", [/status of 40[34]/]);
      await eve.page.goto("/origins/evil/settings");
      await press(eve.page, "Hand on…");
      await dialog(eve.page).getByLabel("New owner").focus();
      await eve.page.keyboard.type("rita");
      await press(eve.page, "Make rita the owner");
      await eve.page.getByText("rita is now the owner of evil").waitFor();
      // What only the owner may do is no longer offered.
      await eve.page.getByRole("button", { name: "Hand on…" }).waitFor({ state: "detached" });
      eve.check();
      await eve.close();

      const rita = await stand.openAs("rita", [/status of 40[349]/]);
      await rita.page.goto("/origins/evil/settings");
      await press(rita.page, "Delete…");
      await press(rita.page, "Delete evil");
      // Somebody is still in it: the dialog says so, and stays.
      await dialog(rita.page).getByRole("alert").waitFor();
      await world.ask("rita", "DELETE", "/depot/origins/evil/users/eve");
      await press(rita.page, "Delete evil");
      await rita.page.waitForURL(/\/origins$/);
      await rita.page.getByText("The origin evil is deleted").waitFor();
      expect((await world.ask("rita", "GET", "/depot/origins/evil")).status).toBe(404);
      rita.check();
      await rita.close();
    });
  });
}
