// The part of a Supervisor's HTTP gateway that tells about its ring, with a ring made up: every kind of rumor, a member of
// ours and an original one, and nothing amiss.
import { emptyRingState, insertMembership, insertRumor, type Rumor } from "../../src/ring/index.ts";
import { NO_INSIGHT, RingNotes } from "../../src/supervisor/ring/health-report.ts";
import { ringReports } from "../../src/supervisor/ring/reports.ts";

const SELF = "0123456789abcdef0123456789abcdef";
const OTHER = "fedcba9876543210fedcba9876543210";
const group = { serviceGroup: "app.default", fromId: SELF };

const service = (memberId: string, stopped: boolean): Rumor => ({
  kind: "service",
  fromId: memberId,
  value: {
    memberId,
    serviceGroup: "app.default",
    incarnation: 2n ** 60n,
    initialized: false,
    pkg: "acme/app/1.0/20260101000000",
    cfg: new Uint8Array(),
    sys: {
      ip: "10.0.0.1",
      hostname: "one",
      gossipIp: "0.0.0.0",
      gossipPort: 9638,
      httpGatewayIp: "0.0.0.0",
      httpGatewayPort: 9631,
      ctlGatewayIp: "0.0.0.0",
      ctlGatewayPort: 9632,
    },
    pkgIncarnation: 0n,
    stopped,
  },
});

const election = {
  ...group,
  candidate: SELF,
  term: 1n,
  suitability: 5n,
  status: "finished" as const,
  votes: [SELF, OTHER],
};
const text = new Uint8Array([97]);

const RUMORS: readonly Rumor[] = [
  service(SELF, false),
  service(OTHER, false),
  service("stopped", true),
  {
    kind: "service-config",
    fromId: SELF,
    value: { ...group, incarnation: 3n, encrypted: false, config: text },
  },
  {
    kind: "service-file",
    fromId: SELF,
    value: { ...group, incarnation: 4n, encrypted: true, filename: "f", body: text },
  },
  { kind: "election", fromId: SELF, value: election },
  { kind: "election-update", fromId: SELF, value: election },
  { kind: "departure", fromId: SELF, value: { memberId: "gone" } },
];

export function startRingGateway() {
  const state = emptyRingState(SELF, 7n);
  const member = (id: string, abilities: number) => ({
    id,
    incarnation: 1n,
    address: "10.0.0.2",
    swimPort: 9638,
    gossipPort: 9638,
    persistent: true,
    departed: false,
    probePing: false,
    abilities,
  });
  insertMembership(state, { member: member(SELF, 1), health: "alive" }, 0);
  insertMembership(state, { member: member(OTHER, 0), health: "alive" }, 0);
  for (const rumor of RUMORS) insertRumor(state, rumor, { now: 0, suitability: () => 0n });

  const traffic = { in: { count: 1, bytes: 20 }, out: { count: 2, bytes: 40 } };
  const dropped = {
    "too-long": 0,
    "not-an-envelope": 0,
    "wrong-key": 1,
    undecodable: 0,
    overload: 0,
    "not-sendable": 0,
  };
  const notes = new RingNotes();
  notes.take({ kind: "refused", what: "service", why: "not its own" });
  const { reports } = ringReports({
    node: {
      state,
      address: { host: "10.0.0.1", port: 9638 },
      health: () => ({
        lag: { lastMs: 0.25, worstMs: 12.5 },
        waiting: { datagrams: 0, messages: 0, messageBytes: 0, outgoing: 0 },
        connections: {
          incoming: 1,
          outgoing: 1,
          linked: 1,
          closed: { protocol: 1, "handshake-timeout": 0, "too-many": 0, overload: 0 },
        },
        datagrams: { ...traffic, dropped },
        messages: { ...traffic, dropped },
        peers: [{ host: "10.0.0.2", port: 9638 }],
        disk: { behind: true, failure: undefined },
        faults: 0,
        lastError: { line: "a line", at: 0 },
      }),
    },
    insight: () => ({ ...NO_INSIGHT, awareness: 1, neighbours: [OTHER] }),
    notes,
    advertised: undefined,
    keyName: "production-20260101000000",
    permanent: false,
    updateProblems: () => [],
  });
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const report = new URL(request.url).pathname.replace("/ring/", "") as keyof typeof reports;
      return new Response(await reports[report]());
    },
  });
}
