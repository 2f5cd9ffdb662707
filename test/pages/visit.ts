// For script/test-pages and for tests: goes to a page as a reader does and says what was wrong or slow there: how long until its
// content was drawn, what moved meanwhile, what scrolls sideways.
import type { CDPSession, Page } from "playwright-core";

/** What Google's Core Web Vitals call good is 0.1; here nothing may move that one can see. */
export const MAX_MOVED = 0.01;

/** Figures of one way to a page with nothing of it in the browser's cache. */
export interface Visit {
  /** From the beginning of the navigation until the content stood there: a heading, and no shape that stands for something. */
  readonly readyMs: number;
  /** Cumulative layout shift, without what follows on what the reader does. */
  readonly moved: number;
  /** Processor time of the page's main thread meanwhile. */
  readonly threadMs: number;
  readonly requests: number;
  /** Bytes of script as they came over the wire. */
  readonly scriptBytes: number;
}

/**
 * Runs in the page before everything else. Looks with each frame whether the content is there, and takes the time after the
 * frame in which it is: that is when it has been drawn.
 */
function watch(): void {
  const told = { ready: 0, moved: 0 };
  Object.assign(window, { toldToTest: told });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      readonly value: number;
      readonly hadRecentInput: boolean;
    })[])
      if (!entry.hadRecentInput) told.moved += entry.value;
  }).observe({ type: "layout-shift", buffered: true } as PerformanceObserverInit);
  const look = (): void => {
    const isThere =
      document.querySelector("main h1") !== null &&
      document.querySelector("[aria-busy=true], .skeleton") === null;
    if (!isThere) requestAnimationFrame(look);
    else
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          told.ready = performance.now();
        };
        port2.postMessage(0);
      });
  };
  requestAnimationFrame(look);
}

interface Told {
  readonly ready: number;
  readonly moved: number;
}

/** Makes a window note what moves in it (movedUntilNow); once, before the first page. */
export async function watchMoves(page: Page): Promise<void> {
  await page.addInitScript(watch);
}

/** The same, with what speaks to the browser about its work. */
export async function watchVisits(page: Page): Promise<CDPSession> {
  await watchMoves(page);
  const session = await page.context().newCDPSession(page);
  // So that a busy machine counts for less: time that the page's thread was at work, not time that went by.
  await session.send("Performance.setTimeDomain", { timeDomain: "threadTicks" });
  await session.send("Performance.enable");
  return session;
}

/** Goes to an address with an empty cache and waits until the page is drawn. */
export async function visit(page: Page, session: CDPSession, address: string): Promise<Visit> {
  await page.goto("about:blank");
  await session.send("Network.clearBrowserCache");
  const before = await threadMs(session);
  await page.goto(address, { waitUntil: "commit" });
  await page.waitForFunction(() => ((window as { toldToTest?: Told }).toldToTest?.ready ?? 0) > 0);
  const after = await threadMs(session);
  const told = await page.evaluate(() => {
    const resources = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    return {
      ready: (window as unknown as { toldToTest: Told }).toldToTest.ready,
      requests: resources.length + 1,
      scriptBytes: resources
        .filter(({ name }) => name.endsWith(".js"))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    };
  });
  return {
    readyMs: told.ready,
    moved: await movedUntilNow(page),
    threadMs: after - before,
    requests: told.requests,
    scriptBytes: told.scriptBytes,
  };
}

/** Since the page's process began. */
async function threadMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1000;
}

/** What has moved on the page since it was opened: cumulative layout shift. */
export async function movedUntilNow(page: Page): Promise<number> {
  // What has moved is told after the frame that moved it.
  return await page.evaluate(
    () =>
      new Promise<number>((resolve) =>
        requestAnimationFrame(() =>
          requestAnimationFrame(() =>
            setTimeout(() => resolve((window as unknown as { toldToTest: Told }).toldToTest.moved), 0),
          ),
        ),
      ),
  );
}
