import { describe, expect, test } from "bun:test";
import {
  emptyRingState,
  type Health,
  insertMembership,
  insertService,
  type RingHealth,
} from "../../ring/index.ts";
import { healthReport, NO_INSIGHT, RingNotes, troublesOf } from "./health-report.ts";
import { membersReport, statusReport } from "./report.ts";

const ADDRESS = { host: "10.0.0.1", port: 9638 };

function ring(members: Readonly<Record<string, Health>>, groups: Readonly<Record<string, string[]>> = {}) {
  const state = emptyRingState("me", 3n);
  for (const [id, health] of Object.entries(members)) {
    const member = {
      id,
      incarnation: 1n,
      address: `10.0.0.${id.length}`,
      swimPort: 9638,
      gossipPort: 9638,
      persistent: false,
      departed: false,
      probePing: false,
      ...(id === "ours" ? { abilities: 1 } : {}),
    };
    insertMembership(state, { member, health }, 5_000);
  }
  for (const [serviceGroup, ids] of Object.entries(groups)) {
    for (const memberId of ids) {
      const value = {
        memberId,
        serviceGroup,
        incarnation: 1n,
        initialized: false,
        pkg: "acme/web/1/2",
        cfg: new Uint8Array(),
        sys: {} as never,
        pkgIncarnation: 0n,
        stopped: memberId === "stopped",
      };
      insertService(state, value, 0);
    }
  }
  return { state, address: ADDRESS, permanent: true, startedAtMs: 1_000 };
}

const elect = (own: ReturnType<typeof ring>, candidate: string, status: "running" | "finished") =>
  own.state.elections.set("db.default", {
    serviceGroup: "db.default",
    candidate,
    term: 2n,
    suitability: 0n,
    status,
    votes: [],
  });

describe("members", () => {
  test("the one that is asked comes first and is alive, the others as they are known", () => {
    const own = ring({ ours: "alive", original: "suspect", me: "suspect" });
    expect(membersReport(own, 8_500)).toEqual([
      {
        id: "me",
        self: true,
        health: "alive",
        incarnation: 3,
        address: "10.0.0.1:9638",
        since_seconds: 7,
        permanent: true,
        implementation: "hab",
      },
      {
        id: "original",
        self: false,
        health: "suspect",
        incarnation: 1,
        address: "10.0.0.8:9638",
        since_seconds: 3,
        permanent: false,
        implementation: "habitat",
      },
      {
        id: "ours",
        self: false,
        health: "alive",
        incarnation: 1,
        address: "10.0.0.4:9638",
        since_seconds: 3,
        permanent: false,
        implementation: "hab",
      },
    ]);
  });
});

describe("status", () => {
  const problems = (own: ReturnType<typeof ring>) => statusReport(own, undefined, []).problems;

  test("all is well with members alive, departed and a leader elected", () => {
    const own = ring({ me: "alive", a: "alive", b: "departed" }, { "db.default": ["me", "a", "stopped"] });
    elect(own, "a", "finished");
    const status = statusReport(own, "production-1", []);
    expect(status.problems).toEqual([]);
    expect(status.members).toEqual({ alive: 2, suspect: 0, confirmed: 0, departed: 1 });
    expect(status.groups).toEqual([
      {
        service_group: "db.default",
        members: 2,
        alive: 2,
        election: "finished",
        term: 2,
        leader: "a",
        quorum: true,
        update: null,
      },
    ]);
  });

  test("members that do not answer and those that are down are named", () => {
    expect(problems(ring({ a: "suspect", bb: "confirmed" }))).toEqual([
      "a at 10.0.0.1:9638 does not answer",
      "bb at 10.0.0.2:9638 is down; if it will not come back: hab sup depart bb",
    ]);
  });

  test("a group that elects without a leader, without a live leader, without quorum", () => {
    const open = ring({ me: "alive", a: "alive" }, { "db.default": ["me", "a"] });
    elect(open, "a", "running");
    expect(problems(open)).toEqual(["db.default has no leader: its election is under way"]);
    const lost = ring({ me: "alive", a: "alive", b: "suspect" }, { "db.default": ["me", "a", "b"] });
    elect(lost, "b", "finished");
    expect(problems(lost)).toContain("the leader of db.default, b, is not alive");
    const minority = ring({ me: "alive", a: "suspect" }, { "db.default": ["me", "a"] });
    elect(minority, "me", "finished");
    expect(problems(minority)).toContain("db.default cannot elect a leader: 1 of 2 members are alive");
  });
});

describe("health", () => {
  const drops = {
    "too-long": 0,
    "not-an-envelope": 0,
    "wrong-key": 2,
    undecodable: 0,
    overload: 0,
    "not-sendable": 0,
  };
  const traffic = { in: { count: 1, bytes: 2 }, out: { count: 3, bytes: 4 }, dropped: drops };
  const health: RingHealth = {
    lag: { lastMs: 0.123, worstMs: 4.56 },
    waiting: { datagrams: 0, messages: 0, messageBytes: 0, outgoing: 0 },
    connections: {
      incoming: 1,
      outgoing: 2,
      linked: 2,
      closed: { protocol: 0, "handshake-timeout": 1, "too-many": 0, overload: 0 },
    },
    datagrams: traffic,
    messages: traffic,
    peers: [
      { host: "10.0.0.1", port: 9638 },
      { host: "10.0.0.9", port: 9638 },
    ],
    disk: { behind: false, failure: undefined },
    faults: 0,
    lastError: { line: "x", at: 1_000 },
  };
  const input = (members: Readonly<Record<string, Health>>, notes = new RingNotes()) => ({
    state: ring(members).state,
    health,
    insight: {
      ...NO_INSIGHT,
      awareness: 2,
      missingPeers: health.peers.filter(({ host }) => host === "10.0.0.9" || members["a"] === undefined),
    },
    notes,
    keyName: "production-1",
  });

  test("says what occurred, and which peers are reached", () => {
    const notes = new RingNotes();
    notes.take({ kind: "awareness", score: 2, why: "late" });
    notes.take({ kind: "refused", what: "service", why: "not its own" });
    notes.take({ kind: "refused", what: "service", why: "not its own" });
    expect(healthReport({ ...input({ a: "alive" }, notes), nowMs: 3_500 })).toMatchObject({
      lag_ms: { last: 0.1, worst: 4.6 },
      awareness: { score: 2, why: "late" },
      connections: { incoming: 1, outgoing: 2, closed: { "handshake-timeout": 1 } },
      datagrams: { dropped: { "wrong-key": 2 } },
      refused: { "service: not its own": 2 },
      peers: [
        { address: "10.0.0.1:9638", reached: true },
        { address: "10.0.0.9:9638", reached: false },
      ],
      last_error: { line: "x", seconds_ago: 2 },
    });
  });

  test("one peer that is not reached is no trouble, none reached is; another key is named", () => {
    expect(troublesOf(input({ a: "alive" }))).toEqual([]);
    expect(troublesOf(input({}))).toEqual([
      "no peer is reached: 10.0.0.1:9638, 10.0.0.9:9638",
      "others speak with another ring key, or without one; this one has the ring key production-1",
    ]);
  });

  test("a state that is not saved is trouble", () => {
    const failing = { ...health, disk: { behind: true, failure: "No space left on device" } };
    expect(troublesOf({ ...input({ a: "alive" }), health: failing })).toEqual([
      "the state of the ring cannot be saved: No space left on device",
    ]);
  });

  test("reasons others make up do not fill the memory", () => {
    const notes = new RingNotes();
    for (let index = 0; index < 1000; index++) notes.take({ kind: "refused", what: `${index}`, why: "" });
    expect(notes.refused.size).toBe(51);
    expect(notes.refused.get("others")).toBe(950);
  });
});
