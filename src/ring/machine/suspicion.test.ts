// How long a suspect has, and what is done about it meanwhile (suspicion.ts).
import { describe, expect, test } from "bun:test";
import { hostOf, record } from "./testing/records.ts";
import { only, pushedTo, Rig } from "./testing/rig.ts";

/** One of 100 members; `m` is the suspect, on the word of others. */
function suspecting(accusers: readonly string[]): Rig {
  const rig = new Rig();
  for (let n = 2; n < 100; n++) rig.tell(record(`m${n}`, n));
  rig.tell(record("m", 1));
  rig.core.probes.nextPeriodAt = Number.POSITIVE_INFINITY;
  for (const accuser of accusers) rig.tell(record("m", 1), "suspect", { accuser });
  // We do not try ourselves.
  rig.core.probes.running.clear();
  return rig;
}

/** After how long the suspect is held for dead. */
function timeLeft(rig: Rig): number {
  const { now } = rig;
  while (rig.health("m") === "suspect") rig.wait(10);
  return rig.now - now;
}

describe("the time a suspect has", () => {
  test("by how many others have tried in vain: 9.3 s, 4.2, 1.2", () => {
    expect(timeLeft(suspecting(["m2"]))).toBe(9300);
    expect(timeLeft(suspecting(["m2", "m3"]))).toBe(4190);
    expect(timeLeft(suspecting(["m2", "m3", "m4"]))).toBe(1200);
    expect(timeLeft(suspecting(["m2", "m3", "m4", "m5", "m6"]))).toBe(1200);
  });

  test("the same accuser counts once", () => {
    expect(timeLeft(suspecting(["m2", "m2", "m2"]))).toBe(9300);
  });

  test("is the longest while something still listens there", () => {
    const rig = suspecting(["m2", "m3", "m4"]);
    rig.core.suspicions.get("m")!.stalled = true;
    expect(timeLeft(rig)).toBe(9300);
  });

  test("is stretched by distrust in oneself", () => {
    const rig = suspecting(["m2", "m3", "m4"]);
    rig.core.awareness = 2;
    expect(timeLeft(rig)).toBe(2400);
  });

  test("grows by the time we were held up", () => {
    const rig = suspecting(["m2", "m3", "m4"]);
    rig.now += 5000;
    rig.event({ kind: "timer", lateMs: 4990 });
    expect(rig.health("m")).toBe("suspect");
  });

  test("ends at once where nobody else could confirm", () => {
    const rig = new Rig();
    rig.tell(record("m", 1));
    rig.tell(record("m", 1), "suspect", { accuser: "m" });
    rig.core.probes.running.clear();
    expect(timeLeft(rig)).toBeLessThan(1000);
  });

  test("begins anew at a higher incarnation", () => {
    const rig = suspecting(["m2", "m3", "m4"]);
    rig.wait(600);
    rig.tell(record("m", 1, { incarnation: 2n }), "suspect", { accuser: "m2" });
    expect([...rig.core.suspicions.get("m")!.accusers]).toEqual(["m2"]);
    rig.core.probes.running.clear();
    expect(timeLeft(rig)).toBe(9300);
  });
});

describe("meanwhile", () => {
  test("a refutation ends it", () => {
    const rig = suspecting(["m2", "m3", "m4"]);
    rig.wait(900);
    rig.tell(record("m", 1, { incarnation: 2n }));
    expect(rig.core.suspicions.size).toBe(0);
    rig.wait(10_000);
    expect(rig.health("m")).toBe("alive");
  });

  test("who accuses pings the suspect every 200 ms, its record beside it; who only heard of it does not", () => {
    const rig = suspecting(["m2"]);
    const toSuspect = (ms: number) =>
      only(rig.wait(ms), "datagram").filter(({ to, message }) => to.host === hostOf(1) && "from" in message);
    expect(toSuspect(1000)).toEqual([]);
    rig.core.suspicions.get("m")!.accusers.add("self");
    rig.event({ kind: "timer", lateMs: 0 });
    const pings = toSuspect(1000);
    expect(pings).toHaveLength(5);
    const [first] = pings[0]!.message.kind === "ping" ? pings[0]!.message.membership : [];
    expect(first).toMatchObject({ member: { id: "m" }, health: "suspect" });
  });

  test("new accusers of a known suspect are told to neighbours of ours, with who they are", () => {
    const rig = suspecting(["m2"]);
    const effects = rig.tell(record("m", 1), "suspect", { accuser: "m3" });
    const [link] = rig.core.neighbours.links;
    expect(pushedTo(effects, link!)).toMatchObject([
      { kind: "member", value: { member: { id: "m" }, health: "suspect", accuser: "m3" } },
    ]);
    expect(rig.tell(record("m", 1), "suspect", { accuser: "m3" })).toEqual([]);
  });

  test("the members after the suspect in the circle try for themselves", () => {
    const ids = Array.from({ length: 20 }, (_, n) => `m${n}`);
    let tried = 0;
    for (const self of ids) {
      const rig = new Rig({ id: self });
      for (const [n, id] of ids.entries()) if (id !== self) rig.tell(record(id, n));
      rig.tell(record("m", 50));
      rig.tell(record("m", 50), "suspect", { accuser: ids.find((id) => id !== self)! });
      if (rig.core.probes.running.has("m")) tried++;
    }
    expect(tried).toBe(3);
  });
});
