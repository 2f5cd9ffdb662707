// What is forgotten, when, and that it does not come back (expire.ts).
import { describe, expect, test } from "bun:test";
import { shortId } from "../short-id.ts";
import { hostOf, record, serviceOf } from "./testing/records.ts";
import { datagrams, only, pushedTo, Rig } from "./testing/rig.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const GROUP = "g.default";

/** Lets days pass, with the few timers that matter here. */
function pass(rig: Rig, ms: number): void {
  rig.now += ms;
  rig.event({ kind: "timer", lateMs: 0 });
}

function forgotten(): Rig {
  const rig = new Rig();
  rig.tell(record("m", 1, { incarnation: 5n }));
  rig.service(serviceOf("m"));
  rig.tell(record("m", 1, { incarnation: 5n }), "departed");
  pass(rig, DAY);
  return rig;
}

describe("a member", () => {
  test("that is dead departs after three days, and is forgotten a day later, with its services", () => {
    const rig = new Rig();
    rig.tell(record("m", 1), "confirmed");
    rig.service(serviceOf("m"));
    pass(rig, 3 * DAY - 11_000);
    expect(rig.health("m")).toBe("confirmed");
    pass(rig, 11_000);
    expect(rig.health("m")).toBe("departed");
    pass(rig, DAY);
    expect(rig.state.members.has("m")).toBe(false);
    expect(rig.state.services.size).toBe(0);
    expect(rig.core.records.byHash.size).toBe(0);
  });

  test("is as old as others say it is: all forget it together", () => {
    const rig = new Rig();
    rig.now += 10 * DAY;
    rig.tell(record("m", 1), "departed", { ageMs: 23 * HOUR });
    pass(rig, HOUR);
    expect(rig.state.members.has("m")).toBe(false);
  });

  test("tells others how old that is", () => {
    const rig = new Rig();
    rig.tell(record("n", 2));
    rig.tell(record("m", 1), "departed");
    rig.now += 5000;
    rig.message({ kind: "want", fromId: "n", keys: [shortId("m")] });
    expect(pushedTo(rig.done, "n").at(-1)).toMatchObject({ value: { health: "departed", ageMs: 5000 } });
  });

  test("that was forgotten does not come back by an old word, nor do its services", () => {
    const rig = forgotten();
    for (const health of ["alive", "suspect", "confirmed", "departed"] as const)
      rig.tell(record("m", 1, { incarnation: 5n }), health);
    rig.tell(record("m", 1, { incarnation: 6n }), "departed");
    rig.service(serviceOf("m"));
    expect(rig.state.members.has("m")).toBe(false);
    expect(rig.state.services.has(GROUP)).toBe(false);
  });

  test("that is back with a higher incarnation is taken in, and so are its services", () => {
    const rig = forgotten();
    rig.tell(record("m", 1, { incarnation: 6n }));
    rig.service(serviceOf("m"));
    expect(rig.health("m")).toBe("alive");
    expect(rig.state.services.get(GROUP)!.has("m")).toBe(true);
  });

  test("that is back with the incarnation it had is told to take a higher one", () => {
    const rig = forgotten();
    const speak = (incarnation: bigint) =>
      rig.datagram(
        { kind: "ping", from: record("m", 1, { incarnation, address: "" }), membership: [] },
        hostOf(1),
      );
    const pings = only(speak(5n), "datagram").filter(({ message }) => message.kind === "ping");
    expect(pings).toMatchObject([
      {
        to: { host: hostOf(1) },
        message: { membership: [{ member: { id: "m", incarnation: 5n }, health: "departed" }] },
      },
    ]);
    expect(rig.state.members.has("m")).toBe(false);
    // Not on each datagram.
    expect(datagrams(speak(5n))).toEqual([`ack ${hostOf(1)}`]);
    speak(6n);
    expect(rig.health("m")).toBe("alive");
  });

  test("is believed again after a week: whoever held on to it has forgotten it as well", () => {
    const rig = forgotten();
    pass(rig, 7 * DAY);
    rig.tell(record("m", 1, { incarnation: 5n }));
    expect(rig.health("m")).toBe("alive");
  });

  test("ourselves are not forgotten", () => {
    const rig = new Rig();
    rig.tell(record("self", 0));
    rig.event({ kind: "leave" });
    pass(rig, 10 * DAY);
    expect(rig.state.members.has("self")).toBe(true);
  });
});

describe("a service that stopped", () => {
  function stopped(): Rig {
    const rig = new Rig();
    rig.tell(record("m", 1));
    rig.service(serviceOf("m", GROUP, { incarnation: 4n, stopped: true }));
    rig.event({ kind: "timer", lateMs: 0 });
    rig.core.join.reconnectAt = Number.POSITIVE_INFINITY;
    return rig;
  }

  test("is forgotten a day later, and does not come back", () => {
    const rig = stopped();
    pass(rig, DAY);
    expect(rig.state.services.size).toBe(0);
    expect(rig.core.stopped.size).toBe(0);
    for (const one of [{}, { stopped: true }])
      rig.service(serviceOf("m", GROUP, { incarnation: 4n, ...one }), "other");
    expect(rig.state.services.size).toBe(0);
    rig.service(serviceOf("m", GROUP, { incarnation: 5n }));
    expect(rig.state.services.get(GROUP)!.has("m")).toBe(true);
  });

  test("and runs again meanwhile, stays, and nothing more is noted of it", () => {
    const rig = stopped();
    rig.service(serviceOf("m", GROUP, { incarnation: 5n }));
    pass(rig, DAY);
    expect(rig.state.services.get(GROUP)!.has("m")).toBe(true);
    expect(rig.core.stopped.size).toBe(0);
  });

  test("whose member lost its store and begins at 1 again, hears of the number to go above", () => {
    const rig = stopped();
    pass(rig, DAY);
    rig.state.members.set("m", { member: record("m", 1), health: "alive", since: 0 });
    const effects = rig.service(serviceOf("m", GROUP, { incarnation: 1n }), "m");
    expect(pushedTo(effects, "m")).toMatchObject([
      { kind: "service", value: { memberId: "m", incarnation: 4n, stopped: true } },
    ]);
  });
});

test("what is noted of members that were told something does not pile up", () => {
  const rig = forgotten();
  rig.core.told.set("somebody", rig.now);
  pass(rig, 20_000);
  expect(rig.core.told.size).toBe(0);
});
