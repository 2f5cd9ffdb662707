// Members and memberships inside datagrams (reference/butterfly.md §3), by hand: written, read and measured, each with the
// extensions or, for an original member, without.
import { HEALTHS, type Member, type Membership } from "../member.ts";
import { BLOCK, type FieldReader, tagOf, VARINT } from "./field-reader.ts";
import { blockSize, type FieldWriter, textSize, uint64Size, varintSize } from "./field-writer.ts";
import { malformed, required, requiredPort } from "./malformed.ts";

/** `extensions: false` leaves out what an original member does not know, and it gets the original's very bytes. */
export interface EncodingOptions {
  readonly extensions?: boolean;
}

const ID = tagOf(1, BLOCK);
const INCARNATION = tagOf(2, VARINT);
const ADDRESS = tagOf(3, BLOCK);
const SWIM_PORT = tagOf(4, VARINT);
const GOSSIP_PORT = tagOf(5, VARINT);
const PERSISTENT = tagOf(6, VARINT);
const DEPARTED = tagOf(7, VARINT);
const PROBE_PING_FLAG = tagOf(8, VARINT);
const ABILITIES = tagOf(1000, VARINT);

const MEMBER = tagOf(1, BLOCK);
const HEALTH = tagOf(2, VARINT);
const ACCUSER = tagOf(1000, BLOCK);
const AGE = tagOf(1001, VARINT);

/** Bytes of a tag of the original's. */
export const TAG_BYTES = 1;
/** Bytes of a tag of ours. */
export const OWN_TAG_BYTES = 2;

/** A value while it is being put together. */
export type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** Writes a membership with its length in front. */
export function writeMembership(
  writer: FieldWriter,
  { member, health, accuser, ageMs }: Membership,
  extensions: boolean,
): void {
  const start = writer.open();
  writer.varint(MEMBER);
  writeMember(writer, member, extensions);
  writer.varint(HEALTH);
  writer.varint(HEALTHS.indexOf(health) + 1);
  if (extensions && accuser !== undefined) {
    writer.varint(ACCUSER);
    writer.text(accuser);
  }
  if (extensions && ageMs !== undefined) {
    writer.varint(AGE);
    writer.varint(Math.floor(ageMs));
  }
  writer.close(start);
}

/** Writes a member with its length in front: every field, also when it is zero, as the original does. */
export function writeMember(writer: FieldWriter, member: Member, extensions: boolean): void {
  const start = writer.open();
  writer.varint(ID);
  writer.text(member.id);
  writer.varint(INCARNATION);
  writer.uint64(member.incarnation);
  writer.varint(ADDRESS);
  writer.text(member.address);
  writer.varint(SWIM_PORT);
  writer.varint(member.swimPort);
  writer.varint(GOSSIP_PORT);
  writer.varint(member.gossipPort);
  writer.varint(PERSISTENT);
  writer.bool(member.persistent);
  writer.varint(DEPARTED);
  writer.bool(member.departed);
  writer.varint(PROBE_PING_FLAG);
  writer.bool(member.probePing);
  if (extensions && member.abilities !== undefined) {
    writer.varint(ABILITIES);
    writer.varint(member.abilities);
  }
  writer.close(start);
}

/** A member as far as it has been read. */
export interface MemberDraft {
  id: string | undefined;
  incarnation: bigint;
  address: string;
  swimPort: number | undefined;
  gossipPort: number | undefined;
  persistent: boolean;
  departed: boolean;
  probePing: boolean;
  abilities: number | undefined;
}

/** Reads a member with its length in front. The same member twice is merged: the second goes on with the draft of the first. */
export function readMember(reader: FieldReader, before: MemberDraft | undefined): MemberDraft {
  const draft = before ?? {
    id: undefined,
    incarnation: 0n,
    address: "",
    swimPort: undefined,
    gossipPort: undefined,
    persistent: false,
    departed: false,
    probePing: false,
    abilities: undefined,
  };
  const outer = reader.enter();
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case ID:
        draft.id = reader.text();
        break;
      case INCARNATION:
        draft.incarnation = reader.uint64();
        break;
      case ADDRESS:
        draft.address = reader.text();
        break;
      case SWIM_PORT:
        draft.swimPort = reader.int32();
        break;
      case GOSSIP_PORT:
        draft.gossipPort = reader.int32();
        break;
      case PERSISTENT:
        draft.persistent = reader.bool();
        break;
      case DEPARTED:
        draft.departed = reader.bool();
        break;
      case PROBE_PING_FLAG:
        draft.probePing = reader.bool();
        break;
      case ABILITIES:
        draft.abilities = reader.safeInteger();
        break;
      default: {
        const field = tag >>> 3;
        if (field <= PROBE_PING_FLAG >>> 3 || field === ABILITIES >>> 3) throw otherWireType(tag);
        reader.skip(tag);
      }
    }
  }
  reader.leave(outer);
  return draft;
}

/** Reads a membership with its length in front. Throws `malformedMessage`. */
export function readMembership(reader: FieldReader): Membership {
  let member: MemberDraft | undefined;
  let health: number | undefined;
  let accuser: string | undefined;
  let ageMs: number | undefined;
  const outer = reader.enter();
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case MEMBER:
        member = readMember(reader, member);
        break;
      case HEALTH:
        health = reader.int32();
        break;
      case ACCUSER:
        accuser = reader.text();
        break;
      case AGE:
        ageMs = reader.safeInteger();
        break;
      default: {
        const field = tag >>> 3;
        if (field <= 2 || field === ACCUSER >>> 3 || field === AGE >>> 3) throw otherWireType(tag);
        reader.skip(tag);
      }
    }
  }
  reader.leave(outer);
  // Compat: absent and unknown healths are read as alive.
  const membership: Mutable<Membership> = {
    member: toMember(member, "member"),
    health: HEALTHS[(health ?? 1) - 1] ?? "alive",
  };
  if (accuser !== undefined) membership.accuser = accuser;
  if (ageMs !== undefined) membership.ageMs = ageMs;
  return membership;
}

/** The member a draft has become, if it has all it must have. Throws `malformedMessage`. */
export function toMember(draft: MemberDraft | undefined, what = "from"): Member {
  const { id, incarnation, address, swimPort, gossipPort, persistent, departed, probePing, abilities } =
    required(draft, what);
  const member: Mutable<Member> = {
    id: required(id, "id"),
    incarnation,
    address,
    swimPort: requiredPort(swimPort, "swim_port"),
    gossipPort: requiredPort(gossipPort, "gossip_port"),
    persistent,
    departed,
    probePing,
  };
  if (abilities !== undefined) member.abilities = abilities;
  return member;
}

/** Bytes a membership adds to a datagram. */
export function membershipSize(
  { member, accuser, ageMs }: Membership,
  { extensions = true }: EncodingOptions = {},
): number {
  let size = TAG_BYTES + blockSize(memberSize(member, extensions)) + TAG_BYTES + 1;
  if (extensions && accuser !== undefined) size += OWN_TAG_BYTES + textSize(accuser);
  if (extensions && ageMs !== undefined) size += OWN_TAG_BYTES + varintSize(Math.floor(ageMs));
  return TAG_BYTES + blockSize(size);
}

/** Bytes of a member without its length in front. */
export function memberSize(member: Member, extensions: boolean): number {
  const size =
    8 * TAG_BYTES +
    textSize(member.id) +
    uint64Size(member.incarnation) +
    textSize(member.address) +
    varintSize(member.swimPort) +
    varintSize(member.gossipPort) +
    3;
  if (!extensions || member.abilities === undefined) return size;
  return size + OWN_TAG_BYTES + varintSize(member.abilities);
}

/** The refusal of a known field of another wire type. */
export function otherWireType(tag: number): Error {
  return malformed(`field ${tag >>> 3} has wire type ${tag & 7}`);
}
