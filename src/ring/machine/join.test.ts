// Getting into a ring, and back into it (join.ts).
import { describe, expect, test } from "bun:test";
import { RECONNECTS_AT_ONCE } from "./limits.ts";
import { hostOf, record } from "./testing/records.ts";
import { datagrams, Rig } from "./testing/rig.ts";
import { SmallRing } from "./testing/small-ring.ts";

const peer = { host: hostOf(7), port: 9638 };
const pings = (effects: Parameters<typeof datagrams>[0], host = peer.host) =>
  datagrams(effects).filter((text) => text === `ping ${host}`).length;

describe("the addresses to join by", () => {
  test("are pinged for ever, at growing pauses of at most half a minute and a fifth", () => {
    const rig = new Rig();
    rig.event({ kind: "peers", peers: [peer] });
    expect(pings(rig.wait(0))).toBe(1);
    expect(pings(rig.wait(30_000))).toBeGreaterThanOrEqual(4);
    rig.wait(600_000);
    for (let times = 0; times < 10; times++) expect(pings(rig.wait(36_000))).toBeGreaterThanOrEqual(1);
    expect(rig.machine.insight!().missingPeers).toEqual([peer]);
  });

  test("are left alone while a living member answers for them, and tried again when it does not", () => {
    const rig = new Rig();
    rig.event({ kind: "peers", peers: [peer] });
    rig.wait(0);
    rig.datagram({ kind: "ack", from: record("p", 7, { address: "" }), membership: [] }, peer.host);
    rig.core.probes.nextPeriodAt = Number.POSITIVE_INFINITY;
    expect(pings(rig.wait(100_000))).toBe(0);
    expect(rig.machine.insight!().missingPeers).toEqual([]);
    rig.tell(record("p", 7), "departed");
    expect(pings(rig.wait(100_000))).toBeGreaterThanOrEqual(1);
  });

  test("may change", () => {
    const rig = new Rig();
    rig.event({ kind: "peers", peers: [peer] });
    rig.wait(1000);
    rig.event({ kind: "peers", peers: [{ host: hostOf(8), port: 9638 }] });
    const effects = rig.wait(60_000);
    expect(pings(effects)).toBe(0);
    expect(pings(effects, hostOf(8))).toBeGreaterThanOrEqual(1);
  });
});

describe("dead members", () => {
  test("are tried now and then, for ever", () => {
    const rig = new Rig();
    rig.event({ kind: "peers", peers: [] });
    rig.tell(record("m", 1), "confirmed");
    for (let times = 0; times < 5; times++)
      expect(pings(rig.wait(25_000), hostOf(1))).toBeGreaterThanOrEqual(1);
  });

  test("those told to depart are not", () => {
    const rig = new Rig();
    rig.tell(record("m", 1, { persistent: true }));
    rig.message({ kind: "departure", fromId: "x", value: { memberId: "m" } });
    rig.core.probes.nextPeriodAt = Number.POSITIVE_INFINITY;
    expect(pings(rig.wait(60_000), hostOf(1))).toBe(0);
  });

  test("many permanent peers among them are tried some at a time", () => {
    const rig = new Rig();
    for (let n = 1; n < 200; n++) rig.tell(record(`m${n}`, n, { persistent: true }), "confirmed");
    rig.core.probes.nextPeriodAt = Number.POSITIVE_INFINITY;
    rig.core.join.reconnectAt = rig.now;
    const effects = rig.event({ kind: "timer", lateMs: 0 });
    expect(datagrams(effects).filter((text) => text.startsWith("ping"))).toHaveLength(RECONNECTS_AT_ONCE);
  });

  test("so two halves of a ring that was cut find each other again, without permanent peers", () => {
    const ids = ["a", "b", "c", "d", "e", "f"];
    const ring = new SmallRing(ids);
    ring.wait(5000);
    const half = new Set(["a", "b", "c"]);
    ring.lost = (from, to) => half.has(from) !== half.has(to);
    ring.wait(60_000);
    expect(ring.state("a").members.get("d")!.health).toBe("confirmed");
    ring.lost = () => false;
    const whole = () => ids.every((id) => ring.state(id).members.count("alive") >= 5);
    expect(ring.until(whole, 60_000)).toBe(true);
  });
});
