// Reads a trace of original members (traces/*.jsonl): what each got and sent, as the events and effects of a machine.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Health, Member, Membership } from "../../../src/ring/index.ts";
import type { Address, GossipMessage, SwimMessage } from "../../../src/ring/protocol.ts";
import { election, service } from "./model.ts";

/** [member, incarnation, health] */
type MembershipForm = readonly [string, string, string];

interface Common {
  readonly t: number;
  readonly src: string;
  readonly dst: string;
}

export interface UdpLine extends Common {
  readonly via: "udp";
  readonly type: "Ping" | "Ack" | "PingReq" | "ProbePing";
  readonly from: string;
  readonly from_incarnation: string;
  readonly from_address?: string;
  readonly departed?: boolean;
  readonly forward_to?: string;
  readonly target?: string;
  readonly membership: readonly MembershipForm[];
}

export interface TcpLine extends Common {
  readonly via: "tcp";
  readonly type: string;
  readonly from_id: string;
  readonly member?: string;
  readonly incarnation?: string;
  readonly health?: string;
  readonly group?: string;
  readonly candidate?: string;
  readonly term?: string;
  readonly suitability?: string;
  readonly status?: string;
  readonly votes?: readonly string[];
  readonly filename?: string;
}

interface ActionLine {
  readonly t: number;
  readonly via: "action";
  readonly what: string;
}

export interface Trace {
  readonly members: Readonly<Record<string, { readonly id: string; readonly address: string }>>;
  readonly udp: readonly UdpLine[];
  readonly tcp: readonly TcpLine[];
  readonly actions: readonly ActionLine[];
}

export function readTrace(name: string): Trace {
  const text = readFileSync(join(import.meta.dir, "traces", `${name}.jsonl`), "utf8");
  const [header, ...lines] = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const via = (kind: string) => lines.filter((line) => line.via === kind);
  return { members: header.members, udp: via("udp"), tcp: via("tcp"), actions: via("action") };
}

export function addressIn(trace: Trace, letter: string): Address {
  const [host, port] = trace.members[letter]!.address.split(":");
  return { host: host!, port: Number(port) };
}

export function letterOf(trace: Trace, id: string): string {
  return Object.keys(trace.members).find((letter) => trace.members[letter]!.id === id) ?? id;
}

/** The member as known from its address; which of them are permanent peers the caller knows. */
function memberIn(trace: Trace, letter: string, incarnation: string, permanent: string): Member {
  const { host, port } = addressIn(trace, letter);
  return {
    id: trace.members[letter]!.id,
    incarnation: BigInt(incarnation),
    address: host,
    swimPort: port,
    gossipPort: port,
    persistent: permanent.includes(letter),
    departed: false,
    probePing: false,
  };
}

/** The datagram a line stands for. */
export function datagramOf(trace: Trace, line: UdpLine, permanent: string): SwimMessage {
  const known = (letter: string, incarnation = "0") => memberIn(trace, letter, incarnation, permanent);
  const from = {
    ...known(line.from, line.from_incarnation),
    address: line.from_address ?? "",
    departed: line.departed ?? false,
    probePing: line.type === "ProbePing",
  };
  const membership = line.membership.map(
    ([letter, incarnation, health]): Membership => ({
      member: known(letter, incarnation),
      health: health.toLowerCase() as Health,
    }),
  );
  const forwarded = line.forward_to === undefined ? {} : { forwardTo: known(line.forward_to) };
  switch (line.type) {
    case "Ping":
      return { kind: "ping", from, ...forwarded, membership };
    case "Ack":
      return { kind: "ack", from, ...forwarded, membership };
    case "PingReq":
      return { kind: "ping-req", from, target: known(line.target!), membership };
    case "ProbePing":
      return { kind: "probe-ping", from, membership };
  }
}

/** The rumor a line stands for; of what the trace leaves out nothing depends. */
export function rumorOf(trace: Trace, line: TcpLine, permanent: string): GossipMessage {
  const id = (letter: string) => trace.members[letter]?.id ?? letter;
  const fromId = id(line.from_id);
  const config = {
    serviceGroup: line.group ?? "",
    incarnation: BigInt(line.incarnation ?? "0"),
    encrypted: false,
    fromId,
  };
  switch (line.type) {
    case "Member": {
      const member = memberIn(trace, line.member!, line.incarnation!, permanent);
      return { kind: "member", fromId, value: { member, health: line.health!.toLowerCase() as Health } };
    }
    case "Service":
      return { kind: "service", fromId, value: service(id(line.member!), line.group!, config.incarnation) };
    case "ServiceConfig":
      return { kind: "service-config", fromId, value: { ...config, config: new Uint8Array() } };
    case "ServiceFile": {
      const value = { ...config, filename: line.filename!, body: new Uint8Array() };
      return { kind: "service-file", fromId, value };
    }
    case "Departure":
      return { kind: "departure", fromId, value: { memberId: id(line.member!) } };
    default: {
      const form = {
        candidate: fromId,
        term: line.term!,
        suitability: line.suitability!,
        status: line.status!,
        votes: line.votes!.map(id),
      };
      const kind = line.type === "Election" ? "election" : "election-update";
      return { kind, fromId, value: election(form, line.group!) };
    }
  }
}

const title = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** A datagram in one line. The order of the memberships is free. */
export function showDatagram(trace: Trace, message: SwimMessage): string {
  if (!("membership" in message)) return message.kind;
  const letter = (member: Member) => letterOf(trace, member.id);
  const memberships = message.membership.map(
    ({ member, health }) => `${letter(member)}${member.incarnation}${title(health)}`,
  );
  return [
    message.kind,
    `${letter(message.from)}${message.from.incarnation}${message.from.departed ? " departed" : ""}`,
    "forwardTo" in message && message.forwardTo ? `for ${letter(message.forwardTo)}` : "",
    "target" in message ? `of ${letter(message.target)}` : "",
    message.from.address,
    ...memberships.sort(),
  ]
    .filter(Boolean)
    .join(" ");
}

/** A rumor in one line. */
export function showRumor(trace: Trace, message: GossipMessage): string {
  const letter = (id: string) => letterOf(trace, id);
  switch (message.kind) {
    case "member": {
      const { member, health } = message.value;
      return `member ${letter(member.id)}${member.incarnation}${title(health)}`;
    }
    case "service":
      return `service ${letter(message.value.memberId)} ${message.value.serviceGroup} ${message.value.incarnation}`;
    case "service-config":
      return `config ${message.value.serviceGroup} ${message.value.incarnation}`;
    case "service-file":
      return `file ${message.value.serviceGroup} ${message.value.filename} ${message.value.incarnation}`;
    case "departure":
      return `departure ${letter(message.value.memberId)}`;
    case "election":
    case "election-update": {
      const { serviceGroup, candidate, term, status, votes } = message.value;
      return `${message.kind} ${serviceGroup} ${letter(candidate)} ${term} ${status} ${votes.map(letter).join("")}`;
    }
    default:
      return message.kind;
  }
}
