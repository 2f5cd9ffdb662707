// For tests: Debian's Chromium, driven by playwright-core. One browser for a test file; a page fails its test when the browser
// logs an error, a content policy is broken or anything is asked of another address than the server's own.
import { afterAll, expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

export const CHROMIUM = "/usr/bin/chromium-headless-shell";

/** Waits are for what a page does, so they are as long as a very busy machine may need. */
export const PATIENCE_MS = 90_000;

/** Which errors of the console a test brings about on purpose. */
export type Expected = readonly RegExp[];

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "light" | "dark";
  readonly timezone?: string;
  readonly expected?: Expected;
  /** Headers with every request, such as a token. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Fails when anything was wrong until now; to be called at the end of a test. */
  check(): void;
  /** What was wrong since this was last asked. */
  faults(): string[];
  close(): Promise<void>;
}

let starting: Promise<Browser> | undefined;

/** The browser of this test file; started with its first page, closed after its last test. */
export function browserOfThisFile(): { open(origin: string, options?: OpenOptions): Promise<OpenPage> } {
  afterAll(closeBrowser);
  return { open: openPage };
}

/** Ends the browser; for scripts, as a test file has its end for that. */
export async function closeBrowser(): Promise<void> {
  const browser = await starting?.catch(() => undefined);
  starting = undefined;
  await browser?.close();
}

function launch(): Promise<Browser> {
  if (!existsSync(CHROMIUM))
    throw new Error(
      `${CHROMIUM} is missing: run script/bootstrap --test, or install the package chromium-headless-shell`,
    );
  return chromium.launch({
    executablePath: CHROMIUM,
    timeout: PATIENCE_MS,
    // The last two: the browser looks for nothing outside by itself.
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
    ],
  });
}

/** The browser, started anew where a test that ran out of time has ended it. */
async function runningBrowser(): Promise<Browser> {
  starting ??= launch();
  const browser = await starting;
  if (browser.isConnected()) return browser;
  starting = launch();
  return await starting;
}

/** A window of its own, with no cookies or storage. `origin` is the only server it may talk to. */
export async function openPage(origin: string, options: OpenOptions = {}): Promise<OpenPage> {
  const browser = await runningBrowser();
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: options.width ?? 1024, height: options.height ?? 800 },
    colorScheme: options.colorScheme ?? "light",
    timezoneId: options.timezone ?? "Europe/Zurich",
    locale: "en-GB",
    reducedMotion: "reduce",
    extraHTTPHeaders: { ...options.headers },
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const faults: string[] = [];
  const expected = options.expected ?? [];
  const fault = (text: string): void => {
    if (!expected.some((pattern) => pattern.test(text))) faults.push(text);
  };
  // Breaches of the content policy are errors of the console.
  context.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    fault(`console: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => fault(`uncaught: ${error.error().message}`));
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith("data:")) fault(`asked another address: ${url}`);
  });
  return {
    page: await context.newPage(),
    context,
    check: () => expect(faults).toEqual([]),
    faults: () => faults.splice(0),
    close: () => context.close(),
  };
}

let axe: string | undefined;

export interface LookOptions {
  /** Contrast takes axe more time than all else: tokens.test.ts proves it for the pairs of colours, script/test-pages on pages. */
  readonly withContrast?: boolean;
}

/** Looks at the page with axe-core; gives what breaks WCAG A or AA, in words. */
export async function accessibilityFaults(
  page: Page,
  { withContrast = false }: LookOptions = {},
): Promise<string[]> {
  axe ??= readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(axe);
  return await page.evaluate(async (contrast) => {
    const { axe } = window as unknown as {
      axe: {
        run(options: object): Promise<{
          violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
      rules: { "color-contrast": { enabled: contrast } },
    });
    return violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ""}`).join(" | ")}`,
    );
  }, withContrast);
}

/** A style for another width may come some frames after that width; a page that scrolls sideways still does after this. */
const STYLE_LIMIT_MS = 2000;

/** How far the page can be scrolled sideways, in pixels, when it has been drawn with its size: 0 where everything has its place. */
export async function sidewaysScroll(page: Page): Promise<number> {
  // Where a place is kept for the scroll bar, the content is narrower than what is there for it.
  const measured = () =>
    Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const fits = () => document.documentElement.scrollWidth <= document.documentElement.clientWidth;
  await page.waitForFunction(fits, undefined, { timeout: STYLE_LIMIT_MS }).catch(() => undefined);
  return await page.evaluate(measured);
}

/** Gives the window another size, and waits until the page has been drawn with it: it is told of the size before its style is. */
export async function resize(page: Page, width: number, height: number): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.waitForFunction((wanted) => window.innerWidth === wanted, width);
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)))),
  );
}

/** Waits until nothing is on its way any more: no shapes standing for content. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main h1").first().waitFor();
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
}
