// Elections in rings of original members (reference/butterfly.md §13.6, §19.11), and what ends their threads (§5.3).
import { describe, expect, test } from "bun:test";
import type { Election } from "../../rumor.ts";
import { emptyRingState, type RingState } from "../../state.ts";
import { loadStateFile, readStateFile, writeStateFile } from "../../state-file.ts";
import { OriginalRing, serviceOf } from "./ring.ts";

const GROUP = "cache.default";
const five = ["m1", "m2", "m3", "m4", "m5"];

/** Members that know each other and themselves, each with the service. */
function served(names: readonly string[], seed: number, persistent: readonly string[] = []): OriginalRing {
  const ring = new OriginalRing(seed);
  for (const name of names) {
    ring.add(name, { peers: name === names[0] ? [] : [names[0]!], persistent: persistent.includes(name) });
    ring.tell(name, {
      kind: "announce",
      rumor: { kind: "service", fromId: name, value: serviceOf(name, GROUP) },
    });
  }
  ring.runUntil(
    () => names.every((a) => names.every((b) => ring.health(a, b) === "alive" && serves(ring, a, b))),
    60_000,
  );
  return ring;
}

const serves = (ring: OriginalRing, at: string, member: string) =>
  ring.state(at).services.get(GROUP)?.has(member) === true;

function elect(ring: OriginalRing, name: string, suitability = 0n): void {
  ring.tell(name, { kind: "elect", election: "election", serviceGroup: GROUP, suitability });
}

const election = (ring: OriginalRing, at: string): Election | undefined =>
  ring.state(at).elections.get(GROUP);

/** Whom all of them hold for the leader of this term. */
function leader(ring: OriginalRing, names: readonly string[], term: bigint): string | undefined {
  const elections = names.map((name) => election(ring, name));
  const [first] = elections;
  const agreed = elections.every(
    (held) => held?.status === "finished" && held.term === term && held.candidate === first?.candidate,
  );
  return agreed ? first?.candidate : undefined;
}

/** What a member finds on disk when it starts again. */
function remembered(state: RingState, now: number): RingState {
  const again = emptyRingState(state.self, state.incarnation);
  loadStateFile(again, readStateFile(writeStateFile(state)), { now, suitability: () => 0n });
  return again;
}

describe("elections (§13.6)", () => {
  test("three converge from one starting rumor", () => {
    const ring = served(["m1", "m2", "m3"], 1);
    elect(ring, "m1");
    ring.runUntil(() => leader(ring, ["m1", "m2", "m3"], 0n) !== undefined, 30_000);
    expect([...election(ring, "m1")!.votes].sort()).toEqual(["m1", "m2", "m3"]);
  });

  test("the suitable one leads; when it is frozen and confirmed, another does in term 1", () => {
    const ring = served(five, 2);
    for (const name of five) elect(ring, name, name === "m2" ? 9n : 0n);
    ring.runUntil(() => leader(ring, five, 0n) === "m2", 60_000);
    ring.freeze("m2");
    const rest = five.filter((name) => name !== "m2");
    const took = ring.runUntil(() => leader(ring, rest, 1n) !== undefined, 90_000);
    expect(took).toBeGreaterThan(9300);
    expect(rest).toContain(leader(ring, rest, 1n)!);
  });

  test("split two and three with the leader among the two: they have no quorum, and follow the three's when healed", () => {
    const ring = served(five, 3, ["m1", "m4"]);
    for (const name of five) elect(ring, name, name === "m4" ? 9n : 0n);
    ring.runUntil(() => leader(ring, five, 0n) === "m4", 60_000);
    const [minority, majority] = [
      ["m4", "m5"],
      ["m1", "m2", "m3"],
    ];
    ring.partition(minority!, majority!);
    ring.runUntil(() => leader(ring, majority!, 1n) !== undefined, 120_000);
    ring.runUntil(() => minority!.every((name) => election(ring, name)?.status === "no-quorum"), 120_000);
    const chosen = leader(ring, majority!, 1n)!;
    ring.unblock();
    ring.runUntil(
      () => five.every((name) => leader(ring, [name, "m1"], election(ring, "m1")!.term)),
      120_000,
    );
    expect(election(ring, "m5")!.candidate).toBe(chosen);
  });

  test("a follower that missed an election keeps the leader of old for ever (§19.11)", () => {
    const ring = served(five, 4);
    for (const name of five) elect(ring, name, name === "m1" ? 9n : 0n);
    ring.runUntil(() => leader(ring, five, 0n) === "m1", 60_000);
    ring.runFor(10_000);
    const rest = ["m3", "m4", "m5"];
    ring.kill("m2");
    ring.runUntil(() => ring.believe(["m1", ...rest], ["m2"], "confirmed"), 60_000);
    ring.kill("m1");
    ring.runUntil(() => leader(ring, rest, 1n) !== undefined, 90_000);
    const chosen = leader(ring, rest, 1n);
    ring.add("m1", { state: remembered(ring.state("m1"), ring.now) });
    ring.runUntil(() => leader(ring, ["m1", ...rest], 1n) !== undefined, 60_000);
    ring.add("m2", { state: remembered(ring.state("m2"), ring.now) });
    ring.runUntil(() => ring.believe(five, five, "alive"), 60_000);
    ring.runFor(120_000);
    expect(election(ring, "m2")).toMatchObject({ candidate: "m1", term: 0n, status: "finished" });
    expect(leader(ring, ["m1", ...rest], 1n)).toBe(chosen!);
  });

  test("a rolling update has a leader of its own", () => {
    const ring = served(["m1", "m2", "m3"], 5);
    for (const name of ["m1", "m2", "m3"])
      ring.tell(name, { kind: "elect", election: "election-update", serviceGroup: GROUP, suitability: 0n });
    ring.runUntil(
      () =>
        ["m1", "m2", "m3"].every(
          (name) => ring.state(name).electionUpdates.get(GROUP)?.status === "finished",
        ),
      30_000,
    );
  });

  test("asked for by hand, an election is held anew", () => {
    const ring = served(["m1", "m2", "m3"], 6);
    for (const name of ["m1", "m2", "m3"]) elect(ring, name);
    ring.runUntil(() => leader(ring, ["m1", "m2", "m3"], 0n) !== undefined, 30_000);
    ring.tell("m2", { kind: "re-elect", serviceGroup: GROUP });
    ring.runUntil(() => election(ring, "m2")!.term === 1n, 1100);
  });
});

describe("what ends a thread (§5.3)", () => {
  const crashes = (ring: OriginalRing) =>
    ring.notes.flatMap(({ by, note }) =>
      note.kind === "refused" && note.what === "crash" ? [[by, note.why]] : [],
    );

  test("a member without IPv4 address ends the outbound thread of who probes it; the rest lives", () => {
    const ring = served(["m1", "m2"], 7);
    const member = { ...ring.state("m1").members.get("m2")!.member, id: "six", address: "::1" };
    ring.tell("m1", {
      kind: "message",
      from: "10.0.0.9",
      message: { kind: "member", fromId: "six", value: { member, health: "alive" } },
    });
    ring.runFor(20_000);
    expect(
      crashes(ring)
        .map(([by]) => by)
        .sort(),
    ).toEqual(["m1", "m2"]);
    expect(crashes(ring)[0]![1]).toStartWith("outbound: Cannot parse");
    ring.runFor(60_000);
    // Nobody probes any more, so nobody is suspected; pushes go on.
    ring.kill("m2");
    ring.runFor(30_000);
    expect(ring.health("m1", "m2")).toBe("alive");
  });

  test("a finished election of one that has no service in the group ends the Supervisor", () => {
    const ring = served(["m1", "m2"], 8);
    elect(ring, "m1");
    ring.add("m3", { peers: ["m1"] });
    ring.runUntil(() => ring.health("m1", "m3") === "alive", 10_000);
    const value: Election = {
      serviceGroup: GROUP,
      candidate: "m3",
      term: 0n,
      suitability: 0n,
      status: "finished",
      votes: ["m3"],
    };
    ring.tell("m1", {
      kind: "message",
      from: "10.0.0.9",
      message: { kind: "election", fromId: "m3", value },
    });
    ring.runFor(1100);
    expect(crashes(ring)[0]).toEqual(["m1", `main: No leader with finished election of ${GROUP}`]);
  });

  test("what only members of ours say is refused, and nothing else comes of it", () => {
    const ring = served(["m1", "m2"], 9);
    const from = ring.addressOf("m2");
    const before = ring.traffic.datagrams;
    ring.tell("m1", {
      kind: "datagram",
      from,
      message: { kind: "short-ping", from: 1, to: 2, incarnation: 0n, sequence: 1, digest: 0 },
    });
    ring.tell("m1", { kind: "datagram", from, message: { kind: "nack", from: 1, sequence: 1 } });
    ring.tell("m1", { kind: "message", from: from.host, message: { kind: "want", fromId: "m2", keys: [] } });
    expect(ring.traffic.datagrams).toBe(before);
    const refused = ring.notes.flatMap(({ note }) =>
      note.kind === "refused" ? [`${note.what} ${note.why}`] : [],
    );
    expect(refused).toEqual([
      "datagram unknown type short-ping",
      "datagram unknown type nack",
      "message unknown type want",
    ]);
  });

  test("fields only members of ours know are lost on the way through", () => {
    const ring = served(["m1", "m2", "m3"], 10);
    const known = ring.state("m1").members.get("m3")!.member;
    const member = { ...known, incarnation: 1n, abilities: 1 };
    ring.tell("m1", {
      kind: "message",
      from: "10.0.0.9",
      message: { kind: "member", fromId: "m2", value: { member, health: "suspect", accuser: "m2" } },
    });
    ring.tell("m1", {
      kind: "message",
      from: "10.0.0.9",
      message: { kind: "service", fromId: "m3", value: { ...serviceOf("m3", GROUP, 2n), stopped: true } },
    });
    expect(ring.state("m1").members.get("m3")!.member).toEqual({ ...known, incarnation: 1n });
    expect(ring.state("m1").services.get(GROUP)!.get("m3")).toEqual(serviceOf("m3", GROUP, 2n));
  });
});
