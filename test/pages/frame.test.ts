// The frame of all pages on a real depot: how it is served, its policy, its size, moving about in it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startTestDepot, type TestDepot } from "../../src/depot/testing/depot.ts";
import { accessibilityFaults, browserOfThisFile, settled, sidewaysScroll } from "./browser.ts";

const browser = browserOfThisFile();
let depot: TestDepot;
beforeAll(async () => {
  depot = await startTestDepot();
});
afterAll(() => depot.stop());

const NO_STREAM = [/\/v1\/depot\/stream/];

describe("the frame", () => {
  test("has no faults of accessibility, light and dark, and never scrolls sideways", async () => {
    for (const colorScheme of ["light", "dark"] as const)
      for (const width of [360, 1024, 3840]) {
        const { page, check, close } = await browser.open(depot.url, {
          colorScheme,
          width,
          expected: NO_STREAM,
        });
        await page.goto("/");
        await settled(page);
        if (width !== 3840) expect(await accessibilityFaults(page)).toEqual([]);
        expect(await sidewaysScroll(page)).toBe(0);
        check();
        await close();
      }
  });
});
