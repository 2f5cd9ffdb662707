// Visits every page with Debian's Chromium: those of a depot with 10,000 packages, those of a Supervisor in a ring of five with a
// rolling update going on, and its ring of a thousand. Each at three widths, light and dark: no fault of accessibility, nothing
// scrolled sideways, nothing that moves while it loads, no error in the console, no request to another address. Prints for each
// page how long it takes to be drawn with an empty cache. Ends with 1 when anything is wrong.
//   script/test-pages [depot|supervisor|thousand …] [--packages N] [--releases N] [--visits N] [--only TEXT] [--figures | --quick]
// --figures leaves out everything but the times, --quick those widths and colours that are not looked at for accessibility.
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { loadPack } from "../src/web/build/open.ts";
import { matchPattern } from "../src/web/shared/router/pattern.ts";
import {
  accessibilityFaults,
  closeBrowser,
  openPage,
  settled,
  sidewaysScroll,
} from "../test/pages/browser.ts";
import { MAX_MOVED, type Visit, visit, watchVisits } from "../test/pages/visit.ts";
import {
  type Stand,
  startDepotStand,
  startSupervisorStand,
  startThousandStand,
} from "./test-pages-stands.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    packages: { type: "string", default: "10000" },
    releases: { type: "string", default: "10" },
    visits: { type: "string", default: "5" },
    only: { type: "string", default: "" },
    figures: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
  },
});
const wanted = positionals.length === 0 ? ["depot", "supervisor", "thousand"] : positionals;

/** Read as "drawn within": what the project promises on a machine that does nothing else. */
const READY_MS = 200;
const LOOKS = [
  { width: 360, height: 740, scheme: "light", isLookedAt: true },
  { width: 360, height: 740, scheme: "dark", isLookedAt: false },
  { width: 1280, height: 800, scheme: "light", isLookedAt: false },
  { width: 1280, height: 800, scheme: "dark", isLookedAt: true },
  { width: 3840, height: 2160, scheme: "light", isLookedAt: false },
  { width: 3840, height: 2160, scheme: "dark", isLookedAt: false },
] as const;

const faults = new Set<string>();
function fault(text: string): void {
  if (faults.has(text)) return;
  faults.add(text);
  console.log(`FAULT ${text}`);
}
const slow: string[] = [];

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
}

/** Every page of the table has to be among the addresses. */
async function missingPages(stand: Stand): Promise<string[]> {
  const { pages: patterns } = await loadPack(stand.base === "" ? "depot" : "supervisor");
  const paths = stand.addresses.map((address) =>
    new URL(address, "http://x").pathname.slice(stand.base.length),
  );
  // Of two patterns that fit, the earlier is the page.
  const visited = new Set(
    paths.map((path) => patterns.find((pattern) => matchPattern(pattern, path) !== undefined)),
  );
  return patterns.filter((pattern) => !visited.has(pattern));
}

/** What the browser says of answers that are part of what is shown: a page that is none, a channel without a gate. */
const EXPECTED = [/status of 404/];

async function look(stand: Stand, addresses: readonly string[]): Promise<void> {
  for (const { width, height, scheme, isLookedAt } of LOOKS) {
    if (values.quick && !isLookedAt) continue;
    const open = await openPage(stand.url, { width, height, colorScheme: scheme, expected: EXPECTED });
    await stand.enter(open);
    const session = await watchVisits(open.page);
    for (const address of addresses) {
      const where = `${address} at ${width} ${scheme}`;
      const { moved } = await visit(open.page, session, address);
      await settled(open.page);
      const sideways = await sidewaysScroll(open.page);
      if (sideways > 0) fault(`${where}: scrolls ${sideways} px sideways`);
      if (moved > MAX_MOVED) fault(`${where}: moves by ${moved.toFixed(3)}`);
      if (isLookedAt)
        for (const each of await accessibilityFaults(open.page, { withContrast: true }))
          fault(`${where}: ${each}`);
      for (const each of open.faults()) fault(`${where}: ${each}`);
    }
    await open.close();
    console.log(`${stand.name}: ${addresses.length} pages looked at, ${width} pixels wide, ${scheme}`);
  }
}

async function measure(stand: Stand, addresses: readonly string[]): Promise<void> {
  const open = await openPage(stand.url, { width: 1280, height: 800, expected: EXPECTED });
  await stand.enter(open);
  const session = await watchVisits(open.page);
  console.log(
    `\n${stand.name}: times with an empty cache, median of ${values.visits}; ` +
      `load ${loadavg()[0]?.toFixed(1)} on ${cpus().length} processors`,
  );
  console.log("drawn ms  (least)  processor ms    moved  requests  script kB  page");
  // Once for the server, which bundles or unpacks its pages when they are first asked for.
  await visit(open.page, session, addresses[0] ?? "/");
  for (const address of addresses) {
    const visits: Visit[] = [];
    for (let count = 0; count < Number(values.visits); count++)
      visits.push(await visit(open.page, session, address));
    const ready = median(visits.map(({ readyMs }) => readyMs));
    const last = visits.at(-1);
    if (ready > READY_MS) slow.push(`${address} (${ready.toFixed(0)} ms)`);
    console.log(
      [
        ready.toFixed(0).padStart(8),
        Math.min(...visits.map(({ readyMs }) => readyMs))
          .toFixed(0)
          .padStart(9),
        median(visits.map(({ threadMs }) => threadMs))
          .toFixed(0)
          .padStart(15),
        Math.max(...visits.map(({ moved }) => moved))
          .toFixed(3)
          .padStart(8),
        String(last?.requests ?? 0).padStart(9),
        ((last?.scriptBytes ?? 0) / 1000).toFixed(0).padStart(10),
        ` ${address}`,
      ].join(" "),
    );
  }
  await open.close();
}

const STANDS: Readonly<Record<string, () => Promise<Stand>>> = {
  depot: () => startDepotStand(Number(values.packages), Number(values.releases)),
  supervisor: startSupervisorStand,
  thousand: startThousandStand,
};

try {
  for (const name of wanted) {
    const start = STANDS[name];
    if (start === undefined) throw new Error(`${name} is none of ${Object.keys(STANDS).join(", ")}`);
    const stand = await start();
    try {
      if (stand.isWhole)
        for (const pattern of await missingPages(stand))
          fault(`${stand.name}: ${pattern} is visited by nothing`);
      const addresses = stand.addresses.filter((address) => address.includes(values.only));
      await measure(stand, addresses);
      if (!values.figures) await look(stand, addresses);
    } finally {
      await stand.stop();
    }
  }
} finally {
  await closeBrowser();
}
if (slow.length > 0) console.log(`\nDrawn later than ${READY_MS} ms: ${slow.join(", ")}`);
console.log(`\n${faults.size === 0 ? "No faults" : `${faults.size} faults`}`);
process.exit(faults.size === 0 ? 0 : 1);
