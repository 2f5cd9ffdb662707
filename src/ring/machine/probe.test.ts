// When a member is probed, and what each answer, or none, leads to (probe.ts, relay.ts).
import { describe, expect, test } from "bun:test";
import { hostOf, original, record } from "./testing/records.ts";
import { datagrams, only, Rig } from "./testing/rig.ts";

const M = hostOf(1);

/** A member that knows `m` and three relays of ours; the periodic probes are put off. */
function knowing(rest: Parameters<typeof record>[2] = {}): Rig {
  const rig = new Rig();
  rig.tell(record("m", 1, rest));
  for (const n of [2, 3, 4]) rig.tell(record(`relay${n}`, n));
  rig.core.spread.unheard.clear();
  rig.core.spread.heard.clear();
  rig.core.probes.nextPeriodAt = Number.POSITIVE_INFINITY;
  rig.core.join.reconnectAt = Number.POSITIVE_INFINITY;
  return rig;
}

const probe = (rig: Rig) => rig.event({ kind: "link", to: "m", state: "lost" });
const toM = (effects: Parameters<typeof datagrams>[0]) =>
  datagrams(effects).filter((text) => text.endsWith(` ${M}`));
const relayed = (effects: Parameters<typeof datagrams>[0]) =>
  datagrams(effects).filter((text) => text.startsWith("ping-req"));
const ack = (rig: Rig) =>
  rig.datagram({ kind: "ack", from: record("m", 1, { address: "" }), membership: [] }, M);
const knock = (rig: Rig, answer: "open" | "refused" | "silent") =>
  rig.event({ kind: "knocked", to: "m", answer });

describe("the stages of a probe", () => {
  test("a Ping; after 350 ms a second one, PingReqs and a knock; after 650 ms a third; after 1 s a suspicion", () => {
    const rig = knowing();
    expect(toM(probe(rig))).toEqual([`short-ping ${M}`]);
    expect(datagrams(rig.wait(349))).toEqual([]);
    const second = rig.wait(1);
    expect(toM(second)).toEqual([`short-ping ${M}`]);
    expect(relayed(second)).toHaveLength(3);
    expect(only(second, "knock")).toMatchObject([{ to: "m", withinMs: 650 }]);
    expect(datagrams(rig.wait(299))).toEqual([]);
    expect(toM(rig.wait(1))).toEqual([`short-ping ${M}`]);
    rig.wait(349);
    expect(rig.health("m")).toBe("alive");
    rig.wait(1);
    expect(rig.health("m")).toBe("suspect");
  });

  test("an answer ends it", () => {
    const rig = knowing();
    probe(rig);
    rig.wait(340);
    ack(rig);
    expect(rig.core.probes.running.size).toBe(0);
    rig.wait(5000);
    expect(rig.health("m")).toBe("alive");
  });

  test("so does an answer by way of a relay, which says nothing about where the member is", () => {
    const rig = knowing();
    probe(rig);
    rig.wait(400);
    const forwardTo = record("self", 0);
    const from = record("m", 1, { address: "192.168.7.7" });
    rig.datagram({ kind: "ack", from, forwardTo, membership: [] }, hostOf(2));
    expect(rig.core.probes.running.size).toBe(0);
    expect(rig.state.members.get("m")!.member.address).toBe(M);
  });

  test("a member is probed once at a time", () => {
    const rig = knowing();
    probe(rig);
    expect(probe(rig)).toEqual([]);
  });

  test("relays of the original are asked too; members that are not alive are not", () => {
    const rig = knowing();
    rig.tell(original("plain", 5));
    rig.tell(record("dead", 6), "departed");
    probe(rig);
    const asked = relayed(rig.wait(350));
    expect(asked).toContain(`ping-req ${hostOf(5)}`);
    expect(asked).not.toContain(`ping-req ${hostOf(6)}`);
    expect(asked).not.toContain(`ping-req ${M}`);
    expect(asked.length).toBeLessThanOrEqual(5);
  });
});

describe("what a Ping says", () => {
  test("a short one goes to a living member of ours while there is no news", () => {
    const [ping] = only(probe(knowing()), "datagram");
    expect(ping!.message.kind).toBe("short-ping");
  });

  test("a full one where there is news", () => {
    const rig = knowing();
    rig.tell(record("news", 9));
    const [ping] = only(probe(rig), "datagram");
    expect(ping!.message).toMatchObject({ kind: "ping", membership: [{ member: { id: "news" } }] });
  });

  test("a full one to an original member, with its own record", () => {
    const rig = new Rig();
    rig.tell(original("m", 1));
    const [ping] = only(probe(rig), "datagram");
    expect(ping!.message).toMatchObject({ kind: "ping", membership: [{ member: { id: "m" } }] });
  });

  test("a full one to a suspect, which finds its record in it", () => {
    const rig = knowing();
    rig.tell(record("m", 1), "suspect");
    const pings = only(rig.done, "datagram").filter(({ to }) => to.host === M);
    expect(pings.at(-1)!.message).toMatchObject({
      kind: "ping",
      membership: [{ member: { id: "m" }, health: "suspect" }],
    });
  });
});

describe("what a knock tells", () => {
  test("refused twice, 350 ms apart: the process is gone, no need to wait for the second to pass", () => {
    const rig = knowing();
    probe(rig);
    rig.wait(350);
    knock(rig, "refused");
    expect(rig.health("m")).toBe("alive");
    const again = rig.wait(350);
    expect(only(again, "knock")).toHaveLength(1);
    knock(rig, "refused");
    expect(rig.health("m")).toBe("suspect");
    expect(rig.now).toBe(10_700);
  });

  test("refused once, then open: a Supervisor that restarts is given time", () => {
    const rig = knowing();
    probe(rig);
    rig.wait(350);
    knock(rig, "refused");
    rig.wait(350);
    knock(rig, "open");
    rig.wait(1000);
    expect(rig.health("m")).toBe("alive");
  });

  test("open, but no answer: the member gets five seconds, and is pinged meanwhile", () => {
    const rig = knowing();
    probe(rig);
    rig.wait(350);
    knock(rig, "open");
    rig.wait(650);
    expect(toM(rig.wait(3999))).toHaveLength(7);
    expect(rig.health("m")).toBe("alive");
    rig.wait(500);
    expect(rig.health("m")).toBe("suspect");
    expect(rig.core.suspicions.get("m")!.stalled).toBe(true);
  });

  test("open at once after its connection broke: a process takes a moment to end, so there is another knock", () => {
    const rig = knowing();
    rig.wait(1);
    rig.event({ kind: "link", to: "m", state: "closed" });
    knock(rig, "open");
    expect(only(rig.wait(350), "knock")).toHaveLength(1);
    knock(rig, "refused");
    expect(only(rig.wait(350), "knock")).toHaveLength(1);
    knock(rig, "refused");
    expect(rig.health("m")).toBe("suspect");
    expect(rig.core.suspicions.get("m")!.stalled).toBe(false);
  });

  test("open, then refused: it died while it was waited for", () => {
    const rig = knowing();
    probe(rig);
    rig.wait(350);
    knock(rig, "open");
    rig.wait(650);
    expect(only(rig.wait(500), "knock")).toHaveLength(1);
    knock(rig, "refused");
    rig.wait(350);
    knock(rig, "refused");
    expect(rig.health("m")).toBe("suspect");
    expect(rig.core.suspicions.get("m")!.stalled).toBe(false);
  });

  test("silent changes nothing: a second after the first Ping it is suspect", () => {
    const rig = knowing();
    probe(rig);
    rig.wait(350);
    knock(rig, "silent");
    rig.wait(650);
    expect(rig.health("m")).toBe("suspect");
    expect(rig.core.suspicions.get("m")!.stalled).toBe(false);
  });

  test("a broken connection to a neighbour is a reason to knock at once", () => {
    const rig = knowing();
    rig.wait(1);
    const effects = rig.event({ kind: "link", to: "m", state: "refused" });
    expect(only(effects, "knock")).toMatchObject([{ to: "m" }]);
  });

  test("and so is an ICMP answer to a Ping of a probe, but not any other", () => {
    const rig = knowing();
    const address = { host: M, port: 9638 };
    expect(rig.event({ kind: "unreachable", address })).toEqual([]);
    probe(rig);
    expect(only(rig.event({ kind: "unreachable", address }), "knock")).toHaveLength(1);
  });
});

describe("distrust in oneself", () => {
  test("no relay of ours answered either: it may be us", () => {
    const rig = knowing();
    probe(rig);
    rig.wait(1000);
    expect(rig.core.awareness).toBe(1);
  });

  test("a relay that says it had no answer either speaks for us", () => {
    const rig = knowing();
    const { sequence } = ((): { sequence: number } => {
      probe(rig);
      return rig.core.probes.running.get("m")!;
    })();
    rig.wait(400);
    rig.datagram({ kind: "nack", from: 1, sequence }, hostOf(2));
    rig.wait(600);
    expect(rig.health("m")).toBe("suspect");
    expect(rig.core.awareness).toBe(0);
  });

  test("stretches what others are given; an answer lessens it", () => {
    const rig = knowing();
    rig.core.awareness = 2;
    probe(rig);
    rig.wait(1049);
    expect(relayed(rig.done)).toEqual([]);
    expect(relayed(rig.wait(1))).toHaveLength(3);
    ack(rig);
    expect(rig.core.awareness).toBe(1);
  });

  test("a timer that comes late extends what runs by as much, and counts against us", () => {
    const rig = knowing();
    probe(rig);
    rig.now += 5000;
    rig.event({ kind: "timer", lateMs: 4650 });
    expect(rig.core.awareness).toBe(1);
    expect(rig.health("m")).toBe("alive");
    expect(rig.core.probes.running.has("m")).toBe(true);
    ack(rig);
    rig.wait(2000);
    expect(rig.health("m")).toBe("alive");
  });

  test("never goes beyond its bounds", () => {
    const rig = knowing();
    for (let i = 0; i < 20; i++) rig.event({ kind: "timer", lateMs: 1000 });
    expect(rig.core.awareness).toBe(7);
  });
});

describe("what somebody says of the dead", () => {
  test("of a member held for alive it is tried first; without an answer it is believed", () => {
    const rig = knowing();
    expect(toM(rig.tell(record("m", 1), "confirmed"))).toEqual([`short-ping ${M}`]);
    expect(rig.health("m")).toBe("alive");
    rig.wait(1000);
    expect(rig.health("m")).toBe("confirmed");
  });

  test("with an answer it is not", () => {
    const rig = knowing();
    rig.tell(record("m", 1), "confirmed");
    ack(rig);
    rig.wait(5000);
    expect(rig.health("m")).toBe("alive");
  });
});

describe("pinging for others", () => {
  const request = (rig: Rig, target = record("m", 1)) =>
    rig.datagram(
      {
        kind: "ping-req",
        from: record("asker", 8, { address: "" }),
        target,
        membership: [],
        sequence: 77,
      },
      hostOf(8),
    );

  test("goes to where we know the target to be, and names the asker with the address it was seen at", () => {
    const [ping] = only(request(knowing(), record("m", 200)), "datagram");
    expect(ping).toMatchObject({ to: { host: M }, message: { kind: "ping", sequence: 77 } });
    expect(ping!.message).toMatchObject({ forwardTo: { id: "asker", address: hostOf(8) } });
  });

  test("the Ack is handed on, with the target's address filled in", () => {
    const rig = knowing();
    request(rig);
    const effects = rig.datagram(
      {
        kind: "ack",
        from: record("m", 1, { address: "" }),
        forwardTo: record("asker", 8),
        membership: [],
      },
      M,
    );
    expect(only(effects, "datagram")).toMatchObject([
      { to: { host: hostOf(8) }, message: { kind: "ack", from: { id: "m", address: M } } },
    ]);
    expect(datagrams(rig.wait(600))).not.toContain(`nack ${hostOf(8)}`);
  });

  test("without an Ack for half a second the asker hears that there was none", () => {
    const rig = knowing();
    request(rig);
    expect(datagrams(rig.wait(499))).not.toContain(`nack ${hostOf(8)}`);
    const nack = only(rig.wait(1), "datagram").find(({ message }) => message.kind === "nack");
    expect(nack).toMatchObject({ to: { host: hostOf(8) }, message: { sequence: 77 } });
  });

  test("an original asker hears nothing: it would not understand", () => {
    const rig = knowing();
    rig.datagram(
      { kind: "ping-req", from: original("asker", 8), target: record("m", 1), membership: [] },
      hostOf(8),
    );
    expect(datagrams(rig.wait(1000)).filter((text) => text.startsWith("nack"))).toEqual([]);
  });

  test("a target nobody knows, and ourselves, are refused", () => {
    const rig = knowing();
    expect(only(request(rig, record("stranger", 9)), "note")).toMatchObject([
      { note: { kind: "refused", what: "ping-req" } },
      {},
    ]);
    expect(only(request(rig, record("self", 0)), "datagram")).toEqual([]);
  });

  test("an asker whose record leaves no room in a datagram is refused", () => {
    const rig = knowing();
    const effects = rig.datagram(
      { kind: "ping-req", from: record("x".repeat(900), 8), target: record("m", 1), membership: [] },
      hostOf(8),
    );
    expect(only(effects, "datagram")).toEqual([]);
  });

  test("an Ack for what is no address goes nowhere", () => {
    const rig = knowing();
    for (const bad of [{ address: "host.example" }, { address: "" }, { swimPort: 0 }]) {
      const forwardTo = record("asker", 8, bad);
      const effects = rig.datagram({ kind: "ack", from: record("m", 1), forwardTo, membership: [] }, M);
      expect(only(effects, "datagram")).toEqual([]);
    }
  });

  test("an Ack does not go back to where it came from: so none goes round for ever", () => {
    const rig = knowing();
    const forwardTo = record("asker", 1);
    const effects = rig.datagram({ kind: "ack", from: record("m", 1), forwardTo, membership: [] }, M);
    expect(only(effects, "datagram")).toEqual([]);
    expect(only(effects, "note").map(({ note }) => note)).toContainEqual({
      kind: "refused",
      what: "ack",
      why: "it is to go on to where it came from",
    });
  });
});

describe("whose turn it is", () => {
  test("the next in the circle in every period of 1.5 s; everybody else in turn every sixth", () => {
    const rig = new Rig();
    const ids = Array.from({ length: 12 }, (_, n) => `m${n}`);
    for (const [n, id] of ids.entries()) rig.tell(record(id, n + 1));
    const probed = new Map<string, number>();
    for (let time = 0; time < 12 * 6 * 1500; time += 50) {
      for (const id of rig.core.probes.running.keys()) {
        probed.set(id, (probed.get(id) ?? 0) + 1);
        rig.datagram(
          { kind: "ack", from: record(id, 1 + ids.indexOf(id)), membership: [] },
          hostOf(1 + ids.indexOf(id)),
        );
      }
      rig.wait(50);
    }
    expect(probed.size).toBe(12);
    expect(probed.get(rig.core.neighbours.watched!)).toBeGreaterThanOrEqual(70);
    for (const id of ids) expect(probed.get(id)).toBeGreaterThanOrEqual(1);
  });
});
