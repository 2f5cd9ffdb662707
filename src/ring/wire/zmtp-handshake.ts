// What both ends of a ZMTP connection say first (reference/butterfly.md §7.2): the greeting, and READY with properties, by one of
// which members of ours know each other.
import { malformed } from "./malformed.ts";

export const SIGNATURE_BYTES = 10;
const MECHANISM_START = 12;
const MECHANISM_END = 32;
const GREETING_BYTES = 64;
const SIGNATURE_FIRST = 0xff;
const SIGNATURE_LAST = 0x7f;
/** The version we speak, and its minor, which tells that we know PING and PONG. */
export const MAJOR_VERSION = 3;
const MINOR_VERSION = 1;
const MECHANISM = "NULL";

export const COMMAND = 4;
export const LONG = 2;
const SHORT_LENGTH_LIMIT = 255;

const SOCKET_TYPE = "Socket-Type";
/** Says in READY that a member of ours speaks, and the version of what is between those. libzmq skips it. */
export const OWN_PROPERTY = "X-Hab-Ring";
const OWN_VERSION = "1";

export type SocketType = "PUSH" | "PULL";

/** What the far end said of itself. */
export interface ZmtpPeer {
  /** Its version of ZMTP: 1, 2 or 3. Only those of 3 have properties. */
  readonly version: number;
  /** By name in lower case. */
  readonly properties: ReadonlyMap<string, Uint8Array>;
  /** Whether it is a member of ours. */
  readonly own: boolean;
}

/** The 64 bytes of version 3. */
export function greeting(): Uint8Array {
  const bytes = Buffer.alloc(GREETING_BYTES);
  bytes[0] = SIGNATURE_FIRST;
  // Compat: reads as a frame of one byte to a peer of version 1.
  bytes[SIGNATURE_BYTES - 2] = 1;
  bytes[SIGNATURE_BYTES - 1] = SIGNATURE_LAST;
  bytes[SIGNATURE_BYTES] = MAJOR_VERSION;
  bytes[SIGNATURE_BYTES + 1] = MINOR_VERSION;
  bytes.write(MECHANISM, MECHANISM_START);
  return new Uint8Array(bytes);
}

/** Whether these first bytes are those of version 2 or later. Compat: of the last byte only one bit counts. */
export function isSignature(bytes: Uint8Array): boolean {
  return bytes[0] === SIGNATURE_FIRST && ((bytes[SIGNATURE_BYTES - 1] ?? 0) & 1) === 1;
}

/** Bytes of a greeting of version 3 after signature and major version. */
export const GREETING_REST_BYTES = GREETING_BYTES - SIGNATURE_BYTES - 1;

/** Checks those. Compat: minor version, as-server and what follows do not matter. Throws `malformedMessage`. */
export function checkGreetingRest(rest: Uint8Array): void {
  const from = MECHANISM_START - SIGNATURE_BYTES - 1;
  const mechanism = Buffer.from(rest.subarray(from, from + MECHANISM_END - MECHANISM_START));
  const expected = Buffer.alloc(mechanism.length);
  expected.write(MECHANISM);
  if (!mechanism.equals(expected)) throw malformed("the far end wants another ZMTP mechanism than NULL");
}

/** The command READY as a frame; `own` tells the far end that a member of ours speaks. */
export function ready(type: SocketType, own = true): Uint8Array {
  const properties = [property(SOCKET_TYPE, type)];
  if (own) properties.push(property(OWN_PROPERTY, OWN_VERSION));
  return command("READY", Buffer.concat(properties));
}

/** A command as a frame. */
export function command(name: string, content: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), content]);
  return Buffer.concat([frameHeader(body.length, COMMAND), body]);
}

/** What stands in front of a body of this length. */
export function frameHeader(length: number, flags = 0): Uint8Array {
  if (length <= SHORT_LENGTH_LIMIT) return new Uint8Array([flags, length]);
  const header = Buffer.alloc(9);
  header[0] = flags | LONG;
  header.writeBigUInt64BE(BigInt(length), 1);
  return new Uint8Array(header);
}

/** The name of a command and its content; undefined where a body has no name. */
export function commandOf(body: Uint8Array): { name: string; content: Uint8Array } | undefined {
  const [length] = body;
  if (length === undefined || 1 + length > body.length) return undefined;
  return {
    name: Buffer.from(body.subarray(1, 1 + length)).toString("latin1"),
    content: body.subarray(1 + length),
  };
}

/**
 * What the far end, which must be a socket of this type, said in its first frame. Compat: that it is no command, names in
 * lower case, other properties and none at all are tolerated. Throws `malformedMessage`.
 */
export function readReady(body: Uint8Array, type: SocketType): ZmtpPeer {
  const found = commandOf(body);
  if (found?.name !== "READY") throw malformed("the far end does not begin with READY");
  const properties = new Map<string, Uint8Array>();
  const content = Buffer.from(found.content);
  for (let at = 0; at < content.length; ) {
    const nameEnd = at + 1 + (content[at] ?? 0);
    if (nameEnd + 4 > content.length) throw malformed("a property in READY is cut short");
    const valueEnd = nameEnd + 4 + content.readUInt32BE(nameEnd);
    if (valueEnd > content.length) throw malformed("a property in READY is cut short");
    const name = content.toString("latin1", at + 1, nameEnd).toLowerCase();
    const value = content.subarray(nameEnd + 4, valueEnd);
    if (name === SOCKET_TYPE.toLowerCase() && value.toString("latin1") !== type)
      throw malformed(`the far end is no ${type} socket`);
    properties.set(name, new Uint8Array(value));
    at = valueEnd;
  }
  return { version: MAJOR_VERSION, properties, own: properties.has(OWN_PROPERTY.toLowerCase()) };
}

function property(name: string, value: string): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), length, Buffer.from(value)]);
}
