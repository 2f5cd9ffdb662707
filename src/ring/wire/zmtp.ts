// The two ends of the ring's TCP connections (reference/butterfly.md §7), without sockets: ZmtpReader is the PULL that was
// connected to, ZmtpDialer the PUSH that connects. Each is fed with what arrives, cut anywhere, and says what to send. What
// they tolerate is what libzmq 4.3.4 was seen to tolerate; deadlines are for whoever owns the socket.
import { HabError } from "../../error/index.ts";
import { COMMAND_LIMIT_BYTES, MESSAGE_LIMIT_BYTES, PASSED_OVER_LIMIT_BYTES } from "../limits.ts";
import { ByteQueue } from "./byte-queue.ts";
import { malformed } from "./malformed.ts";
import {
  COMMAND,
  checkGreetingRest,
  command,
  commandOf,
  frameHeader,
  GREETING_REST_BYTES,
  greeting,
  isSignature,
  LONG,
  MAJOR_VERSION,
  readReady,
  ready,
  SIGNATURE_BYTES,
  type SocketType,
  type ZmtpPeer,
} from "./zmtp-handshake.ts";

/** What one piece of the stream led to. */
export interface ZmtpOutput {
  /** Bodies of whole frames, in order; each part of a multi-part message is one. Views into what was fed. */
  readonly messages: readonly Uint8Array[];
  /** Messages beyond MESSAGE_LIMIT_BYTES that were passed over. */
  readonly tooLong: number;
  /** To be sent to the far end, often empty. */
  readonly reply: Uint8Array;
  /** Why the connection has to be closed. The messages before are good; nothing after will be read. */
  readonly refused?: string;
}

/** Asks for a number of bytes, and is continued with them. */
type Steps = Generator<number, never, Uint8Array>;

const PING_TTL_BYTES = 2;
/** Compat: libzmq gives back that much of what a PING carries. */
const PING_CONTEXT_LIMIT_BYTES = 16;
/** What is passed over is asked for in pieces of this size. */
const PASSED_PIECE_BYTES = 16_384;
const NOTHING = new Uint8Array();
const SOCKET_TYPE_PULL = 7;
const NO_PROPERTIES: ReadonlyMap<string, Uint8Array> = new Map();

/** A message as a frame. */
export function zmtpFrame(body: Uint8Array): Uint8Array {
  const header = frameHeader(body.length);
  const frame = new Uint8Array(header.length + body.length);
  frame.set(header);
  frame.set(body, header.length);
  return frame;
}

/** What both ends share: steps fed piece by piece. */
abstract class ZmtpEnd {
  readonly #input = new ByteQueue();
  #steps: Steps | undefined;
  #wanted = 0;
  #refused: string | undefined;
  #messages: Uint8Array[] = [];
  #replies: Uint8Array[] = [];
  #tooLong = 0;
  #peer: ZmtpPeer | undefined;

  /** The far end, once it has introduced itself. */
  get peer(): ZmtpPeer | undefined {
    return this.#peer;
  }

  /** Bytes of a frame that has not arrived as a whole. */
  get held(): number {
    return this.#input.held;
  }

  /** Takes in what arrived. Never throws. */
  push(piece: Uint8Array): ZmtpOutput {
    if (this.#refused === undefined) this.#run(piece);
    const output = { messages: this.#messages, tooLong: this.#tooLong, reply: joined(this.#replies) };
    this.#messages = [];
    this.#replies = [];
    this.#tooLong = 0;
    return this.#refused === undefined ? output : { ...output, refused: this.#refused };
  }

  #run(piece: Uint8Array): void {
    try {
      this.#input.feed(piece);
      if (this.#steps === undefined) {
        this.#steps = this.steps();
        this.#wanted = this.#steps.next().value;
      }
      for (;;) {
        const bytes = this.#input.take(this.#wanted);
        if (bytes === undefined) return;
        this.#wanted = this.#steps.next(bytes).value;
      }
    } catch (error) {
      if (!(error instanceof HabError)) throw error;
      this.#refused = error.message;
    }
  }

  protected abstract steps(): Steps;

  protected reply(bytes: Uint8Array): void {
    this.#replies.push(bytes);
  }

  /** `undefined`: it was too long. */
  protected deliver(body: Uint8Array | undefined): void {
    if (body === undefined) this.#tooLong++;
    else this.#messages.push(body);
  }

  protected meet(peer: ZmtpPeer): void {
    this.#peer = peer;
  }

  /** READY, then messages and commands without end. */
  protected *framesOfVersion3(type: SocketType): Steps {
    this.meet(readReady(yield* commandFrame(), type));
    for (;;) {
      const { isCommand, body } = yield* frame();
      if (!isCommand) this.deliver(body);
      else if (body !== undefined) this.#obey(body);
    }
  }

  /** PING is answered, what else there may be is not for us. */
  #obey(body: Uint8Array): void {
    const found = commandOf(body);
    if (found?.name !== "PING") return;
    const context = found.content.subarray(PING_TTL_BYTES, PING_TTL_BYTES + PING_CONTEXT_LIMIT_BYTES);
    this.reply(command("PONG", context));
  }
}

/**
 * The end that was connected to. Peers of ZMTP 1 and 2 are read too, as libzmq does; therefore the greeting goes out in
 * steps: what follows depends on whom we hear.
 */
export class ZmtpReader extends ZmtpEnd {
  /** To be sent when the connection comes up. */
  readonly greeting = greeting().subarray(0, SIGNATURE_BYTES);

  protected override *steps(): Steps {
    const first = yield 1;
    if (first[0] !== this.greeting[0]) return yield* this.#version1(first[0] as number);
    const signature = new Uint8Array(SIGNATURE_BYTES);
    signature.set(first);
    signature.set(yield SIGNATURE_BYTES - 1, 1);
    if (!isSignature(signature)) throw malformed("the far end does not speak ZMTP");
    this.reply(new Uint8Array([MAJOR_VERSION]));
    const [version] = yield 1;
    if (version === 0 || version === 1) {
      this.reply(new Uint8Array([SOCKET_TYPE_PULL]));
      yield 1; // its socket type; Compat: not looked at
      return yield* version === 0 ? this.#version1() : this.#version2();
    }
    this.reply(greeting().subarray(SIGNATURE_BYTES + 1));
    this.reply(ready("PULL"));
    checkGreetingRest(yield GREETING_REST_BYTES);
    return yield* this.framesOfVersion3("PUSH");
  }

  /** `firstByte`: the length of the identity, of a peer that sends no greeting before it. */
  *#version1(firstByte?: number): Steps {
    if (firstByte === undefined) this.reply(new Uint8Array([1, 0]));
    const length = firstByte ?? ((yield 1)[0] as number);
    // An identity is short and has no flags; a far end that speaks HTTP or TLS has some here.
    if (length === 0 || (yield 1)[0] !== 0) throw malformed("the far end does not speak ZMTP");
    yield length - 1;
    this.meet({ version: 1, properties: NO_PROPERTIES, own: false });
    for (;;) this.deliver((yield* frameOfVersion1())?.subarray(1));
  }

  *#version2(): Steps {
    this.reply(frameHeader(0)); // our identity
    yield* commandFrame(); // its identity
    this.meet({ version: 2, properties: NO_PROPERTIES, own: false });
    for (;;) {
      const { isCommand, body } = yield* frame();
      if (!isCommand) this.deliver(body);
    }
  }
}

/**
 * The end that connects. Messages go out only once `ready` is true: libzmq closes a connection on which one arrives together
 * with READY, and loses what a sender wrote who left before it had read READY.
 */
export class ZmtpDialer extends ZmtpEnd {
  /** To be sent at once: a far end of ours waits for it, libzmq takes it in pieces of its own. */
  readonly greeting: Uint8Array = joined([greeting(), ready("PUSH")]);

  /** Whether the far end's READY has come. */
  get ready(): boolean {
    return this.peer !== undefined;
  }

  protected override *steps(): Steps {
    if (!isSignature(yield SIGNATURE_BYTES)) throw malformed("the far end does not speak ZMTP");
    const version = (yield 1)[0] as number;
    // A receiver that old would have needed a shorter greeting than it got.
    if (version < MAJOR_VERSION) throw malformed(`the far end speaks ZMTP of version byte ${version}`);
    checkGreetingRest(yield GREETING_REST_BYTES);
    return yield* this.framesOfVersion3("PULL");
  }

  /** A PULL has nothing to say; libzmq drops it too. */
  protected override deliver(): void {}
}

type Frame = { readonly isCommand: boolean; readonly body: Uint8Array | undefined };

/** A frame of version 2 or 3. Compat: flags without a meaning do not matter. */
function* frame(): Generator<number, Frame, Uint8Array> {
  const { flags, length } = yield* frameStart();
  const isCommand = (flags & COMMAND) !== 0;
  return { isCommand, body: yield* body(length, isCommand ? COMMAND_LIMIT_BYTES : MESSAGE_LIMIT_BYTES) };
}

/** A frame of the handshake, whatever its flags; nothing is passed over there. */
function* commandFrame(): Generator<number, Uint8Array, Uint8Array> {
  const { length } = yield* frameStart();
  if (length > COMMAND_LIMIT_BYTES) throw tooLong(length, COMMAND_LIMIT_BYTES);
  return yield length;
}

function* frameStart(): Generator<number, { flags: number; length: number }, Uint8Array> {
  const flags = (yield 1)[0] as number;
  return { flags, length: (flags & LONG) === 0 ? ((yield 1)[0] as number) : longLength(yield 8) };
}

/** A frame of version 1, its flags first. */
function* frameOfVersion1(): Generator<number, Uint8Array | undefined, Uint8Array> {
  let length = (yield 1)[0] as number;
  if (length === 0xff) length = longLength(yield 8);
  if (length === 0) throw malformed("a frame without flags");
  return yield* body(length, MESSAGE_LIMIT_BYTES);
}

/** A body, or undefined where it is too long to be kept. */
function* body(length: number, limit: number): Generator<number, Uint8Array | undefined, Uint8Array> {
  if (length <= limit) return yield length;
  if (length > PASSED_OVER_LIMIT_BYTES) throw tooLong(length, PASSED_OVER_LIMIT_BYTES);
  for (let rest = length; rest > 0; rest -= PASSED_PIECE_BYTES) yield Math.min(rest, PASSED_PIECE_BYTES);
  return undefined;
}

function tooLong(length: number, limit: number): HabError {
  return malformed(`a frame of ${length} bytes, more than ${limit}`);
}

/** Rounded where it is beyond every limit anyway. */
function longLength(bytes: Uint8Array): number {
  return Number(Buffer.from(bytes).readBigUInt64BE());
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (only === undefined) return NOTHING;
  return pieces.length === 1 ? only : new Uint8Array(Buffer.concat(pieces));
}
