// The Supervisor's pages in a browser, on a gateway that tells made-up things (supervisor-stage.ts): a ring of a thousand, states
// one cannot wait for, text of strangers, a token that changes, a connection that is lost.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import {
  accessibilityFaults,
  browserOfThisFile,
  type OpenOptions,
  type OpenPage,
  resize,
  settled,
  sidewaysScroll,
} from "./browser.ts";
import {
  detailDocument,
  memberDocument,
  peerDocument,
  ringOf,
  SELF_ID,
  type Stage,
  selfDocument,
  serviceDocument,
  startStage,
} from "./supervisor-stage.ts";

const LIMIT_MS = 120_000;
const browser = browserOfThisFile();
let stage: Stage | undefined;
let opened: OpenPage | undefined;
afterEach(async () => {
  await opened?.close();
  await stage?.stop();
  opened = undefined;
  stage = undefined;
});

const NEXT = "core/redis/7.4.1/20261101080000";
const ELECTION = {
  ...{ status: "finished", term: 3, candidate: SELF_ID, suitability: 12 },
  ...{ votes: 5, electorate: 5, quorum: true },
} as const;
const GROUP = {
  ...{ service_group: "redis.default", members: 5, alive: 5, serving: 4 },
  ...{ election: ELECTION, leader: SELF_ID, config_version: "7", files: [], hosts: {} },
  update: {
    ...{
      election: ELECTION,
      leader: memberDocument(1).id,
      release: NEXT,
      done: 2,
      alive: 5,
      changing: [memberDocument(2).id],
      under_way: true,
    },
  },
  releases: [{ package: NEXT, members: 2 }],
};

/** What strangers wrote. */
const HOSTILE =
  "\u001b[31mred\u001b[0m \u202egnp.exe\u202c\u0007 <img src=x onerror=alert(1)><script>alert(2)</script>";

/** A gateway with a bit of everything. */
function begin(options: Parameters<typeof startStage>[0] = {}): Stage {
  stage = startStage(options);
  fill(stage);
  return stage;
}

function fill(target: Stage): void {
  target.set({
    self: selfDocument({ ready: false, problems: ["host-0097 does not answer"] }),
    "service/redis": serviceDocument("redis"),
    "service/web": serviceDocument("web", {
      ...{ state: "down", pid: null, ready: false, initialized: false, health: "Unknown" },
      ...{ problems: [`its init hook failed: ${HOSTILE}`], next_restart_at: Date.now() + 60_000 },
    }),
    "detail/web": detailDocument(),
    "detail/redis": detailDocument({
      config: {
        ...{
          layers: ["default", "user"],
          applied_version: null,
          more_values: 0,
          problems: ["user.toml: line 3"],
        },
        values: [
          { path: ["port"], value: "6380", layer: "user", hides: [{ layer: "default", value: "6379" }] },
          { path: ["requirepass"], value: null, layer: "user", hides: [] },
        ],
      },
      hooks: [
        {
          hook: "health-check",
          last: {
            ...{ ended_at: Date.now(), seconds: 0.02, outcome: "exit code 0", ok: true, cut: true },
            ...{ stdout: HOSTILE, stderr: "" },
          },
        },
        { hook: "run", last: null },
      ],
      binds: [
        {
          ...{ name: "db", required: true, service_group: "pg.default", exports: ["port"] },
          ...{
            status: "missing-exports",
            missing: ["port"],
            serving: 1,
            members: 2,
            first: memberDocument(2).id,
            first_host: "host-0002",
          },
        },
      ],
    }),
    "group/redis.default": GROUP,
    ...ringOf(12),
    ...Object.fromEntries(
      [0, 1, 2].map((index) => {
        const peer = peerDocument(index, index === 1 ? { package: NEXT, update_leader: true } : {});
        return [`peer/redis.default/${peer.id}`, peer];
      }),
    ),
  });
  const of = { service_group: "redis.default" };
  target.timeline.tell({ kind: "health", data: { ...of, result: "ok", previous: "unknown" } });
  target.timeline.tell({ kind: "config", data: { ...of, incarnation: "7" } });
  target.timeline.tell({
    kind: "election",
    data: { ...of, election: "leader", status: "finished", leader_id: SELF_ID },
  });
}

async function open(url: string, path: string, options: OpenOptions = {}): Promise<Page> {
  opened = await browser.open(url, options);
  await opened.page.goto(path);
  return opened.page;
}

const live = (page: Page) => page.locator(".connection-mark", { hasText: "Live" }).waitFor();

const PAGES = [
  ...["/ui", "/ui/services", "/ui/services/redis", "/ui/services/web", "/ui/services/redis/config"],
  ...["/ui/services/redis/hooks", "/ui/services/redis/health", "/ui/services/redis/binds"],
  ...["/ui/groups", "/ui/groups/redis.default", "/ui/ring", "/ui/events", "/ui/services/none", "/ui/nothing"],
];

const HEIGHT = 900;

describe("every page", () => {
  let all: Stage;
  let window: OpenPage;
  beforeAll(async () => {
    all = startStage();
    fill(all);
    window = await browser.open(all.url, { expected: [/404/] });
    // None of those that are tried: each of them is arrived at.
    await window.page.goto("/ui/not-yet");
    await live(window.page);
  }, LIMIT_MS);
  afterAll(async () => {
    await window.close();
    await all.stop();
  });

  test.each(PAGES)(
    "is accessible and never scrolls sideways, from 360 pixels to 4K: %s",
    async (path) => {
      const { page, check } = window;
      // As a reader goes from page to page, without loading anew.
      await page.evaluate((address) => {
        for (const heading of document.querySelectorAll("main h1")) heading.setAttribute("data-before", "");
        history.pushState(null, "", address);
        dispatchEvent(new PopStateEvent("popstate"));
      }, path);
      // The page of before stays until the next one has come.
      await page.locator("main h1:not([data-before])").first().waitFor();
      await settled(page);
      for (const width of [3840, 360]) {
        await resize(page, width, HEIGHT);
        expect({ width, sideways: await sidewaysScroll(page) }).toEqual({ width, sideways: 0 });
      }
      expect(await accessibilityFaults(page)).toEqual([]);
      check();
    },
    LIMIT_MS,
  );

  test(
    "begins with little script, and nothing in it moves when the data come",
    async () => {
      const { url } = begin();
      const page = await open(url, "/ui");
      await live(page);
      const bytes = await page.evaluate(() =>
        performance
          .getEntriesByType("resource")
          .filter(({ name }) => name.endsWith(".js"))
          .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize, 0),
      );
      expect(bytes).toBeGreaterThan(10_000);
      expect(bytes).toBeLessThan(100_000);
      await settled(page);
      const moved = await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const isShift = { type: "layout-shift", buffered: true };
            const shifts: PerformanceEntry[] = [];
            const observer = new PerformanceObserver((list) => shifts.push(...list.getEntries()));
            observer.observe(isShift);
            // What has moved until now is told with a frame; without any there is no entry to wait for.
            requestAnimationFrame(() =>
              requestAnimationFrame(() => {
                shifts.push(...observer.takeRecords());
                resolve(
                  shifts.reduce(
                    (sum, shift) => sum + (shift as PerformanceEntry & { value: number }).value,
                    0,
                  ),
                );
              }),
            );
          }),
      );
      expect(moved).toBeLessThan(0.01);
    },
    LIMIT_MS,
  );
});

describe("text of strangers", () => {
  test(
    "is shown as what it is: nothing runs, hides, or turns around",
    async () => {
      const { url } = begin();
      const page = await open(url, "/ui/services/redis/hooks");
      const printed = page.locator("pre").first();
      await printed.waitFor();
      expect(await printed.textContent()).toBe(
        "red ⟨U+202E⟩gnp.exe⟨U+202C⟩␇ <img src=x onerror=alert(1)><script>alert(2)</script>",
      );
      await page.goto("/ui/services/web");
      expect(await page.locator(".problems").textContent()).toContain(
        "its init hook failed: red ⟨U+202E⟩gnp.exe",
      );
      expect(await page.locator("main img, main script").count()).toBe(0);
      opened?.check();
    },
    LIMIT_MS,
  );

  test(
    "may be as long as a name gets, and read from the right",
    async () => {
      const { url, set } = begin();
      const long = `${"x".repeat(240)}אבגד`;
      set({ [`service/${long}`]: serviceDocument(long), [`detail/${long}`]: detailDocument() });
      const page = await open(url, "/ui", { width: 360 });
      await page.getByRole("link", { name: long }).click();
      await page.getByRole("heading", { level: 1, name: long }).waitFor();
      await settled(page);
      expect(await sidewaysScroll(page)).toBe(0);
      opened?.check();
    },
    LIMIT_MS,
  );
});

describe("a ring of a thousand", () => {
  test(
    "is shown as a list of which only what is in sight exists, found by words, and kept current",
    async () => {
      const { url, set } = begin();
      set(ringOf(1000));
      const page = await open(url, "/ui/ring");
      const list = page.getByRole("list", { name: "Members of the ring" });
      await page.getByText("1,000 members").waitFor();
      const rows = list.getByRole("listitem");
      expect(await rows.count()).toBeLessThan(40);
      // What may need somebody comes first.
      expect(await rows.first().textContent()).toContain("suspect");
      await page.getByRole("searchbox").fill("host-0500");
      await page.getByText("1 of 1,000 members").waitFor();
      expect(await rows.first().textContent()).toContain("alive");
      const member = memberDocument(500, { health: "confirmed", incarnation: "18446744073709551615" });
      set({ [`member/${member.id}`]: member });
      await rows.first().getByText("confirmed").waitFor();
      expect(await rows.first().textContent()).toContain("incarnation 18446744073709551615");
      set({ [`member/${member.id}`]: null });
      await page.getByText("No member fits").waitFor();
      // The words belong to the address: a reload brings the same.
      expect(new URL(page.url()).search).toBe("?find=host-0500");
      await page.reload();
      await page.getByText("0 of 999 members").waitFor();
      opened?.check();
    },
    LIMIT_MS,
  );
});

describe("a service that is unloaded while one looks", () => {
  test(
    "says so, and comes back with its service",
    async () => {
      const { url, set } = begin();
      const page = await open(url, "/ui/services/redis");
      await page.getByRole("heading", { name: "Process" }).waitFor();
      set({ "service/redis": null, "detail/redis": null });
      await page.getByText("This service has just been unloaded").waitFor();
      set({ "service/redis": serviceDocument("redis"), "detail/redis": detailDocument() });
      await page.getByRole("heading", { name: "Process" }).waitFor();
      opened?.check();
    },
    LIMIT_MS,
  );
});

describe("a connection that is lost", () => {
  test(
    "is said, what is known stays, and what happened meanwhile is there when it is back",
    async () => {
      const first = begin();
      const page = await open(first.url, "/ui", { expected: [/ERR_/, /status of 500/] });
      await page.getByRole("link", { name: "redis.default" }).first().waitFor();
      await first.stop();
      await page.getByText("The connection is lost").waitFor();
      expect(await page.getByRole("link", { name: "web.default" }).first().isVisible()).toBe(true);
      expect(await accessibilityFaults(page)).toEqual([]);
      const second = begin({ port: Number(new URL(first.url).port) });
      second.set({ "service/web": null, "service/new": serviceDocument("new") });
      await page.getByRole("link", { name: "new.default" }).waitFor();
      await live(page);
      expect(await page.getByRole("link", { name: "web.default" }).count()).toBe(0);
      expect(await page.getByText("The connection is lost").count()).toBe(0);
      // A gateway that fails from the beginning: nothing is claimed of a time when there was nothing.
      await page.route("**/ui/data/stream*", (route) => route.fulfill({ status: 500 }));
      await page.reload();
      await page.getByText("it answered with 500. Nothing has been told yet.").waitFor();
      await page.unroute("**/ui/data/stream*");
      await page.getByRole("button", { name: "Try now" }).press("Enter");
      await page.getByRole("link", { name: "new.default" }).waitFor();
      opened?.check();
    },
    LIMIT_MS,
  );
});

describe("a gateway with a token", () => {
  test(
    "is asked for it; it is kept nowhere but in memory, and asked for again when it has changed",
    async () => {
      const first = begin({ token: "first-token" });
      const page = await open(first.url, "/ui/services", { expected: [/401/, /ERR_/] });
      const field = page.getByLabel("Token", { exact: true });
      await field.fill("wrong");
      await field.press("Enter");
      await page.getByText("not accepted").waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await field.fill("first-token");
      await field.press("Enter");
      await page.getByRole("link", { name: "redis.default" }).waitFor();
      const kept = await page.evaluate(() =>
        JSON.stringify([
          { ...localStorage },
          { ...sessionStorage },
          document.cookie,
          location.href,
          history.state,
        ]),
      );
      expect(kept).not.toContain("first-token");
      // From page to page it need not be given again.
      await page.getByRole("link", { name: "Ring" }).first().click();
      await page.getByText("12 members").waitFor();
      await first.stop();
      begin({ token: "second-token", port: Number(new URL(first.url).port) });
      await page.getByText("not accepted").waitFor();
      expect(await page.getByText("12 members").count()).toBe(0);
      await field.fill("second-token");
      await field.press("Enter");
      await page.getByText("12 members").waitFor();
      opened?.check();
    },
    LIMIT_MS,
  );
});
