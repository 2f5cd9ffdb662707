import { describe, expect, test } from "bun:test";
import type { TimelineEntry } from "./shapes.ts";
import { readEvents, type ServerEvent } from "./sse.ts";
import { Store } from "./store.ts";
import { groupTopic, isOfTopic, serviceTopic } from "./topics.ts";

const entry = (n: number): TimelineEntry => ({
  ...{ n, at: n, kind: "config", service_group: "a.b", incarnation: "1" },
});

describe("what has been told", () => {
  test("is the same array until it changes, and each part is told once", () => {
    const store = new Store();
    let told = 0;
    store.listen("member", () => told++);
    store.put({ "member/a": { id: "a" }, "member/b": { id: "b" }, "service/x": {} });
    const before = store.documents("member");
    expect(before).toHaveLength(2);
    expect(store.documents("member")).toBe(before);
    store.put({ "service/x": null });
    expect(store.documents("member")).toBe(before);
    expect([told, store.document("service", "x")]).toEqual([1, undefined]);
  });

  test("keeps of a topic what was told of it", () => {
    const store = new Store();
    store.put({ "peer/a.b/1": {}, "peer/a.b/2": {}, "peer/a.c/1": {}, "group/a.b": {} });
    store.retain(isOfTopic(groupTopic("a.b")), new Set(["peer/a.b/1", "group/a.b"]));
    expect(store.document("peer", "a.b/2")).toBeUndefined();
    expect(store.documents("peer")).toHaveLength(2);
  });

  test("adds events once, and begins anew where it has to", () => {
    const store = new Store();
    store.addEvents([entry(1), entry(2)], false);
    store.addEvents([entry(2), entry(3)], false);
    expect(store.events().map(({ n }) => n)).toEqual([1, 2, 3]);
    store.addEvents([entry(1)], true);
    expect(store.events().map(({ n }) => n)).toEqual([1]);
  });

  test("names in topics may hold anything", () => {
    const topic = serviceTopic("a,b:c%");
    expect(isOfTopic(topic)("service/a,b:c%")).toBe(true);
    expect(isOfTopic(topic)("service/a,b")).toBe(false);
  });
});

describe("a stream", () => {
  const body = (...chunks: readonly string[]) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    });

  test("is read wherever it is cut", async () => {
    const events: ServerEvent[] = [];
    let signs = 0;
    const chunks = ["retry: 2000\n\nid: r-1-0\nev", 'ent: documents\ndata: {"a":"b: c"}', "\n", "\n:\n\n"];
    await readEvents(
      body(...chunks),
      (event) => events.push(event),
      () => signs++,
    );
    expect(events).toEqual([{ id: "r-1-0", kind: "documents", data: '{"a":"b: c"}' }]);
    expect(signs).toBe(4);
  });

  test("without an end to its events is given up", async () => {
    const endless = body(...Array.from({ length: 9 }, () => "x".repeat(1024 * 1024)));
    await expect(
      readEvents(
        endless,
        () => {},
        () => {},
      ),
    ).rejects.toThrow("not one of events");
  });
});
