// What is owed to whom, and when it counts as told (couriers.ts).
import { describe, expect, test } from "bun:test";
import { isPlainAddress } from "./couriers.ts";
import { PUSH_MESSAGES } from "./limits.ts";
import { original, record, serviceOf } from "./testing/records.ts";
import { only, pushedTo, Rig } from "./testing/rig.ts";

/** A member with one neighbour of ours. */
function withNeighbour(): Rig {
  const rig = new Rig();
  rig.tell(record("n", 1));
  rig.autoPush = false;
  return rig;
}

const announce = (rig: Rig, incarnation = 1n) =>
  rig.event({
    kind: "announce",
    rumor: { kind: "service", fromId: "self", value: serviceOf("self", "g.default", { incarnation }) },
  });
const services = (effects: Parameters<typeof pushedTo>[0]) =>
  pushedTo(effects, "n").flatMap((message) =>
    message.kind === "service" ? [message.value.incarnation] : [],
  );

describe("a rumor", () => {
  test("goes out at once, and while it is on its way what changes waits, and goes in its newest version", () => {
    const rig = withNeighbour();
    const first = announce(rig);
    expect(services(first)).toEqual([1n]);
    expect(services([...announce(rig), ...announce(rig)])).toEqual([]);
    const { push } = only(first, "push")[0]!;
    expect(services(rig.event({ kind: "pushed", push, delivered: true }))).toEqual([3n]);
  });

  test("that was not handed over is owed still: it goes again after 1, 2, 4 … s, at most 30", () => {
    const rig = withNeighbour();
    let effects = announce(rig);
    const pauses: number[] = [];
    for (let times = 0; times < 7; times++) {
      const { push } = only(effects, "push").at(-1)!;
      rig.event({ kind: "pushed", push, delivered: false });
      // It lives, only its port takes nothing.
      rig.core.probes.running.clear();
      rig.core.probes.nextPeriodAt = Number.POSITIVE_INFINITY;
      const { now } = rig;
      effects = [];
      while (services(effects).length === 0) effects = rig.wait(100);
      pauses.push(rig.now - now);
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  test("that could not be handed over is a reason to see whether the member is there", () => {
    const rig = withNeighbour();
    const { push } = only(announce(rig), "push")[0]!;
    rig.event({ kind: "pushed", push, delivered: false });
    expect(rig.core.probes.running.has("n")).toBe(true);
  });

  test("does not go back to whom it came from", () => {
    const rig = withNeighbour();
    const effects = rig.service(serviceOf("n", "g.default"), "n");
    expect(services(effects)).toEqual([]);
  });

  test("need not go to a neighbour that meanwhile tells us the same", () => {
    const rig = withNeighbour();
    const { push } = only(announce(rig), "push")[0]!;
    const heard = serviceOf("other", "g.default");
    rig.tell(record("other", 2));
    rig.service(heard);
    rig.service(heard, "n");
    rig.tell(record("other", 2), "alive", {}, "n");
    const next = pushedTo(rig.event({ kind: "pushed", push, delivered: true }), "n");
    expect(next).toEqual([]);
  });

  test("goes to it all the same where it tells us something else", () => {
    const rig = withNeighbour();
    const { push } = only(announce(rig), "push")[0]!;
    rig.tell(record("other", 2));
    rig.service(serviceOf("other", "g.default", { incarnation: 2n }));
    rig.service(serviceOf("other", "g.default", { incarnation: 1n }), "n");
    const next = pushedTo(rig.event({ kind: "pushed", push, delivered: true }), "n");
    expect(next.map(({ kind }) => kind).sort()).toEqual(["member", "service"]);
  });

  test("of ours goes also to who said the contrary", () => {
    const rig = withNeighbour();
    const effects = rig.tell(record("self", 0), "suspect", {}, "n");
    expect(pushedTo(effects, "n")).toMatchObject([{ kind: "member", value: { member: { id: "self" } } }]);
  });

  test("does not wake anybody up while its neighbour is out of reach", () => {
    const rig = withNeighbour();
    announce(rig);
    announce(rig);
    rig.state.members.set("n", { member: record("n", 1), health: "confirmed", since: 0 });
    rig.event({ kind: "pushed", push: rig.core.push, delivered: true });
    rig.event({ kind: "timer", lateMs: 0 });
    expect(rig.machine.wakeAt()).toBeGreaterThan(rig.now);
  });

  test("goes to nobody by our own id", () => {
    const rig = withNeighbour();
    rig.tell(record("self", 0));
    expect(pushedTo(rig.elect({ candidate: "self", term: 0n }, "self"), "self")).toEqual([]);
  });
});

describe("one push", () => {
  test("has at most so many rumors", () => {
    const rig = withNeighbour();
    announce(rig);
    for (let n = 2; n < 400; n++) rig.tell(record(`m${n}`, n));
    const effects = rig.event({ kind: "pushed", push: rig.core.push, delivered: true });
    for (const { messages } of only(effects, "push"))
      expect(messages.length).toBeLessThanOrEqual(PUSH_MESSAGES);
  });

  test("has about a megabyte", () => {
    const rig = withNeighbour();
    announce(rig);
    for (let n = 0; n < 100; n++)
      rig.message({
        kind: "service-file",
        fromId: "x",
        value: {
          serviceGroup: "g.default",
          incarnation: 1n,
          encrypted: false,
          filename: `f${n}`,
          body: new Uint8Array(60_000),
          fromId: "x",
        },
      });
    const push = rig.core.couriers.to.get("n")!.sent!.push;
    const messages = pushedTo(rig.event({ kind: "pushed", push, delivered: true }), "n");
    expect(messages).toHaveLength(18);
  });
});

describe("an original member", () => {
  const told = (rig: Rig) => {
    const messages = pushedTo(rig.done, "plain");
    rig.done.length = 0;
    return messages.map((message) => (message.kind === "member" ? message.value.member.id : message.kind));
  };

  test("hears everything when it is new, what is new at once, and everything again later: it never asks", () => {
    const rig = new Rig();
    rig.tell(record("a", 2));
    rig.service(serviceOf("a"));
    rig.tell(original("plain", 1));
    expect(told(rig).sort()).toEqual(["a", "plain", "service"]);
    rig.tell(record("b", 3));
    expect(told(rig)).toEqual(["b"]);
    rig.core.probes.nextPeriodAt = Number.POSITIVE_INFINITY;
    rig.wait(119_000);
    expect(told(rig)).toEqual([]);
    rig.wait(1000);
    expect(told(rig).sort()).toEqual(["a", "b", "plain", "service"]);
  });

  test("hears of no member it could not reach, and not who accuses: it would lose its probing for good (§5.3)", () => {
    const rig = new Rig();
    rig.tell(record("v6", 2, { address: "fd00::1" }));
    rig.tell(record("m", 3));
    rig.tell(original("plain", 1));
    expect(told(rig).sort()).toEqual(["m", "plain"]);
    rig.tell(record("m", 3), "suspect", { accuser: "v6" });
    rig.tell(record("m", 3), "suspect", { accuser: "plain" });
    const messages = pushedTo(rig.done, "plain");
    expect(messages).toHaveLength(1);
    expect(JSON.stringify(messages, (_, value) => String(value))).not.toContain("accuser");
  });

  test.each([
    ["10.0.0.1", true],
    ["0.0.0.0", true],
    ["999.1.1.1", false],
    ["01.2.3.4", false],
    ["1.2.3", false],
    ["::1", false],
    ["", false],
    ["localhost", false],
  ])("%p can be an address there: %p", (address, can) => {
    expect(isPlainAddress(address)).toBe(can);
  });
});
