// That stores agree whatever got lost: digests, and what is done where they differ (sync.ts, records.ts).
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { shortId } from "../short-id.ts";
import { digest } from "./core.ts";
import { hostOf, original, record, serviceOf } from "./testing/records.ts";
import { only, pushedTo, Rig } from "./testing/rig.ts";
import { SmallRing } from "./testing/small-ring.ts";

const HEALTHS = ["alive", "suspect", "departed"] as const;
const id = fc.constantFrom("a", "b", "c", "d");
const incarnation = fc.bigInt({ min: 0n, max: 3n });
const group = fc.constantFrom("g.default", "h.default");
const content = fc.constantFrom("x", "y").map((text) => Buffer.from(text));

/** One thing that can be heard. */
const word = fc.oneof(
  fc.tuple(id, incarnation, fc.constantFrom(...HEALTHS)).map(
    ([who, n, health]) =>
      (rig: Rig) =>
        rig.tell(record(who, 1, { incarnation: n }), health),
  ),
  fc.tuple(id, group, incarnation, content, fc.boolean()).map(
    ([who, serviceGroup, n, cfg, stopped]) =>
      (rig: Rig) =>
        rig.service(serviceOf(who, serviceGroup, { incarnation: n, cfg, ...(stopped ? { stopped } : {}) })),
  ),
  fc.tuple(group, incarnation, content).map(([serviceGroup, n, config]) => (rig: Rig) => {
    const value = { serviceGroup, incarnation: n, encrypted: false, config, fromId: "x" };
    return rig.message({ kind: "service-config", fromId: "x", value });
  }),
  fc.tuple(group, id, incarnation, content).map(([serviceGroup, filename, n, body]) => (rig: Rig) => {
    const value = { serviceGroup, filename, incarnation: n, encrypted: false, body, fromId: "x" };
    return rig.message({ kind: "service-file", fromId: "x", value });
  }),
  fc.tuple(group, id, incarnation, fc.uniqueArray(id)).map(
    ([serviceGroup, candidate, term, votes]) =>
      (rig: Rig) =>
        rig.elect({ serviceGroup, candidate, term, votes }),
  ),
  id.map((memberId) => (rig: Rig) => rig.message({ kind: "departure", fromId: "x", value: { memberId } })),
);

/** All that must agree, as text. */
function held({ state }: Rig): string {
  const plain = (value: unknown): unknown =>
    value instanceof Map
      ? Object.fromEntries(
          [...value].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, plain(one)]),
        )
      : value;
  const members = [...state.members.values()]
    .map(({ member, health }) => `${member.id} ${member.incarnation} ${health}`)
    .sort();
  const rest = [
    // Of a service that has stopped, all but that is no longer of interest.
    new Map(
      [...state.services].map(([key, services]) => [
        key,
        new Map(
          [...services].map(([who, { cfg, ...one }]) => [who, one.stopped === true ? one : { ...one, cfg }]),
        ),
      ]),
    ),
    state.serviceConfigs,
    state.serviceFiles,
    state.departures,
    // Whether an election that runs has a quorum each sees for itself.
    new Map(
      [...state.elections].map(([key, { status, ...one }]) => [key, { ...one, done: status === "finished" }]),
    ),
  ].map(plain);
  return JSON.stringify([members, rest], (_, value) => (typeof value === "bigint" ? `${value}` : value));
}

describe("the digest", () => {
  test("is equal where two members hold the same, and only there", () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 14 }), fc.array(word, { maxLength: 14 }), (one, two) => {
        const [first, second] = [new Rig(), new Rig()];
        for (const say of one) say(first);
        for (const say of two) say(second);
        expect(digest(first.core) === digest(second.core)).toBe(held(first) === held(second));
      }),
      { numRuns: 300 },
    );
  });

  test("is the same whatever the order in which all is heard", () => {
    const said = fc.array(word, { maxLength: 12 });
    fc.assert(
      fc.property(
        said.chain((words) =>
          fc.tuple(fc.constant(words), fc.shuffledSubarray(words, { minLength: words.length })),
        ),
        ([one, two]) => {
          const [first, second] = [new Rig(), new Rig()];
          for (const [rig, words] of [
            [first, one],
            [second, two],
          ] as const) {
            // All members are known to begin with: those nobody knows have nothing to depart from.
            for (const who of ["a", "b", "c", "d"]) rig.tell(record(who, 1, { incarnation: 0n }));
            for (const say of words) say(rig);
          }
          expect(held(first)).toBe(held(second));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("members that differ", () => {
  test("a joiner gets everything, from one member", () => {
    const ring = new SmallRing(["a", "b", "c"]);
    for (const name of ["a", "b", "c"]) ring.announceService(name);
    ring.wait(5000);
    for (let n = 0; n < 200; n++)
      ring.event("a", {
        kind: "announce",
        rumor: {
          kind: "service-config",
          fromId: "x",
          value: {
            serviceGroup: `g${n}.default`,
            incarnation: 1n,
            encrypted: false,
            config: Buffer.from("x = 1"),
            fromId: "x",
          },
        },
      });
    ring.wait(5000);
    ring.done.length = 0;
    ring.add("d", true, 1);
    expect(ring.until(() => ring.agree(), 3000)).toBe(true);
    expect(ring.state("d").serviceConfigs.size).toBe(200);
    const senders = new Set(
      ring.done.flatMap(([from, effect]) =>
        effect.kind === "push" &&
        effect.to === "d" &&
        effect.messages.some(({ kind }) => kind === "service-config")
          ? [from]
          : [],
      ),
    );
    expect([...senders]).toEqual(["b"]);
  });

  test("a lost push heals", () => {
    const ring = new SmallRing(["a", "b", "c"]);
    ring.wait(5000);
    ring.lost = (_, to, what) => what === "push" && to === "c";
    ring.announceService("a");
    ring.wait(500);
    expect(ring.state("c").services.size).toBe(0);
    ring.lost = () => false;
    expect(ring.until(() => ring.agree(), 10_000)).toBe(true);
    expect(ring.state("c").services.size).toBe(1);
  });

  test("one incarnation with two contents becomes one everywhere", () => {
    const ring = new SmallRing(["a", "b", "c", "d"]);
    ring.wait(5000);
    for (const name of ["a", "d"])
      ring.event(name, {
        kind: "announce",
        rumor: {
          kind: "service-config",
          fromId: "x",
          value: {
            serviceGroup: "g.default",
            incarnation: 1n,
            encrypted: false,
            config: Buffer.from(name),
            fromId: "x",
          },
        },
      });
    expect(ring.until(() => ring.agree(), 5000)).toBe(true);
    const kept = ["a", "b", "c", "d"].map((name) => ring.state(name).serviceConfigs.get("g.default")!.config);
    expect(new Set(kept.map(String)).size).toBe(1);
  });

  test("once they agree, they say no more about it", () => {
    const ring = new SmallRing(["a", "b", "c"]);
    ring.announceService("a");
    ring.wait(20_000);
    ring.done.length = 0;
    ring.wait(20_000);
    expect(ring.done.filter(([, { kind }]) => kind === "push")).toEqual([]);
  });
});

describe("steps of a comparison", () => {
  const summary = (fromId: string) =>
    ({ kind: "summary", fromId, records: 0, buckets: Array.from({ length: 64 }, () => 7) }) as const;

  test("a stranger and an original member get no answer", () => {
    const rig = new Rig();
    rig.tell(original("plain", 1));
    rig.done.length = 0;
    for (const fromId of ["stranger", "plain", "self"]) {
      rig.message(summary(fromId));
      rig.message({ kind: "versions", fromId, buckets: [1], versions: [1, 2] });
      rig.message({ kind: "want", fromId, keys: [shortId("plain")] });
    }
    expect(rig.done).toEqual([]);
    expect(rig.core.couriers.to.has("stranger")).toBe(false);
  });

  test("a summary is answered with versions by bucket; one of another size is not", () => {
    const rig = new Rig();
    rig.tell(record("m", 1));
    const [versions] = pushedTo(rig.message(summary("m")), "m");
    expect(versions).toMatchObject({ kind: "versions", versions: [shortId("m"), expect.any(Number)] });
    expect(pushedTo(rig.message({ ...summary("m"), buckets: [7] }), "m")).toEqual([]);
  });

  test("versions nobody asked for change nothing; asked for, what is lacking goes both ways", () => {
    const rig = new Rig();
    rig.tell(record("m", 1));
    rig.tell(record("n", 2));
    const versions = {
      kind: "versions",
      fromId: "m",
      buckets: [shortId("n") % 64],
      versions: [1, 2],
    } as const;
    expect(rig.message(versions)).toEqual([]);
    rig.datagram(
      { kind: "short-ack", from: shortId("m"), incarnation: 1n, sequence: 1, digest: 5 },
      hostOf(1),
    );
    const pushed = pushedTo(rig.message(versions), "m");
    expect(pushed).toContainEqual({ kind: "want", fromId: "self", keys: [1] });
    expect(pushed).toContainEqual(expect.objectContaining({ kind: "member" }));
  });

  test("what is wanted is sent: of two members with one short id, both", () => {
    const rig = new Rig();
    for (const [n, who] of ["m", "n"].entries()) rig.tell(record(who, n + 1));
    rig.done.length = 0;
    const pushed = pushedTo(rig.message({ kind: "want", fromId: "m", keys: [shortId("n"), 1, 2] }), "m");
    expect(pushed).toMatchObject([{ kind: "member", value: { member: { id: "n" } } }]);
  });

  test("after a failed push another partner may be asked", () => {
    const rig = new Rig();
    rig.tell(record("m", 1));
    rig.tell(record("n", 2));
    rig.autoPush = false;
    const differs = (who: string, n: number) =>
      rig.datagram(
        { kind: "short-ack", from: shortId(who), incarnation: 1n, sequence: 1, digest: 5 },
        hostOf(n),
      );
    const asked = only(differs("m", 1), "push").find(({ messages }) => messages[0]!.kind === "summary")!;
    rig.now += 1500;
    expect(pushedTo(differs("n", 2), "n")).toEqual([]);
    rig.event({ kind: "pushed", push: asked.push, delivered: false });
    expect(pushedTo(differs("n", 2), "n")).toMatchObject([{ kind: "summary" }]);
  });

  test("what comes in bulk is not told on, but what others say meanwhile is", () => {
    const rig = new Rig();
    for (const [n, who] of ["m", "n", "o"].entries()) rig.tell(record(who, n + 1));
    rig.datagram(
      { kind: "short-ack", from: shortId("m"), incarnation: 1n, sequence: 1, digest: 5 },
      hostOf(1),
    );
    const versions = Array.from({ length: 200 }, (_, n) => n);
    rig.message({ kind: "versions", fromId: "m", buckets: [0], versions });
    rig.done.length = 0;
    rig.service(serviceOf("m"), "m");
    expect(only(rig.done, "push")).toEqual([]);
    rig.service(serviceOf("n"), "n");
    expect(pushedTo(rig.done, "o")).toMatchObject([{ kind: "service" }]);
  });
});
