// Takes the pictures of the Supervisor's pages for docs/pictures: five real Supervisors on loopback with an embedded depot, in the
// midst of a rolling update. Needs root (each member gets a host name of its own) and Debian's Chromium.
//   script/bun script/pictures-supervisor.ts [directory]   puts them elsewhere, besides every page in three widths, light and dark
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium, type Page } from "playwright-core";
import { startPagesRing } from "../test/pages/ring.ts";

const directory = resolve(process.argv[2] ?? join(import.meta.dir, "../docs/pictures"));
const isWhole = process.argv[2] !== undefined;

const ring = await startPagesRing();
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium-headless-shell",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
try {
  const view = async (options: { readonly width: number; readonly scheme: "light" | "dark" }) => {
    const context = await browser.newContext({
      baseURL: ring.url,
      viewport: {
        width: options.width,
        height: options.width < 500 ? 780 : options.width > 2000 ? 2160 : 800,
      },
      colorScheme: options.scheme,
      locale: "en-GB",
      reducedMotion: "reduce",
    });
    return await context.newPage();
  };
  const go = async (page: Page, path: string) => {
    await page.goto(path);
    await page.locator("main h1").first().waitFor();
    await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
  };

  const first = await view({ width: 1200, scheme: "light" });
  await go(first, "/ui/groups/shop.default");
  await ring.beginUpdate();
  // Two are done, the third is at it: that is what the pictures show.
  for (let done = 0; done < 2; done++) await ring.letOneThrough();
  await first.getByText("2 of 5 members", { exact: true }).waitFor();
  await first.getByRole("listitem").filter({ hasText: "changing" }).first().waitFor();

  mkdirSync(directory, { recursive: true });
  const pages = {
    overview: "/ui",
    service: "/ui/services/shop",
    configuration: "/ui/services/shop/config",
    hooks: "/ui/services/shop/hooks",
    history: "/ui/services/shop/health",
    binds: "/ui/services/proxy/binds",
    group: "/ui/groups/shop.default",
    groups: "/ui/groups",
    ring: "/ui/ring",
    events: "/ui/events",
  };
  /** For the documentation. */
  const kept = [
    ["overview", 1200, "light"],
    ["group", 1200, "dark"],
    ["configuration", 1200, "light"],
  ] as const;
  const all = ([360, 1200, 3840] as const).flatMap((width) =>
    (["light", "dark"] as const).flatMap((scheme) =>
      (Object.keys(pages) as (keyof typeof pages)[]).map((name) => [name, width, scheme] as const),
    ),
  );
  const take = async (
    [name, width, scheme]: readonly [keyof typeof pages, number, "light" | "dark"],
    file: string,
    isWholePage: boolean,
  ): Promise<void> => {
    const page = await view({ width, scheme });
    await go(page, pages[name]);
    await page.screenshot({ path: join(directory, file), fullPage: isWholePage });
    console.log(join(directory, file));
    await page.context().close();
  };
  for (const each of kept) await take(each, `supervisor-${each[0]}.png`, false);
  if (isWhole)
    for (const each of all) await take(each, `${each[0]}-${each[1]}-${each[2]}.png`, each[1] < 3000);
  ring.letAllThrough();
  await first.getByText("up to date").waitFor();
  await first.getByText("5 of 5 members", { exact: true }).waitFor();
  console.log("the update of five members was seen on the page to its end");
} finally {
  await browser.close();
  await ring.stop();
}
