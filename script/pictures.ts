// Takes the pictures of docs/pictures. Pages, width and light are spread over a few pictures: each is looked at by people, and
// together they have to stay small.
//   script/pictures [name …]            only those
//   script/pictures --to DIRECTORY [name …]   puts them elsewhere, each at three widths, light and dark
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { closeBrowser, openPage, settled } from "../test/pages/browser.ts";
import { WEB } from "../test/pages/shop.ts";
import { APP1, APP2, type PagesWorld, type Person, signInAs, startPagesWorld } from "../test/pages/world.ts";

type Width = 360 | 1024 | 2560;
type Scheme = "light" | "dark";

interface Picture {
  readonly name: string;
  readonly address: string;
  readonly width: Width;
  readonly scheme: Scheme;
  /** Who looks; nobody in particular where not given. */
  readonly as?: Person;
  /** What is done before. */
  readonly act?: (page: Page) => Promise<void>;
}

const HEIGHTS = { 360: 720, 1024: 760, 2560: 1300 } as const;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { to: { type: "string" } } });
const directory = resolve(values.to ?? join(import.meta.dir, "../docs/pictures"));

/** A promotion, one that waits for approvals, a webhook, people who are invited. Gives the address of what waits. */
async function prepare({ ask }: PagesWorld): Promise<string> {
  await ask("mia", "POST", "/depot/channels/acme/promotions", { to: "stable", idents: [APP1, WEB] });
  await ask("mia", "POST", "/depot/channels/acme/promotions", { to: "staging", idents: [APP1, APP2, WEB] });
  await ask("adam", "PUT", "/depot/channels/acme/stable/gate", {
    approvals: 2,
    approvers: { roles: ["maintainer", "administrator"] },
  });
  const asked = await ask("mia", "POST", "/depot/channels/acme/promotions", {
    ...{ to: "stable", idents: [APP2], comment: "Mends the basket. Ran in staging since Monday." },
  });
  const { request } = asked.body as { readonly request: { readonly id: string } };
  await ask("max", "POST", `/depot/channels/acme/requests/${request.id}/approve`, { comment: "Tried it" });
  await ask("adam", "POST", "/depot/origins/acme/webhooks", {
    ...{ url: "https://hooks.acme.example/depot", events: ["upload", "promotion", "rollback"] },
  });
  await ask("adam", "POST", "/depot/origins/acme/users/eve/invitations");
  return `/origins/acme/requests/${request.id}`;
}

const world = await startPagesWorld(300);
const request = await prepare(world);
const acme = "/origins/acme";
const pictures: readonly Picture[] = [
  { name: "start", address: "/", width: 1024, scheme: "light" },
  { name: "release", address: `/pkgs/${WEB}`, width: 1024, scheme: "light" },
  { name: "release", address: `/pkgs/${WEB}`, width: 360, scheme: "dark" },
  { name: "contents", address: `/pkgs/${WEB}?tab=contents`, width: 1024, scheme: "dark" },
  { name: "search", address: "/?q=redis", width: 360, scheme: "light" },
  { name: "dependencies", address: `/pkgs/${world.top}?tab=dependencies`, width: 2560, scheme: "dark" },
  { name: "sign-in", address: "/sign-in", width: 360, scheme: "dark" },
  { name: "channels", address: `${acme}/channels`, width: 1024, scheme: "light", as: "mia" },
  { name: "history", address: `${acme}/channels/stable?tab=history`, width: 1024, scheme: "dark", as: "mia" },
  {
    ...{ name: "promotion", address: `${acme}/channels/staging`, width: 1024, scheme: "light", as: "mia" },
    async act(page) {
      await page.getByRole("button", { name: "Promote the whole channel" }).click();
      await page.getByLabel("To the channel").selectOption("stable");
      await page.getByText(/release will come|releases will come/).waitFor();
    },
  },
  { name: "approval", address: request, width: 1024, scheme: "light", as: "adam" },
  { name: "members", address: `${acme}/members`, width: 1024, scheme: "dark", as: "olga" },
  { name: "settings", address: `${acme}/settings`, width: 360, scheme: "light", as: "adam" },
  { name: "audit", address: `${acme}/audit`, width: 1024, scheme: "light", as: "adam" },
];

function everyLook(): Picture[] {
  const first = pictures.filter((each, at) => pictures.findIndex(({ name }) => name === each.name) === at);
  return first.flatMap((each) =>
    ([360, 1024, 2560] as const).flatMap((width) =>
      (["light", "dark"] as const).map((scheme) => ({ ...each, width, scheme })),
    ),
  );
}

mkdirSync(directory, { recursive: true });
try {
  const wanted = new Set(positionals);
  for (const { name, address, width, scheme, as, act } of values.to === undefined ? pictures : everyLook()) {
    if (wanted.size > 0 && !wanted.has(name)) continue;
    const open = await openPage(world.depot.url, { width, height: HEIGHTS[width], colorScheme: scheme });
    if (as !== undefined) await signInAs(open, world.depot.url, as);
    await open.page.goto(address);
    await settled(open.page);
    await act?.(open.page);
    const path = join(directory, `${name}-${width}-${scheme}.png`);
    await open.page.screenshot({ path });
    console.log(path);
    await open.close();
  }
} finally {
  await world.stop();
  await closeBrowser();
}
process.exit(0);
