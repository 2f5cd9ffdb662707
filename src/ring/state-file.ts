// The bytes of the state file `<member id>.rst` (reference/butterfly.md §14.1): a header of section lengths, then one
// section a store, each a run of length-prefixed records. Pure: reading never throws, it tells what it could not read.
import { describeError } from "../error/index.ts";
import { type InsertContext, insertRumor } from "./insert.ts";
import type { Membership } from "./member.ts";
import { insertMembership } from "./membership.ts";
import type { Rumor } from "./rumor.ts";
import type { RingState } from "./state.ts";
import { storedMemberships, storedRumors } from "./stored-rumors.ts";
import { decodeMembership, decodeRumor, encodeMembership, encodeRumor } from "./wire/rumor.ts";

/** The rumor sections in the order of the file. */
const RUMOR_SECTIONS = [
  "service",
  "service-config",
  "service-file",
  "election",
  "election-update",
  "departure",
] as const;
type SectionKind = "member" | (typeof RUMOR_SECTIONS)[number];

const WRITTEN_VERSION = 2;
const LENGTH_BYTES = 8;
/** Of version 2: its own size and seven section lengths. */
const HEADER_BYTES = 64;
/** Of version 1: six section lengths, no departures. */
const OLD_HEADER_BYTES = 48;

export interface StateFileContent {
  readonly memberships: Membership[];
  readonly rumors: Rumor[];
  /** What could not be read, in words; empty for a sound file. What could be read is there all the same. */
  readonly damage: string[];
}

/** The file's bytes for this state. */
export function writeStateFile(state: RingState): Uint8Array {
  return writeRecords(storedMemberships(state), storedRumors(state));
}

/** How many records are encoded before others get their turn: a few milliseconds' worth. */
const RECORDS_A_SLICE = 250;

/**
 * The file's bytes for the state as it is at the call, made in slices: `pause` is awaited between them, and what changes
 * meanwhile is not in the file.
 */
export async function writeStateFileInSlices(
  state: RingState,
  pause: () => Promise<void>,
): Promise<Uint8Array> {
  const encodeAll = async <Value>(
    values: readonly Value[],
    encode: (value: Value) => Uint8Array,
  ): Promise<Uint8Array[]> => {
    const records: Uint8Array[] = [];
    for (const value of values) {
      records.push(encode(value));
      if (records.length % RECORDS_A_SLICE === 0) await pause();
    }
    return records;
  };
  const memberships = storedMemberships(state);
  const rumors = storedRumors(state);
  const sections = [await encodeAll(memberships, encodeMembership)];
  for (const kind of RUMOR_SECTIONS)
    sections.push(
      await encodeAll(
        rumors.filter((rumor) => rumor.kind === kind),
        encodeRumor,
      ),
    );
  return joinSections(sections);
}

/** Takes what a file held into a state, by the same rules as if it came from the ring; all of it becomes hot. */
export function loadStateFile(state: RingState, content: StateFileContent, context: InsertContext): void {
  for (const membership of content.memberships) insertMembership(state, membership, context.now);
  for (const rumor of content.rumors) insertRumor(state, rumor, context);
}

/** The file's bytes for these records; within a section in the order given. */
export function writeRecords(memberships: readonly Membership[], rumors: readonly Rumor[]): Uint8Array {
  return joinSections([
    memberships.map((membership) => encodeMembership(membership)),
    ...RUMOR_SECTIONS.map((kind) =>
      rumors.filter((rumor) => rumor.kind === kind).map((rumor) => encodeRumor(rumor)),
    ),
  ]);
}

function joinSections(encoded: readonly (readonly Uint8Array[])[]): Uint8Array {
  const sections = encoded.map(section);
  const header = Buffer.alloc(1 + HEADER_BYTES);
  header.writeUInt8(WRITTEN_VERSION, 0);
  header.writeBigUInt64LE(BigInt(HEADER_BYTES), 1);
  for (const [index, { length }] of sections.entries())
    header.writeBigUInt64LE(BigInt(length), 1 + LENGTH_BYTES * (index + 1));
  return Buffer.concat([header, ...sections]);
}

/**
 * Reads a file, or as much of it as makes sense: a record that cannot be read is left out, one that reaches beyond the
 * file ends the reading. A longer header and bytes after the last section are fine.
 */
export function readStateFile(bytes: Uint8Array): StateFileContent {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const content: StateFileContent = { memberships: [], rumors: [], damage: [] };
  const header = readHeader(file);
  if (typeof header === "string") {
    content.damage.push(header);
    return content;
  }
  let position = header.start;
  for (const { kind, length } of header.sections) {
    const end = position + length;
    while (position < end) {
      const record = recordAt(file, position);
      if (record === undefined) {
        content.damage.push(`the file ends within the ${kind} records`);
        return content;
      }
      readRecord(content, kind, record, position);
      position += LENGTH_BYTES + record.length;
    }
  }
  return content;
}

interface Header {
  /** Where the first section begins. */
  readonly start: number;
  readonly sections: readonly { readonly kind: SectionKind; readonly length: number }[];
}

/** The header, or why there is none. */
function readHeader(file: Buffer): Header | string {
  const version = file[0];
  if (version !== 1 && version !== 2) return `unknown version ${version ?? "(empty file)"}`;
  const headerBytes = version === 1 ? OLD_HEADER_BYTES : HEADER_BYTES;
  if (file.length < 1 + headerBytes) return "the file ends within its header";
  const number = (index: number): number => Number(file.readBigUInt64LE(1 + LENGTH_BYTES * index));
  const kinds: SectionKind[] = ["member", ...RUMOR_SECTIONS];
  if (version === 1)
    return {
      start: 1 + headerBytes,
      sections: kinds.slice(0, -1).map((kind, index) => ({ kind, length: number(index) })),
    };
  if (number(0) < HEADER_BYTES) return `a header of ${number(0)} bytes`;
  return {
    start: 1 + number(0),
    sections: kinds.map((kind, index) => ({ kind, length: number(index + 1) })),
  };
}

/** The record at a position, or undefined where it would reach beyond the file. Nothing is allocated for it. */
function recordAt(file: Buffer, position: number): Uint8Array | undefined {
  const start = position + LENGTH_BYTES;
  if (start > file.length) return undefined;
  const length = Number(file.readBigUInt64LE(position));
  return length > file.length - start ? undefined : file.subarray(start, start + length);
}

function readRecord(
  content: StateFileContent,
  kind: SectionKind,
  record: Uint8Array,
  position: number,
): void {
  try {
    if (kind === "member") {
      content.memberships.push(decodeMembership(record));
      return;
    }
    const rumor = decodeRumor(record);
    if (rumor.kind === kind) content.rumors.push(rumor);
    else content.damage.push(`a ${rumor.kind} record at byte ${position}, among the ${kind} records`);
  } catch (error) {
    content.damage.push(`the ${kind} record at byte ${position}: ${describeError(error)}`);
  }
}

function section(records: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const record of records) {
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeBigUInt64LE(BigInt(record.length));
    parts.push(length, record);
  }
  return Buffer.concat(parts);
}
