// How rings of original members behave (reference/butterfly.md §9, §10, §12, §21.26).
import { describe, expect, test } from "bun:test";
import type { Rumor } from "../../rumor.ts";
import { OriginalRing } from "./ring.ts";

const names = (count: number) => Array.from({ length: count }, (_, index) => `m${index + 1}`);

/** Members that joined by the first and know each other. */
function meshed(count: number, seed = 1, persistent: readonly string[] = []): OriginalRing {
  const ring = new OriginalRing(seed);
  const all = names(count);
  for (const name of all)
    ring.add(name, { peers: name === "m1" ? [] : ["m1"], persistent: persistent.includes(name) });
  ring.runUntil(() => ring.believe(all, all, "alive"), 60_000);
  return ring;
}

describe("failure detection", () => {
  test("of two meshed members one is frozen: suspect, confirmed 9.3 s later; alive when it goes on", () => {
    const ring = meshed(2);
    ring.freeze("m2");
    const suspected = ring.runUntil(() => ring.health("m1", "m2") === "suspect", 20_000);
    expect(suspected).toBeLessThanOrEqual(2 * 3100 + 100);
    const confirmed = ring.runUntil(() => ring.health("m1", "m2") === "confirmed", 20_000);
    expect(confirmed).toBeGreaterThanOrEqual(9200);
    expect(confirmed).toBeLessThanOrEqual(9300 + 500 + 100);
    ring.release("m2");
    ring.runUntil(() => ring.health("m1", "m2") === "alive", 10_000);
  });

  test("a suspect that hears of it refutes with a higher incarnation", () => {
    const ring = meshed(3);
    ring.freeze("m3");
    ring.runUntil(
      () => ring.health("m1", "m3") === "suspect" && ring.health("m2", "m3") === "suspect",
      20_000,
    );
    ring.release("m3");
    ring.runUntil(() => ring.believe(names(2), ["m3"], "alive"), 10_000);
    ring.runUntil(() => ring.state("m3").incarnation === 1n, 10_000);
    ring.runUntil(() => ring.state("m1").members.get("m3")?.member.incarnation === 1n, 10_000);
  });

  test("members in a chain become fully meshed", () => {
    const ring = new OriginalRing(3);
    const all = names(6);
    for (const [index, name] of all.entries())
      ring.add(name, { peers: all.slice(Math.max(0, index - 1), index) });
    ring.runUntil(() => ring.believe(all, all, "alive"), 60_000);
    ring.runUntil(() => all.every((name) => ring.health(name, name) === "alive"), 60_000);
  });

  test("a pair that cannot reach each other stays alive by PingReq", () => {
    const ring = meshed(6);
    ring.block("m1", "m2");
    ring.runFor(120_000);
    expect(ring.notes.filter(({ note }) => note.kind === "health" && note.to !== "alive")).toEqual([]);
    expect(ring.notes.some(({ note }) => note.kind === "probe" && note.outcome === "indirect")).toBe(true);
  });

  test("a false word of a death is asked about first", () => {
    const ring = meshed(3);
    const entry = ring.state("m1").members.get("m3")!;
    const rumor: Rumor = {
      kind: "member",
      fromId: "x",
      value: { member: entry.member, health: "confirmed" },
    };
    ring.tell("m1", { kind: "message", from: "10.9.9.9", message: rumor });
    ring.runUntil(() => ring.state("m3").incarnation === 1n, 10_000);
    ring.runUntil(() => ring.state("m1").members.get("m3")?.member.incarnation === 1n, 10_000);
    expect(ring.notes.filter(({ note }) => note.kind === "health" && note.to !== "alive")).toEqual([]);
  });

  for (const [count, seed] of [
    [5, 1],
    [30, 2],
  ] as const)
    test(`a crash of one of ${count} is confirmed at all within the time measured`, () => {
      const ring = meshed(count, seed);
      ring.runFor(30_000);
      ring.kill("m2");
      const others = names(count).filter((name) => name !== "m2");
      const took = ring.runUntil(() => ring.believe(others, ["m2"], "confirmed"), 60_000);
      expect(took).toBeGreaterThan(9300);
      expect(took).toBeLessThan(30_000);
    });
});

describe("partitions", () => {
  const some = names(3);
  const others = ["m4", "m5", "m6"];

  function split(persistent: readonly string[]): OriginalRing {
    const ring = meshed(6, 4, persistent);
    ring.partition(some, others);
    ring.runUntil(
      () => ring.believe(some, others, "confirmed") && ring.believe(others, some, "confirmed"),
      120_000,
    );
    // A PingReq under way would still reach the other side.
    ring.runFor(10_000);
    ring.unblock();
    return ring;
  }

  test("stay without persistent members", () => {
    const ring = split([]);
    ring.runFor(120_000);
    expect(ring.believe(some, others, "confirmed") && ring.believe(others, some, "confirmed")).toBe(true);
  });

  test("heal with a persistent member on each side", () => {
    const ring = split(["m1", "m4"]);
    ring.runUntil(() => ring.believe(names(6), names(6), "alive"), 120_000);
  });
});

describe("departure", () => {
  test("a member that leaves in order is departed everywhere", () => {
    const ring = meshed(5);
    ring.tell("m3", { kind: "leave" });
    ring.runFor(2000);
    ring.kill("m3");
    const rest = names(5).filter((name) => name !== "m3");
    ring.runUntil(() => ring.believe(rest, ["m3"], "departed"), 10_000);
    expect(ring.state("m3").incarnation).toBe(1n);
  });

  test("a Departure told to a third ends the one it names", () => {
    const ring = meshed(4);
    const rumor: Rumor = { kind: "departure", fromId: "butterflyclient", value: { memberId: "m2" } };
    ring.tell("m4", { kind: "announce", rumor });
    expect(ring.health("m4", "m2")).toBe("departed");
    const took = ring.runUntil(() => ring.state("m2").departed, 20_000);
    expect(took).toBeGreaterThan(500);
    ring.runUntil(() => ring.believe(["m1", "m3", "m4"], ["m2"], "departed"), 20_000);
  });
});

describe("gossip", () => {
  const config: Rumor = {
    kind: "service-config",
    fromId: "butterflyclient",
    value: {
      serviceGroup: "cache.default",
      incarnation: 1n,
      encrypted: false,
      config: new Uint8Array([1]),
      fromId: "butterflyclient",
    },
  };

  test("configuration spreads to all in a few seconds, then nothing more is pushed", () => {
    const ring = meshed(30);
    ring.runFor(120_000);
    const quiet = ring.traffic.messages;
    ring.runFor(30_000);
    expect(ring.traffic.messages).toBe(quiet);
    ring.tell("m1", { kind: "announce", rumor: config });
    ring.runUntil(() => names(30).every((name) => ring.state(name).serviceConfigs.size === 1), 10_000);
    ring.runFor(30_000);
    // Twice from everybody to everybody, the one it came from included.
    expect(ring.traffic.messages - quiet).toBe(2 * 30 * 29);
  });

  test("a member that cannot be pushed to holds up the others of its slice, half a second a rumor", () => {
    const ring = meshed(4);
    ring.runFor(20_000);
    ring.freeze("m4");
    ring.tell("m1", { kind: "announce", rumor: config });
    ring.tell("m1", {
      kind: "announce",
      rumor: { ...config, value: { ...config.value, serviceGroup: "a.b" } },
    });
    ring.tell("m1", {
      kind: "announce",
      rumor: { ...config, value: { ...config.value, serviceGroup: "c.d" } },
    });
    const began = ring.traffic.messages;
    ring.runUntil(() => ring.traffic.messages > began, 2000);
    ring.runUntil(() => ring.state("m2").serviceConfigs.size === 3, 100);
    ring.tell("m1", {
      kind: "announce",
      rumor: { ...config, value: { ...config.value, serviceGroup: "e.f" } },
    });
    const took = ring.runUntil(() => ring.state("m2").serviceConfigs.size === 4, 5000);
    expect(took).toBeGreaterThan(1200);
    expect(took).toBeLessThan(1700);
  });
});
