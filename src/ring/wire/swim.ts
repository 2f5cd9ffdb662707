// Datagrams between their bytes and their values (reference/butterfly.md §3, §5). Written out by hand, not by table: every
// member handles hundreds a second. Kinds 1 to 4 take the original's very bytes; what is ours has other numbers, fields
// from 1000 and kinds from 100 on: an original member skips the former and drops the latter.
import type { Member, Membership } from "../member.ts";
import type { SwimMessage } from "../protocol.ts";
import { BLOCK, FieldReader, tagOf, VARINT } from "./field-reader.ts";
import { blockSize, FieldWriter, uint64Size, varintSize } from "./field-writer.ts";
import { HASH48_BYTES } from "./hash-bytes.ts";
import { malformed, required } from "./malformed.ts";
import {
  type EncodingOptions,
  type MemberDraft,
  type Mutable,
  memberSize,
  membershipSize,
  OWN_TAG_BYTES,
  otherWireType,
  readMember,
  readMembership,
  TAG_BYTES,
  toMember,
  writeMember,
  writeMembership,
} from "./swim-member.ts";

/** Kinds by their number on the wire, and the field their body is in. */
const PING = { type: 1, body: 2 };
const ACK = { type: 2, body: 3 };
const PING_REQ = { type: 3, body: 4 };
const PROBE_PING = { type: 4, body: 6 };
const SHORT_PING = 100;
const SHORT_ACK = 101;
const NACK = 102;

const TYPE = tagOf(1, VARINT);
const MEMBERSHIP = tagOf(5, BLOCK);
const SEQUENCE = tagOf(1000, VARINT);
const DIGEST = tagOf(1001, BLOCK);
/**
 * The body of the three short kinds, without tags inside: from, of a ping to, then of ping and ack the digest, six bytes
 * each, and their incarnation; last the sequence. What follows is skipped, so that more can be added.
 */
const SHORT = tagOf(1002, BLOCK);

const FROM = tagOf(1, BLOCK);
/** `forward_to` of a Ping or Ack, `target` of a PingReq. */
const OTHER = tagOf(2, BLOCK);

const writer = new FieldWriter();

/** The bytes of a datagram before its envelope. */
export function encodeSwim(message: SwimMessage, { extensions = true }: EncodingOptions = {}): Uint8Array {
  writer.start();
  switch (message.kind) {
    case "ping":
      writeBody(PING, message.from, message.forwardTo, extensions);
      break;
    case "ack":
      writeBody(ACK, message.from, message.forwardTo, extensions);
      break;
    case "ping-req":
      writeBody(PING_REQ, message.from, message.target, extensions);
      break;
    case "probe-ping":
      writeBody(PROBE_PING, message.from, undefined, extensions);
      break;
    default:
      writeShort(message);
      return writer.finish();
  }
  for (const membership of message.membership) {
    writer.varint(MEMBERSHIP);
    writeMembership(writer, membership, extensions);
  }
  if (extensions && message.kind !== "probe-ping") {
    if (message.sequence !== undefined) {
      writer.varint(SEQUENCE);
      writer.varint(message.sequence);
    }
    if (message.kind !== "ping-req" && message.digest !== undefined) {
      writer.varint(DIGEST);
      writer.hash48(message.digest);
    }
  }
  return writer.finish();
}

/** Reads a datagram without its envelope. Throws `malformedMessage`. */
export function decodeSwim(bytes: Uint8Array): SwimMessage {
  const reader = new FieldReader(bytes);
  // An absent kind is the first one; an unknown number is not.
  let type = PING.type;
  let body: number | undefined;
  let from: MemberDraft | undefined;
  let other: MemberDraft | undefined;
  const membership: Membership[] = [];
  let sequence: number | undefined;
  let digest: number | undefined;
  let short: Uint8Array | undefined;
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag >>> 3) {
      case 1:
        expect(tag, TYPE);
        type = reader.int32();
        break;
      case PING.body:
      case ACK.body:
      case PING_REQ.body:
      case PROBE_PING.body: {
        expect(tag & 7, BLOCK);
        const field = tag >>> 3;
        // Of several bodies the last stays; the same one twice is merged.
        if (field !== body) from = other = undefined;
        body = field;
        const outer = reader.enter();
        while (reader.more()) {
          const inner = reader.tag();
          if (inner >>> 3 === 1) {
            expect(inner, FROM);
            from = readMember(reader, from);
          } else if (inner >>> 3 === 2 && field !== PROBE_PING.body) {
            expect(inner, OTHER);
            other = readMember(reader, other);
          } else reader.skip(inner);
        }
        reader.leave(outer);
        break;
      }
      case 5:
        expect(tag, MEMBERSHIP);
        membership.push(readMembership(reader));
        break;
      case SEQUENCE >>> 3:
        expect(tag, SEQUENCE);
        sequence = reader.safeInteger();
        break;
      case DIGEST >>> 3:
        expect(tag, DIGEST);
        digest = reader.hash48();
        break;
      case SHORT >>> 3:
        expect(tag, SHORT);
        short = reader.view();
        break;
      default:
        reader.skip(tag);
    }
  }
  switch (type) {
    case PING.type:
    case ACK.type: {
      const isPing = type === PING.type;
      requireBody(body, isPing ? PING.body : ACK.body);
      const message: Mutable<SwimMessage & { kind: "ping" | "ack" }> = {
        kind: isPing ? "ping" : "ack",
        from: toMember(from),
        membership,
      };
      if (other !== undefined) message.forwardTo = toMember(other);
      if (sequence !== undefined) message.sequence = sequence;
      if (digest !== undefined) message.digest = digest;
      return message;
    }
    case PING_REQ.type: {
      requireBody(body, PING_REQ.body);
      const message: Mutable<SwimMessage & { kind: "ping-req" }> = {
        kind: "ping-req",
        from: toMember(from),
        target: toMember(other, "target"),
        membership,
      };
      if (sequence !== undefined) message.sequence = sequence;
      return message;
    }
    case PROBE_PING.type:
      requireBody(body, PROBE_PING.body);
      return { kind: "probe-ping", from: toMember(from), membership };
    case SHORT_PING:
    case SHORT_ACK:
    case NACK:
      return readShort(type, required(short, "short body"));
    default:
      throw malformed(`a datagram of the unknown kind ${type}`);
  }
}

/** Bytes a datagram takes before its envelope: what `encodeSwim` returns is that long. */
export function swimSize(message: SwimMessage, { extensions = true }: EncodingOptions = {}): number {
  switch (message.kind) {
    case "short-ping":
      return shortSize(3 * HASH48_BYTES + uint64Size(message.incarnation) + varintSize(message.sequence));
    case "short-ack":
      return shortSize(2 * HASH48_BYTES + uint64Size(message.incarnation) + varintSize(message.sequence));
    case "nack":
      return shortSize(HASH48_BYTES + varintSize(message.sequence));
    default: {
      let body = TAG_BYTES + blockSize(memberSize(message.from, extensions));
      const other = message.kind === "probe-ping" ? undefined : otherOf(message);
      if (other !== undefined) body += TAG_BYTES + blockSize(memberSize(other, extensions));
      let size = 2 * TAG_BYTES + 1 + blockSize(body);
      for (const membership of message.membership) size += membershipSize(membership, { extensions });
      if (!extensions || message.kind === "probe-ping") return size;
      if (message.sequence !== undefined) size += OWN_TAG_BYTES + varintSize(message.sequence);
      if (message.kind !== "ping-req" && message.digest !== undefined)
        size += OWN_TAG_BYTES + blockSize(HASH48_BYTES);
      return size;
    }
  }
}

function otherOf(message: SwimMessage & { kind: "ping" | "ack" | "ping-req" }): Member | undefined {
  return message.kind === "ping-req" ? message.target : message.forwardTo;
}

function writeBody(
  { type, body }: typeof PING,
  from: Member,
  other: Member | undefined,
  extensions: boolean,
): void {
  writer.varint(TYPE);
  writer.varint(type);
  writer.varint(tagOf(body, BLOCK));
  const start = writer.open();
  writer.varint(FROM);
  writeMember(writer, from, extensions);
  if (other !== undefined) {
    writer.varint(OTHER);
    writeMember(writer, other, extensions);
  }
  writer.close(start);
}

function writeShort(message: SwimMessage & { kind: "short-ping" | "short-ack" | "nack" }): void {
  writer.varint(TYPE);
  writer.varint(message.kind === "short-ping" ? SHORT_PING : message.kind === "short-ack" ? SHORT_ACK : NACK);
  writer.varint(SHORT);
  const start = writer.open();
  writer.rawHash48(message.from);
  if (message.kind === "short-ping") writer.rawHash48(message.to);
  if (message.kind !== "nack") {
    writer.rawHash48(message.digest);
    writer.uint64(message.incarnation);
  }
  writer.varint(message.sequence);
  writer.close(start);
}

function readShort(type: number, bytes: Uint8Array): SwimMessage {
  const reader = new FieldReader(bytes);
  const from = reader.rawHash48();
  if (type === NACK) return { kind: "nack", from, sequence: reader.safeInteger() };
  if (type === SHORT_ACK) {
    const digest = reader.rawHash48();
    const incarnation = reader.uint64();
    return { kind: "short-ack", from, incarnation, sequence: reader.safeInteger(), digest };
  }
  const to = reader.rawHash48();
  const digest = reader.rawHash48();
  const incarnation = reader.uint64();
  return { kind: "short-ping", from, to, incarnation, sequence: reader.safeInteger(), digest };
}

function shortSize(body: number): number {
  return TAG_BYTES + 1 + OWN_TAG_BYTES + blockSize(body);
}

/** A kind whose body is another's (§5.3) is refused, as is one without a body. */
function requireBody(found: number | undefined, expected: number): void {
  if (found !== expected) throw malformed(found === undefined ? "no payload" : "a body of another kind");
}

function expect(tag: number, expected: number): void {
  if (tag !== expected) throw otherWireType(tag);
}
