// What goes beside a datagram: it always fits, even encrypted, and no piece of news stands in the way of another (spread.ts).
import { describe, expect, test } from "bun:test";
import { SWIM_LIMIT_ENCRYPTED_BYTES } from "../limits.ts";
import type { Member } from "../member.ts";
import { swimSize } from "../wire/swim.ts";
import { ID_LIMIT_BYTES } from "./limits.ts";
import { hostOf, original, record } from "./testing/records.ts";
import { only, Rig } from "./testing/rig.ts";

const ping = (rig: Rig, from: Member, forwardTo?: Member) => {
  const effects = rig.datagram(
    { kind: "ping", from, ...(forwardTo ? { forwardTo } : {}), membership: [], sequence: 2 ** 31, digest: 1 },
    from.address || hostOf(1),
  );
  return only(effects, "datagram").map(({ message }) => message);
};
const told = (rig: Rig, from: Member) => {
  const [ack] = ping(rig, from);
  return ack?.kind === "ack" ? ack.membership.map(({ member }) => member.id) : [];
};

describe("a datagram", () => {
  test.each([8, 32, 100, ID_LIMIT_BYTES])("fits when all ids have %p bytes", (length) => {
    const id = (n: number) => `${n}`.padEnd(length, "x");
    const rig = new Rig({ id: id(0), self: { address: "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff" } });
    rig.state.incarnation = 2n ** 64n - 1n;
    for (let n = 1; n < 30; n++)
      rig.tell(record(id(n), n, { incarnation: 2n ** 64n - 1n, swimPort: 65_535, gossipPort: 65_535 }));
    for (let n = 1; n < 30; n++)
      rig.tell(record(id(n), n, { incarnation: 2n ** 64n - 1n }), "suspect", { accuser: id(n + 1) });
    let most = 0;
    for (let n = 1; n < 30; n++)
      for (const forwardTo of [undefined, record(id(n + 1), n)])
        for (const message of ping(rig, record(id(n), n), forwardTo)) {
          expect(swimSize(message)).toBeLessThanOrEqual(SWIM_LIMIT_ENCRYPTED_BYTES);
          if (message.kind === "ack") most = Math.max(most, message.membership.length);
        }
    expect(most).toBeGreaterThanOrEqual(length > 200 ? 1 : 4);
  });

  test("that the sender's own words make too long is not answered", () => {
    const rig = new Rig();
    expect(ping(rig, record("m", 1), record("x".repeat(900), 2))).toEqual([]);
  });
});

describe("news", () => {
  test("that nobody was told of comes first, then what was told least lately", () => {
    const rig = new Rig();
    rig.tell(record("m", 1));
    for (let n = 2; n < 12; n++) rig.tell(record(`n${n}`, n));
    const first = told(rig, record("m", 1));
    const second = told(rig, record("m", 1));
    expect(first).toHaveLength(7);
    expect(second.slice(0, 3)).toEqual(["n9", "n10", "n11"]);
    expect(second.slice(3)).toEqual(first.slice(0, second.length - 3));
  });

  test("goes out so many times, by the size of the ring, and then Pings are short", () => {
    const rig = new Rig();
    rig.tell(record("m", 1));
    rig.tell(record("n", 2));
    let times = 0;
    while (told(rig, record("m", 1)).includes("n")) times++;
    expect(times).toBe(6);
    rig.tell(record("m", 1));
    const [effect] = only(rig.event({ kind: "link", to: "m", state: "lost" }), "datagram");
    expect(effect!.message.kind).toBe("short-ping");
  });

  test("of a member itself is no news to it", () => {
    const rig = new Rig();
    for (let times = 0; times < 10; times++) expect(told(rig, record("m", 1))).toEqual([]);
    const [effect] = only(rig.event({ kind: "link", to: "m", state: "lost" }), "datagram");
    expect(effect!.message.kind).toBe("short-ping");
  });

  test("an original member has no use for does not keep the rest from it, and waits for others", () => {
    const rig = new Rig();
    for (let n = 2; n < 9; n++) rig.tell(record(`v6-${n}`, n, { address: `fd00::${n}` }));
    rig.tell(record("v4", 20));
    rig.tell(record("m", 30));
    expect(told(rig, original("plain", 1))).toContain("v4");
    expect(told(rig, record("m", 30)).filter((id) => id.startsWith("v6"))).toHaveLength(7);
  });

  test("of a member that is forgotten goes to nobody, and is not in the way", () => {
    const rig = new Rig();
    for (let n = 2; n < 30; n++) rig.tell(record(`n${n}`, n));
    rig.tell(record("late", 40));
    for (let n = 2; n < 30; n++) rig.state.members.delete(`n${n}`);
    const seen = [1, 2, 3, 4].flatMap(() => told(rig, record("m", 1)));
    expect(seen).toContain("late");
    expect(rig.core.spread.unheard.has("n2") || rig.core.spread.heard.has("n2")).toBe(false);
  });
});

describe("when many come to life at once", () => {
  /** To how many the news of a member goes that is heard of after so many others. */
  function toldOf(others: number, pauseMs = 0): number {
    const rig = new Rig();
    for (let n = 1; n <= 10; n++) rig.tell(record(`first${n}`, n));
    rig.wait(5000);
    for (let n = 0; n < others; n++) {
      rig.tell(record(`more${n}`, 20 + n));
      if (pauseMs > 0) rig.wait(pauseMs);
    }
    const before = rig.done.length;
    rig.tell(record("last", 200));
    rig.wait(100);
    const told = new Set<string>();
    for (const effect of rig.done.slice(before))
      if (
        effect.kind === "push" &&
        effect.messages.some((message) => message.kind === "member" && message.value.member.id === "last")
      )
        told.add(effect.to);
    return told.size;
  }

  test("each goes to the two beside us and one more; a few go to all", () => {
    expect(toldOf(5)).toBe(5);
    expect(toldOf(60)).toBe(3);
  });

  test("as many one after the other go to all", () => {
    expect(toldOf(60, 500)).toBe(5);
  });
});
