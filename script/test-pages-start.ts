// Of script/test-pages: how soon pages are ready with an empty cache, or a filled one, beside the least that a page can be on the same machine at the
// same moment: a document with the same style and as much script, which does nothing, and its content in it. Visits take turns, so
// what else the machine does falls on both alike; what counts is how many times the least a page takes.
//   script/test-pages start [depot|thousand …] [--visits N] [--cache empty|filled]
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { loadPack } from "../src/web/build/open.ts";
import type { PageFile } from "../src/web/build/pack.ts";
import { WEB } from "../test/pages/shop.ts";
import { type Cache, type Start, startMeasuredBrowser } from "./test-pages-devtools.ts";
import { type Stand, startDepotStand, startThousandStand } from "./test-pages-stands.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { visits: { type: "string", default: "7" }, cache: { type: "string", default: "empty" } },
});
const cache: Cache = values.cache === "filled" ? "filled" : "empty";

interface Measured {
  readonly start: () => Promise<Stand>;
  readonly addresses: readonly string[];
}

const MEASURED: Readonly<Record<string, Measured>> = {
  thousand: {
    start: startThousandStand,
    addresses: ["/ui", "/ui/services/service-1", "/ui/groups", "/ui/ring", "/ui/events", "/ui/nothing"],
  },
  depot: {
    start: () => startDepotStand(200, 2),
    addresses: ["/", "/?q=tool", "/origins", `/pkgs/${WEB}`, "/sign-in", "/nothing"],
  },
};

/** Rows of a page that is neither empty nor long. */
const FLOOR_ROWS = 12;

/** Serves the least that a page can be: style and script of a set of pages, the script inside a function that nobody calls. */
async function startFloor(name: "depot" | "supervisor"): Promise<Bun.Server<undefined>> {
  const pack = await loadPack(name);
  const text = (file: PageFile | undefined): string =>
    new TextDecoder().decode(Bun.gunzipSync(file?.bodies.get("gzip") ?? new Uint8Array()));
  const script = text(pack.files.find((file) => file.name === pack.firstScripts[0]))
    .replace(/export\s*\{[^}]*\};?\s*$/, "")
    .replace(/\bimport\(/g, "(")
    .replace(/\bimport\.meta\b/g, "({})");
  const rows = Array.from({ length: FLOOR_ROWS }, (_, row) => `<li><a href="/">row ${row}</a> is here</li>`);
  const document = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Least</title>
<link rel="stylesheet" href="/style.css"><script defer src="/script.js"></script></head>
<body><main id="main"><div class="page"><h1>Least</h1><ul class="list card">${rows.join("")}</ul></div></main></body></html>`;
  const answers: Readonly<Record<string, readonly [type: string, text: string]>> = {
    "/": ["text/html; charset=utf-8", document],
    "/style.css": ["text/css", text(pack.files.find((file) => file.name.endsWith(".css")))],
    "/script.js": ["text/javascript", `function nobody(){${script}\n}`],
  };
  const packed = new Map(Object.entries(answers).map(([path, [, body]]) => [path, Bun.gzipSync(body)]));
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      const body = packed.get(pathname);
      if (body === undefined) return new Response("none", { status: 404 });
      const headers = { "Content-Type": answers[pathname]?.[0] ?? "", "Content-Encoding": "gzip" };
      return new Response(body, { headers });
    },
  });
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
}

async function measure({ start, addresses }: Measured): Promise<void> {
  const stand = await start();
  const floor = await startFloor(stand.base === "" ? "depot" : "supervisor");
  const browser = await startMeasuredBrowser();
  try {
    const least = `http://127.0.0.1:${floor.port}/`;
    console.log(
      `\n${stand.name}: with ${cache === "empty" ? "an empty" : "a filled"} cache, median of ${values.visits}; ` +
        `load ${loadavg()[0]?.toFixed(1)} on ${cpus().length} processors`,
    );
    console.log("  ready ms    least page   times   processor ms    least page   times  requests  page");
    // Once for the server, which opens its pages when they are first asked for.
    for (const url of [least, stand.url + addresses[0]]) await browser.visit(url, cache);
    for (const address of addresses) {
      const pairs: (readonly [least: Start, page: Start])[] = [];
      for (let count = 0; count < Number(values.visits); count++)
        pairs.push([await browser.visit(least, cache), await browser.visit(stand.url + address, cache)]);
      const figures = (of: (start: Start) => number): string[] => [
        median(pairs.map(([, page]) => of(page))).toFixed(0),
        median(pairs.map(([floor]) => of(floor))).toFixed(0),
        median(pairs.map(([floor, page]) => of(page) / of(floor))).toFixed(2),
      ];
      const [ready = "", readyLeast = "", readyTimes = ""] = figures(({ readyMs }) => readyMs);
      const [spent = "", spentLeast = "", spentTimes = ""] = figures(({ browserMs }) => browserMs);
      console.log(
        `${ready.padStart(10)}${readyLeast.padStart(14)}${readyTimes.padStart(8)}` +
          `${spent.padStart(15)}${spentLeast.padStart(14)}${spentTimes.padStart(8)}` +
          `${String(pairs[0]?.[1].requests).padStart(10)}  ${address}`,
      );
    }
  } finally {
    await browser.close();
    await floor.stop(true);
    await stand.stop();
  }
}

for (const name of positionals.length === 0 ? Object.keys(MEASURED) : positionals) {
  const measured = MEASURED[name];
  if (measured === undefined) throw new Error(`${name} is none of ${Object.keys(MEASURED).join(", ")}`);
  await measure(measured);
}
process.exit(0);
