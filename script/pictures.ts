// Takes the pictures of docs/pictures. Pages, width and light are spread over a few pictures: each is looked at by people, and
// together they have to stay small.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { openPage, settled } from "../test/pages/browser.ts";
import { WEB } from "../test/pages/shop.ts";
import { startPagesWorld } from "../test/pages/world.ts";

interface Picture {
  readonly name: string;
  readonly address: string;
  readonly width: 360 | 1024 | 2560;
  readonly colorScheme: "light" | "dark";
}

const HEIGHTS = { 360: 720, 1024: 760, 2560: 1300 } as const;

const directory = resolve(import.meta.dir, "../docs/pictures");
mkdirSync(directory, { recursive: true });
const world = await startPagesWorld(300);
const pictures: readonly Picture[] = [
  { name: "start", address: "/", width: 1024, colorScheme: "light" },
  { name: "release", address: `/pkgs/${WEB}`, width: 1024, colorScheme: "light" },
  { name: "release", address: `/pkgs/${WEB}`, width: 360, colorScheme: "dark" },
  { name: "contents", address: `/pkgs/${WEB}?tab=contents`, width: 1024, colorScheme: "dark" },
  { name: "search", address: "/?q=redis", width: 360, colorScheme: "light" },
  { name: "dependencies", address: `/pkgs/${world.top}?tab=dependencies`, width: 2560, colorScheme: "dark" },
];
try {
  const wanted = new Set(process.argv.slice(2));
  for (const { name, address, width, colorScheme } of pictures) {
    if (wanted.size > 0 && !wanted.has(name)) continue;
    const { page, close } = await openPage(world.depot.url, { width, height: HEIGHTS[width], colorScheme });
    await page.goto(address);
    await settled(page);
    const path = join(directory, `${name}-${width}-${colorScheme}.png`);
    await page.screenshot({ path });
    console.log(path);
    await close();
  }
} finally {
  await world.stop();
}
process.exit(0);
