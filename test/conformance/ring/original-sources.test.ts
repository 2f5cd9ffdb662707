// Membership by source (§9.2, §9.3) through the whole model of an original member: datagrams and messages as they come in.
import { describe, expect, test } from "bun:test";
import { emptyRingState, insertMembership, type Member } from "../../../src/ring/index.ts";
import type { Address, RingEvent, SwimMessage } from "../../../src/ring/protocol.ts";
import { createOriginalMember } from "../../../src/ring/sim/original/index.ts";
import bySource from "./membership-by-source.json";
import { health, type MemberForm, member, memberForm } from "./model.ts";

interface Case {
  name: string;
  by: "Ping" | "Ack" | "ProbePing" | "PingReq" | "Member rumor" | "piggyback";
  stored: MemberForm | null;
  incoming: MemberForm & { departed?: boolean; source_ip?: string };
  result: MemberForm | null;
  probe_list: boolean;
  piggyback_applied?: boolean;
}

const other = member("other", { address: "127.0.0.7", swim_port: 7, gossip_port: 7 });
const told = member("told", { address: "127.0.0.6", swim_port: 6, gossip_port: 6 });

function eventOf(c: Case): RingEvent {
  const { incoming } = c;
  const about: Member = {
    ...member("m", incoming),
    address: incoming.address ?? "",
    departed: incoming.departed ?? false,
  };
  const source: Address = { host: incoming.source_ip ?? "127.0.0.7", port: incoming.swim_port ?? 7 };
  const datagram = (message: SwimMessage): RingEvent => ({ kind: "datagram", from: source, message });
  switch (c.by) {
    case "Ping":
      return datagram({ kind: "ping", from: about, membership: [] });
    case "Ack":
      return datagram({ kind: "ack", from: about, membership: [] });
    case "ProbePing":
      return datagram({ kind: "probe-ping", from: about, membership: [] });
    case "PingReq":
      return datagram({
        kind: "ping-req",
        from: about,
        target: other,
        membership: [{ member: told, health: "alive" }],
      });
    case "Member rumor": {
      const value = { member: about, health: health(incoming.health!) };
      return { kind: "message", from: source.host, message: { kind: "member", fromId: "other", value } };
    }
    case "piggyback":
      return datagram({
        kind: "ping",
        from: other,
        membership: [{ member: about, health: health(incoming.health!) }],
      });
  }
}

describe("membership by source, through the machine", () => {
  for (const c of bySource as unknown as Case[])
    test(c.name, () => {
      const state = emptyRingState("self");
      const machine = createOriginalMember({
        state,
        self: { address: "", swimPort: 1, gossipPort: 1, persistent: false },
        random: () => 0.5,
      });
      insertMembership(state, { member: other, health: "alive" }, 0);
      if (c.by === "Ack") {
        // The sender of an Ack counts only while a probe waits, here that of the other member.
        machine.step({ kind: "start", peers: [] }, 0);
      }
      if (c.stored !== null)
        insertMembership(state, { member: member("m", c.stored), health: health(c.stored.health!) }, 1);
      const before = state.members.get("m");
      const effects = machine.step(eventOf(c), 2);
      if (c.by === "Ack") {
        expect(state.members.get("m")).toEqual(before!);
        machine.step({ kind: "timer", lateMs: 0 }, machine.wakeAt());
      }
      expect(state.toProbe.has("m")).toBe(c.probe_list);
      expect(memberForm(state, "m", Object.keys(c.result ?? {}))).toEqual(c.result as never);
      if (c.by !== "PingReq") return;
      expect(state.members.has("told")).toBe(c.piggyback_applied!);
      const [ping] = effects;
      expect(ping).toMatchObject({ kind: "datagram", to: { host: "127.0.0.7", port: 7 } });
    });
});
