// What is made of what others say, and of hearing from them (hear.ts).
import { describe, expect, test } from "bun:test";
import { HEALTHS } from "../member.ts";
import { shortId } from "../short-id.ts";
import { ID_LIMIT_BYTES, MEMBER_LIMIT } from "./limits.ts";
import { hostOf, original, record } from "./testing/records.ts";
import { datagrams, only, pushedTo, Rig } from "./testing/rig.ts";

const MAXIMUM = 2n ** 64n - 1n;
const M = hostOf(1);

function knowing(health: (typeof HEALTHS)[number] = "alive", incarnation = 5n): Rig {
  const rig = new Rig();
  rig.tell(record("m", 1, { incarnation }), health);
  return rig;
}

const ping = (rig: Rig, rest: Parameters<typeof record>[2] = {}, host = M) =>
  rig.datagram({ kind: "ping", from: record("m", 1, { address: "", ...rest }), membership: [] }, host);

describe("a member that speaks", () => {
  test("and is not known is taken in, with the address it was seen at", () => {
    const rig = new Rig();
    ping(rig);
    expect(rig.state.members.get("m")).toMatchObject({ member: { address: M }, health: "alive" });
  });

  test("keeps an address it advertises; a name is none", () => {
    const rig = new Rig();
    ping(rig, { address: "192.168.1.1" });
    expect(rig.state.members.get("m")!.member.address).toBe("192.168.1.1");
    ping(rig, { address: "host.example", incarnation: 9n });
    expect(rig.state.members.get("m")!.member.address).toBe(M);
  });

  test("is answered before anything else is done", () => {
    const [first] = ping(new Rig());
    expect(first).toMatchObject({ kind: "datagram", message: { kind: "ack" } });
  });

  test.each(["suspect", "confirmed", "departed"] as const)(
    "and is held for %s at that incarnation hears so, and stays so until it has refuted",
    (health) => {
      const rig = knowing(health);
      rig.wait(250);
      const told = only(ping(rig, { incarnation: 5n }), "datagram").filter(
        ({ message }) => message.kind === "ping",
      );
      expect(told).toHaveLength(1);
      expect(told[0]!.message).toMatchObject({ membership: [{ member: { id: "m" }, health }] });
      expect(rig.health("m")).toBe(health);
      expect(datagrams(ping(rig, { incarnation: 5n })).filter((text) => text.startsWith("ping"))).toEqual([]);
      ping(rig, { incarnation: 6n });
      expect(rig.health("m")).toBe("alive");
    },
  );

  test("with the largest incarnation cannot refute: its word is enough", () => {
    const rig = knowing("suspect", MAXIMUM);
    const { members } = rig.state.counters;
    rig.wait(250);
    ping(rig, { incarnation: MAXIMUM });
    expect(rig.health("m")).toBe("alive");
    expect(rig.state.counters.members).toBe(members + 1);
    expect(rig.core.suspicions.size).toBe(0);
  });

  test("from elsewhere, at the same incarnation, is reached there from now on", () => {
    const rig = knowing();
    ping(rig, { incarnation: 5n }, "10.9.9.9");
    expect(rig.state.members.get("m")!.member.address).toBe("10.9.9.9");
  });

  test("with a lower incarnation changes nothing", () => {
    const rig = knowing();
    ping(rig, { incarnation: 4n }, "10.9.9.9");
    expect(rig.state.members.get("m")!.member).toMatchObject({ address: M, incarnation: 5n });
  });

  test("and says that it leaves, has departed", () => {
    const rig = knowing();
    ping(rig, { incarnation: 6n, departed: true });
    expect(rig.health("m")).toBe("departed");
  });

  test("by a port that is none is answered, but not taken in", () => {
    const rig = new Rig();
    for (const rest of [{ swimPort: 0 }, { gossipPort: 0 }]) {
      expect(datagrams(ping(rig, rest))).toEqual([`ack ${M}`]);
      expect(rig.state.members.has("m")).toBe(false);
    }
  });

  test("in short is known by 48 bits; who is not, is asked", () => {
    const rig = knowing();
    const short = {
      kind: "short-ping" as const,
      to: shortId("self"),
      incarnation: 7n,
      sequence: 3,
      digest: 0,
    };
    expect(datagrams(rig.datagram({ ...short, from: shortId("m") }, M))[0]).toBe(`short-ack ${M}`);
    expect(rig.state.members.get("m")!.member.incarnation).toBe(7n);
    expect(datagrams(rig.datagram({ ...short, from: shortId("n") }, hostOf(2)))).toEqual([
      `ping ${hostOf(2)}`,
    ]);
    expect(rig.datagram({ ...short, from: shortId("m"), to: 1 }, M)).toEqual([]);
  });
});

describe("somebody's word on a member", () => {
  test("is taken by incarnation, then by the worse health", () => {
    for (const [stored, before] of HEALTHS.entries())
      for (const [heard, health] of HEALTHS.entries())
        for (const incarnation of [4n, 5n, 6n]) {
          // That of a living one that is said to be dead is another matter (probe.test.ts).
          if (before === "alive" && health === "confirmed") continue;
          const rig = knowing(before);
          rig.tell(record("m", 1, { incarnation }), health);
          const wins = incarnation === 6n || (incarnation === 5n && heard > stored);
          expect(rig.health("m")).toBe(wins ? health : before);
        }
  });

  test("a copy that says less of what it can do does not take that away", () => {
    const rig = knowing();
    rig.tell(original("m", 1, { incarnation: 6n }));
    expect(rig.state.members.get("m")!.member.abilities).toBe(1);
  });

  test("a copy that says more is learnt from, and not told on for ever", () => {
    const rig = new Rig();
    rig.tell(original("m", 1, { incarnation: 5n }));
    const { digest } = rig.state.members;
    rig.tell(record("m", 1, { incarnation: 5n }));
    expect(rig.state.members.get("m")!.member.abilities).toBe(1);
    expect(rig.state.members.digest).toBe(digest);
  });

  test("a place nobody can be reached at is not taken, with what else is said", () => {
    const rig = knowing();
    rig.tell(record("m", 1, { incarnation: 6n, address: "host.example" }));
    expect(rig.state.members.get("m")!.member).toMatchObject({ incarnation: 6n, address: M });
    for (const rest of [{ address: "" }, { address: "999.1.1.1" }, { swimPort: 0 }])
      rig.tell(record("n", 2, rest));
    expect(rig.state.members.has("n")).toBe(false);
  });

  test("alive, with a record that says it departed: it is alive", () => {
    const rig = knowing();
    rig.tell(record("m", 1, { incarnation: 6n, departed: true }), "alive");
    expect(rig.health("m")).toBe("alive");
  });

  test("an accuser nobody knows does not count", () => {
    const rig = knowing();
    rig.tell(record("n", 2));
    for (const accuser of ["made-up", "n"])
      rig.tell(record("m", 1, { incarnation: 5n }), "suspect", { accuser });
    expect([...rig.core.suspicions.get("m")!.accusers]).toEqual(["n"]);
  });

  test("ids that are too long, and members beyond the limit, are refused; known ones are still heard of", () => {
    const rig = knowing();
    rig.tell(record("x".repeat(ID_LIMIT_BYTES + 1), 2));
    expect(rig.state.members.size).toBe(1);
    for (let n = 0; n < MEMBER_LIMIT - 1; n++)
      rig.state.members.set(`n${n}`, { member: record(`n${n}`, n), health: "departed", since: 0 });
    expect(only(rig.tell(record("one too many", 3)), "note")).toMatchObject([{ note: { kind: "refused" } }]);
    rig.tell(record("m", 1, { incarnation: 6n }), "suspect");
    expect(rig.health("m")).toBe("suspect");
  });
});

describe("word of ourselves", () => {
  test("is how the own record gets into the own table", () => {
    const rig = new Rig();
    expect(rig.state.members.has("self")).toBe(false);
    rig.tell(record("self", 0));
    expect(rig.state.members.get("self")).toMatchObject({ health: "alive", member: { address: hostOf(0) } });
  });

  test.each(["suspect", "confirmed", "departed"] as const)("%s is refuted, and told at once", (health) => {
    const rig = knowing();
    const effects = rig.tell(record("self", 0, { incarnation: 7n }), health);
    expect(only(effects, "incarnation")).toEqual([{ kind: "incarnation", incarnation: 8n }]);
    expect(effects.findIndex(({ kind }) => kind === "incarnation")).toBeLessThan(
      effects.findIndex(({ kind }) => kind === "push"),
    );
    expect(pushedTo(effects, "m")).toMatchObject([
      { kind: "member", value: { member: { id: "self", incarnation: 8n }, health: "alive" } },
    ]);
  });

  test("of an older incarnation is no news", () => {
    const rig = new Rig({ incarnation: 9n });
    rig.tell(record("self", 0, { incarnation: 8n }), "confirmed");
    expect(rig.state.incarnation).toBe(9n);
  });

  test("alive and newer: our number was lost", () => {
    const rig = knowing();
    rig.tell(record("self", 0, { incarnation: 7n }));
    expect(rig.state.incarnation).toBe(7n);
  });

  test("the largest incarnation is not left", () => {
    const rig = new Rig();
    rig.tell(record("self", 0, { incarnation: MAXIMUM }), "suspect");
    expect(rig.state.incarnation).toBe(MAXIMUM);
    rig.event({ kind: "leave" });
    expect(rig.state.incarnation).toBe(MAXIMUM);
  });
});

describe("a member told to depart", () => {
  test("hears of it where it speaks from, though it moved since", () => {
    const rig = new Rig();
    rig.tell(record("x", 1));
    rig.message({ kind: "departure", fromId: "butterflyclient", value: { memberId: "x" } });
    rig.wait(1000);
    const ping = { kind: "ping", from: record("x", 1, { address: "" }), membership: [] } as const;
    const [push] = only(rig.datagram(ping, "10.9.9.9"), "push");
    expect(push).toMatchObject({ to: "x", address: { host: "10.9.9.9" }, messages: [{ kind: "departure" }] });
  });

  const depart = (rig: Rig, memberId = "m") =>
    rig.message({ kind: "departure", fromId: "butterflyclient", value: { memberId } });

  test("stays departed, whatever it says", () => {
    const rig = knowing();
    depart(rig);
    ping(rig, { incarnation: 6n });
    rig.tell(record("m", 1, { incarnation: 9n }));
    expect(rig.health("m")).toBe("departed");
  });

  test("hears of it from everybody it speaks to, now and then", () => {
    const rig = knowing();
    expect(pushedTo(depart(rig), "m")).toMatchObject([{ kind: "departure" }]);
    expect(pushedTo(ping(rig), "m")).toEqual([]);
    rig.wait(200);
    expect(pushedTo(ping(rig), "m")).toMatchObject([{ kind: "departure" }]);
  });

  test("to hear of it again is no news", () => {
    const rig = knowing();
    rig.tell(record("n", 2));
    depart(rig);
    expect(depart(rig)).toEqual([]);
  });

  test("ourselves: the Supervisor is told to end, and nothing is refuted until it has left", () => {
    const rig = knowing();
    rig.tell(record("self", 0));
    expect(only(depart(rig, "self"), "departed")).toHaveLength(1);
    rig.tell(record("self", 0, { incarnation: 3n }), "departed");
    expect(rig.state.incarnation).toBe(1n);
    rig.event({ kind: "leave" });
    expect(rig.state.members.get("self")).toMatchObject({ health: "departed", member: { incarnation: 2n } });
  });

  test("is told so at each start", () => {
    const rig = new Rig({
      before: (state) => {
        state.departed = true;
        state.departures.set("self", { memberId: "self" });
        state.members.set("self", { member: record("self", 0), health: "departed", since: 0 });
      },
    });
    expect(only(rig.done, "departed")).toHaveLength(1);
    expect(rig.health("self")).toBe("departed");
  });
});

describe("an orderly end", () => {
  test("raises the incarnation first, then tells neighbours and others", () => {
    const rig = new Rig();
    for (let n = 1; n < 30; n++) rig.tell(record(`m${n}`, n));
    rig.wait(300);
    const effects = rig.event({ kind: "leave" });
    expect(effects[0]).toEqual({ kind: "incarnation", incarnation: 2n });
    const acks = only(effects, "datagram");
    expect(acks.length).toBeGreaterThanOrEqual(10);
    for (const { message } of acks) expect(message).toMatchObject({ kind: "ack", from: { departed: true } });
    expect(pushedTo(effects, [...rig.core.neighbours.links][0]!)).toMatchObject([
      { kind: "member", value: { health: "departed" } },
    ]);
  });

  test("is not taken back: what is said later is not refuted, and who asks hears it again", () => {
    const rig = knowing();
    rig.event({ kind: "leave" });
    rig.event({ kind: "leave" });
    rig.tell(record("self", 0, { incarnation: 5n }), "suspect");
    rig.datagram({ kind: "probe-ping", from: record("m", 1), membership: [] }, M);
    expect(rig.state.incarnation).toBe(2n);
    const [ack] = only(ping(rig), "datagram");
    expect(ack!.message).toMatchObject({ kind: "ack", from: { departed: true, incarnation: 2n } });
  });
});

describe("a ProbePing", () => {
  const probePing = (rig: Rig) =>
    rig.datagram({ kind: "probe-ping", from: original("m", 1), membership: [] }, M);

  test("is answered with a higher incarnation, at most once a second: each costs a write", () => {
    const rig = new Rig();
    expect(only(probePing(rig), "incarnation")).toHaveLength(1);
    expect(only(probePing(rig), "incarnation")).toHaveLength(0);
    rig.now += 1000;
    const effects = probePing(rig);
    expect(effects[0]).toEqual({ kind: "incarnation", incarnation: 3n });
    expect(effects[1]).toMatchObject({ message: { kind: "ack", from: { incarnation: 3n } } });
  });
});
