import { afterEach, describe, expect, test } from "bun:test";
import type { Follower, StreamedEvent } from "../http/event-stream.ts";
import { type FollowRequest, PageFeed } from "./feed.ts";
import { MAX_PAGE_FOLLOWERS } from "./limits.ts";
import { Timeline } from "./timeline.ts";
import { parseTopics, type SourceName } from "./topics.ts";

const followers: Follower[] = [];
afterEach(() => {
  for (const follower of followers.splice(0)) follower.leave();
});

/** A feed of documents that tests change at will: source → key → document. */
function world(redact = false) {
  const sources = new Map<SourceName, Map<string, object>>();
  const made: SourceName[] = [];
  const failures: string[] = [];
  const broken = new Set<SourceName>();
  const timeline = new Timeline(10, () => 5);
  const feed = new PageFeed({
    run: "run",
    redact,
    timeline,
    now: () => 7,
    failed: (message) => failures.push(message),
    documents: {
      make(source, put) {
        made.push(source);
        if (broken.has(source)) throw new Error("no such thing");
        const documents = sources.get(source) ?? new Map<string, object>();
        for (const [key, document] of documents) put(key, document);
        return new Set(documents.keys());
      },
      forget() {},
    },
  });
  const set = (source: SourceName, documents: Record<string, object>) =>
    sources.set(source, new Map(Object.entries(documents)));
  const follow = (topics: string, request: { known?: string; lastId?: string } = {}) => {
    const follower = feed.follow({
      topics: parseTopics(topics) as FollowRequest["topics"],
      known: parseTopics(request.known ?? "") as FollowRequest["known"],
      lastId: request.lastId,
    });
    if (follower !== undefined) followers.push(follower);
    return follower as Follower;
  };
  return { feed, set, follow, made, timeline, failures, broken };
}

/** Everything up to `synced`. */
async function untilSynced(follower: Follower): Promise<StreamedEvent[]> {
  const events: StreamedEvent[] = [];
  for (;;) {
    const event = await follower.next();
    if (event === undefined) throw new Error("let go");
    events.push(event);
    if (event.kind === "synced") return events;
  }
}

const short = (events: readonly StreamedEvent[]) => events.map(({ kind, json }) => `${kind} ${json}`);

describe("a page", () => {
  test("is told what there is, then what changes, and nothing of what it does not follow", async () => {
    const { feed, set, follow } = world();
    set("services", { "service/web": { up: true } });
    set("ring", { "member/a": {} });
    const follower = follow("services");
    expect(short(await untilSynced(follower))).toEqual([
      'hello {"now":7,"since":7,"fresh":true}',
      'documents {"service/web":{"up":true}}',
      "synced {}",
    ]);
    set("services", { "service/db": { up: false } });
    feed.servicesChanged(undefined);
    expect((await follower.next())?.json).toBe('{"service/db":{"up":false},"service/web":null}');
  });

  test("that comes back goes on after what it has seen", async () => {
    const { set, follow } = world();
    set("services", { "service/web": { at: 1 }, "service/db": { at: 1 } });
    const first = follow("services");
    const lastId = (await untilSynced(first)).at(-1)?.id ?? "";
    first.leave();
    set("services", { "service/web": { at: 2 }, "service/db": { at: 1 } });
    expect(short(await untilSynced(follow("services", { known: "services", lastId })))).toEqual([
      'hello {"now":7,"since":7,"fresh":false}',
      'documents {"service/web":{"at":2}}',
      "synced {}",
    ]);
  });

  test("that follows something more is told that from the beginning", async () => {
    const { set, follow } = world();
    set("services", { "service/web": {} });
    set("groups", { "group/web.default": {} });
    const other = follow("groups");
    await untilSynced(other);
    const first = follow("services");
    const lastId = (await untilSynced(first)).at(-1)?.id ?? "";
    const more = await untilSynced(follow("services,groups", { known: "services", lastId }));
    expect(short(more)).toContain('documents {"group/web.default":{}}');
    expect(more.some(({ json }) => json.includes("service/web"))).toBe(false);
  });

  test.each(["other-1-0", "run-999-0", "run-0-999", "nonsense", "run-1"])(
    "with a place that is not one (%s) begins anew",
    async (lastId) => {
      const { set, follow } = world();
      set("services", { "service/web": {} });
      await untilSynced(follow("services"));
      const [hello] = await untilSynced(follow("services", { known: "services", lastId }));
      expect(hello?.json).toContain('"fresh":true');
    },
  );

  test("that is slow is told many changes as one", async () => {
    const { feed, set, follow } = world();
    const follower = follow("services");
    await untilSynced(follower);
    for (let at = 0; at < 100; at++) {
      set("services", { "service/web": { at } });
      feed.servicesChanged("web");
    }
    expect((await follower.next())?.json).toBe('{"service/web":{"at":99}}');
  });

  test("is told a thousand members in pieces, each of which can be gone on from", async () => {
    const { set, follow } = world();
    set(
      "ring",
      Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`member/${index}`, { index }])),
    );
    const events = await untilSynced(follow("ring"));
    const pieces = events.filter(({ kind }) => kind === "documents");
    expect(pieces).toHaveLength(4);
    const rest = await untilSynced(follow("ring", { known: "ring", lastId: pieces[1]?.id ?? "" }));
    expect(rest.filter(({ kind }) => kind === "documents").map(({ json }) => json)).toEqual(
      pieces.slice(2).map(({ json }) => json),
    );
  });

  test("is told events, those of members apart: a ring in turmoil pushes out nothing else", async () => {
    const { follow, timeline } = world();
    timeline.tell({ kind: "config", data: { service_group: "web.default", incarnation: "1" } });
    for (let index = 0; index < 50; index++)
      timeline.tell({ kind: "member", data: { member_id: `${index}`, address: "", health: "alive" } });
    const [event] = (await untilSynced(follow("events"))).filter(({ kind }) => kind === "events");
    const told = JSON.parse(event?.json ?? "[]") as { kind: string; n: number }[];
    expect(told.map(({ n }) => n)).toEqual([1, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51]);
  });

  test("sees nothing of the ring where that is hidden", async () => {
    const { set, follow, timeline, made } = world(true);
    set("ring", { "member/a": {} });
    set("groups", { "group/web.default": {} });
    timeline.tell({ kind: "member", data: { member_id: "a", address: "", health: "alive" } });
    expect(short(await untilSynced(follow("ring,groups,group:web.default,events")))).toEqual([
      'hello {"now":7,"since":7,"fresh":true}',
      "synced {}",
    ]);
    expect(made).toEqual([]);
  });

  test("makes work only while it is there", async () => {
    const { feed, set, follow, made } = world();
    set("ring", { "member/a": {} });
    feed.ringChanged();
    expect(made).toEqual([]);
    const follower = follow("ring");
    await untilSynced(follower);
    follower.leave();
    feed.ringChanged();
    await Bun.sleep(0);
    expect(made).toEqual(["ring"]);
  });

  test("keeps what it has of a source that cannot be made, which is told once, and goes on with the others", async () => {
    const { feed, set, follow, failures, broken } = world();
    set("services", { "service/web": { at: 1 } });
    set("groups", { "group/a.b": { at: 1 } });
    const follower = follow("services,groups");
    await untilSynced(follower);
    broken.add("services");
    for (const at of [2, 3]) {
      set("groups", { "group/a.b": { at } });
      feed.ringChanged();
      expect((await follower.next())?.json).toBe(`{"group/a.b":{"at":${at}}}`);
    }
    expect(failures).toEqual(["services: no such thing"]);
  });

  test("one too many is turned away; one that leaves makes room", () => {
    const { follow } = world();
    const all = Array.from({ length: MAX_PAGE_FOLLOWERS }, () => follow("self"));
    expect(follow("self")).toBeUndefined();
    all[0]?.leave();
    expect(follow("self")).toBeDefined();
  });
});

describe("topics", () => {
  test.each([
    "what",
    "service:",
    "group:%",
    "service",
    "self,,x",
    `service:${"x".repeat(513)}`,
    "self,".repeat(9),
  ])("%p are none", (text) => expect(parseTopics(text)).toBeUndefined());
});
