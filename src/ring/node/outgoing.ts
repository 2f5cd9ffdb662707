// One connection we open to a member (reference/butterfly.md §7.2): greeting and READY first, then messages, encoded only as
// the socket takes them, for whether the far end is one of ours is known by its READY. Messages count as delivered when the
// kernel has taken the last byte of their push.
import type { Socket } from "bun";
import { setUserTimeout } from "../../host/index.ts";
import type { Address, GossipMessage } from "../protocol.ts";
import { ZmtpDialer, zmtpFrame } from "../wire/zmtp.ts";
import { Fifo } from "./fifo.ts";
import { knockAt } from "./knock.ts";
import {
  CONNECT_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  KEEP_ALIVE_MS,
  MAX_WAITING_MESSAGES,
  MESSAGE_SLICE_MS,
  OUTGOING_HANDSHAKE_TIMEOUT_MS,
  STALLED_TIMEOUT_MS,
  USER_TIMEOUT_MS,
  WRITE_CHUNK_BYTES,
} from "./limits.ts";

export interface Push {
  readonly push: number;
  readonly messages: readonly GossipMessage[];
  readonly once: boolean;
}

export type LinkState = { state: "up"; own: boolean } | { state: "closed" | "refused" | "lost" };

export interface OutgoingOptions {
  readonly address: Address;
  readonly now: () => number;
  /** The envelope of a message, or undefined where it cannot be sent; `extensions` for members of ours. */
  readonly encode: (message: GossipMessage, extensions: boolean) => Uint8Array | undefined;
  readonly sent: (message: GossipMessage, bytes: number) => void;
  readonly pushed: (push: number, delivered: boolean) => void;
  /** Up, or gone by what the far end or the network did. */
  readonly link: (state: LinkState) => void;
  /** The connection is over, for whatever reason. */
  readonly gone: () => void;
}

type Stage = "connecting" | "greeting" | "up" | "over";

export class Outgoing {
  readonly #options: OutgoingOptions;
  readonly #zmtp = new ZmtpDialer();
  readonly #queue = new Fifo<Push>();
  #stage: Stage = "connecting";
  #socket: Socket<undefined> | undefined;
  #timer: Timer | undefined;
  #own = false;
  #wanted = false;
  #retired = false;
  #closeAfterPush = false;
  /** Messages of pushes that wait, those of the first push that are encoded already included. */
  #waiting = 0;
  /** How many messages of the first push in the queue are encoded. */
  #encoded = 0;
  #unsent: Uint8Array | undefined;
  /** Pushes whose last byte is in `#unsent`. */
  #almostDone: number[] = [];
  #again: NodeJS.Immediate | undefined;

  constructor(options: OutgoingOptions) {
    this.#options = options;
    this.#deadline(CONNECT_TIMEOUT_MS, () => this.#fail("lost"));
    void this.#connect();
  }

  get address(): Address {
    return this.#options.address;
  }

  get waitingMessages(): number {
    return this.#waiting;
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  get busy(): boolean {
    return this.#queue.length > 0 || this.#unsent !== undefined;
  }

  push(push: Push): void {
    if (this.#stage === "over" || this.#waiting + push.messages.length > MAX_WAITING_MESSAGES) {
      this.#options.pushed(push.push, false);
      return;
    }
    this.#queue.push(push);
    this.#waiting += push.messages.length;
    if (this.#stage === "up") this.#pump();
  }

  /** Stays open, also when there is nothing to send. */
  keep(): void {
    this.#wanted = true;
    this.#closeAfterPush = false;
    if (this.#stage !== "up") return;
    this.#options.link({ state: "up", own: this.#own });
    this.#settle();
  }

  /** Closes once what waits is sent. */
  release(): void {
    this.#wanted = false;
    this.#closeAfterPush = true;
    if (this.#stage === "up") this.#settle();
  }

  /** As `release`, and nobody is told any more how it ends. */
  retire(): void {
    this.#retired = true;
    if (!this.busy) this.close();
    else this.release();
  }

  /** Ends it now; nothing that waits is delivered. */
  close(): void {
    if (this.#stage === "over") return;
    this.#stage = "over";
    clearTimeout(this.#timer);
    if (this.#again !== undefined) clearImmediate(this.#again);
    this.#socket?.end();
    const failed = this.#almostDone;
    this.#almostDone = [];
    for (const push of failed) this.#options.pushed(push, false);
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift())
      this.#options.pushed(next.push, false);
    this.#waiting = 0;
    this.#unsent = undefined;
    this.#options.gone();
  }

  async #connect(): Promise<void> {
    const { host, port } = this.#options.address;
    try {
      const socket = await Bun.connect<undefined>({
        hostname: host,
        port,
        socket: {
          open: (opened) => this.#opened(opened),
          data: (_socket, bytes) => this.#received(bytes),
          drain: () => this.#drained(),
          close: (_socket, error) => this.#fail(error === undefined ? "closed" : "lost"),
          error: () => this.#fail("lost"),
        },
      });
      if (this.#stage === "over") socket.end();
    } catch {
      if (this.#stage !== "connecting") return;
      const answer = await knockAt(this.#options.address, CONNECT_TIMEOUT_MS).answer;
      this.#fail(answer === "refused" ? "refused" : "lost");
    }
  }

  #opened(socket: Socket<undefined>): void {
    if (this.#stage === "over") {
      socket.end();
      return;
    }
    this.#socket = socket;
    this.#stage = "greeting";
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    setUserTimeout((socket as unknown as { fd: number }).fd, USER_TIMEOUT_MS);
    this.#deadline(OUTGOING_HANDSHAKE_TIMEOUT_MS, () => this.#fail("lost"));
    this.#write(this.#zmtp.greeting);
  }

  #received(bytes: Uint8Array): void {
    if (this.#stage === "over") return;
    const { reply, refused } = this.#zmtp.push(bytes);
    if (refused !== undefined) {
      this.#fail("lost");
      return;
    }
    // PONGs: none is owed to a far end that does not read.
    if (reply.length > 0 && this.#unsent === undefined) this.#write(reply);
    const peer = this.#zmtp.peer;
    if (this.#stage !== "greeting" || peer === undefined) return;
    this.#stage = "up";
    this.#own = peer.own;
    clearTimeout(this.#timer);
    this.#options.link({ state: "up", own: peer.own });
    this.#pump();
  }

  #drained(): void {
    const rest = this.#unsent;
    if (this.#stage === "over" || rest === undefined) return;
    this.#unsent = undefined;
    this.#write(rest);
    if (this.#stage === "up") this.#pump();
  }

  /** Encodes and writes until the socket takes no more, nothing is left, or it is others' turn. */
  #pump(): void {
    const end = this.#options.now() + MESSAGE_SLICE_MS;
    while (this.#stage === "up" && this.#unsent === undefined && this.#queue.length > 0) {
      if (this.#options.now() >= end) {
        this.#again ??= setImmediate(() => {
          this.#again = undefined;
          this.#pump();
        });
        return;
      }
      this.#write(this.#nextChunk());
    }
    if (this.#stage === "up") this.#settle();
  }

  #nextChunk(): Uint8Array {
    const frames: Uint8Array[] = [];
    let length = 0;
    for (let first = this.#queue.peek(); first !== undefined; first = this.#queue.peek()) {
      while (this.#encoded < first.messages.length && length < WRITE_CHUNK_BYTES) {
        const message = first.messages[this.#encoded++] as GossipMessage;
        const body = this.#options.encode(message, this.#own);
        if (body === undefined) continue; // counted; the others are not held up by it
        const frame = zmtpFrame(body);
        frames.push(frame);
        length += frame.length;
        this.#options.sent(message, body.length);
      }
      if (this.#encoded < first.messages.length) break;
      this.#queue.shift();
      this.#waiting -= first.messages.length;
      this.#encoded = 0;
      this.#almostDone.push(first.push);
      if (first.once) this.#closeAfterPush = true;
    }
    const [only] = frames;
    return frames.length === 1 && only !== undefined ? only : Buffer.concat(frames);
  }

  #write(bytes: Uint8Array): void {
    const taken = bytes.length === 0 ? 0 : Math.max(0, this.#socket?.write(bytes) ?? 0);
    if (taken < bytes.length) {
      this.#unsent = bytes.subarray(taken);
      if (this.#stage === "up") this.#deadline(STALLED_TIMEOUT_MS, () => this.#fail("lost"));
      return;
    }
    const done = this.#almostDone;
    this.#almostDone = [];
    for (const push of done) this.#options.pushed(push, true);
  }

  /** After everything is written: closes it, now or later, or keeps it. */
  #settle(): void {
    if (this.busy) return;
    clearTimeout(this.#timer);
    if (this.#wanted) return;
    if (this.#closeAfterPush) this.close();
    else this.#deadline(IDLE_TIMEOUT_MS, () => this.close());
  }

  #fail(state: "closed" | "refused" | "lost"): void {
    if (this.#stage === "over") return;
    // A far end that hangs up on our greeting is none that we could push to.
    const told = state === "closed" && this.#stage !== "up" ? "lost" : state;
    if (!this.#retired) this.#options.link({ state: told });
    this.close();
  }

  #deadline(milliseconds: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, milliseconds);
  }
}
