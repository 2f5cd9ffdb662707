// Frames over a socket: reading one at a time with the peer held back meanwhile, writing with a bound on what waits.
import type { Socket } from "bun";
import { type Frame, FrameDecoder } from "./frame.ts";
import { MAX_BUFFERED_BYTES, WRITE_STALL_TIMEOUT_MS } from "./limits.ts";

/** After our last byte a peer has this long to close its side; longer waits only hold a descriptor. */
const CLOSE_TIMEOUT_MS = 5000;

type Raw = Socket<FrameChannel>;

/** A channel's way out: a socket of Bun's, or TLS over one of Node's (tls.ts). */
export interface Wire {
  /** Takes bytes and says how many; 0 when full (then `writable` follows), negative when gone. */
  write(bytes: Uint8Array): number;
  pause(): void;
  resume(): void;
  /** Sends the end of our side. */
  shutdown(): void;
  terminate(): void;
}

/** One connection. The handlers below, or tls.ts, feed it. */
export class FrameChannel {
  readonly decoder: FrameDecoder;
  readonly #gone = new AbortController();
  #socket: Wire | undefined;
  #peerEnded = false;
  #paused = false;
  /** Input is thrown away: nothing more is expected of the peer. */
  #deaf = false;
  #failure: unknown;
  #reader: (() => void) | undefined;
  #output: Uint8Array[] = [];
  #outputBytes = 0;
  #writers: (() => void)[] = [];
  #stallTimer: ReturnType<typeof setTimeout> | undefined;
  #ending = false;
  #shut = false;

  constructor(maxBodyBytes: number) {
    this.decoder = new FrameDecoder(maxBodyBytes);
  }

  /** Aborts when the connection is gone for good. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /**
   * The next frame; undefined when the peer has ended or the connection is gone. Throws HAB-CTL-006 and -007 on bytes
   * that are no frame. One reader at a time.
   */
  async read(): Promise<Frame | undefined> {
    for (;;) {
      const frame = this.decoder.next();
      if (frame !== undefined) return frame;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#peerEnded || this.gone.aborted) return undefined;
      if (this.#paused) {
        this.#paused = false;
        this.#socket?.resume();
      }
      await new Promise<void>((resolve) => {
        this.#reader = resolve;
      });
    }
  }

  /** Sends bytes. Resolves when few enough wait that more may come, at once when the connection is gone. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.gone.aborted || this.#ending) return;
    this.#output.push(bytes);
    this.#outputBytes += bytes.length;
    this.#flush();
    if (this.#outputBytes > MAX_BUFFERED_BYTES)
      await new Promise<void>((resolve) => {
        this.#writers.push(resolve);
      });
  }

  /** Sends what waits, then the end of our side; takes no more input. The peer's closing ends the connection. */
  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.ignoreInput();
    this.#flush();
  }

  /** Breaks the connection off. */
  terminate(): void {
    this.#socket?.terminate();
    this.closed();
  }

  /** Throws away whatever else the peer sends, so that it cannot fill memory or make our close a reset. */
  ignoreInput(): void {
    this.#deaf = true;
    if (this.#paused) {
      this.#paused = false;
      this.#socket?.resume();
    }
  }

  opened(socket: Wire): void {
    this.#socket = socket;
    this.#flush();
  }

  received(chunk: Uint8Array): void {
    if (this.#deaf) return;
    this.decoder.push(chunk);
    if (this.decoder.pendingBytes > this.decoder.maxBodyBytes + MAX_BUFFERED_BYTES) {
      this.#paused = true;
      this.#socket?.pause();
    }
    this.#wakeReader();
  }

  writable(): void {
    this.#flush();
  }

  peerEnded(): void {
    this.#peerEnded = true;
    this.#wakeReader();
    if (this.#ending && this.#outputBytes === 0) this.terminate();
  }

  failed(error: unknown): void {
    this.#failure ??= error;
    this.#wakeReader();
  }

  closed(): void {
    if (this.gone.aborted) return;
    clearTimeout(this.#stallTimer);
    this.#output = [];
    this.#outputBytes = 0;
    this.#gone.abort();
    this.#wakeReader();
    this.#wakeWriters();
  }

  #flush(): void {
    const socket = this.#socket;
    if (socket === undefined || this.gone.aborted) return;
    let progress = false;
    for (let first = this.#output[0]; first !== undefined; first = this.#output[0]) {
      const taken = socket.write(first);
      if (taken < 0) {
        this.terminate();
        return;
      }
      this.#outputBytes -= taken;
      progress ||= taken > 0;
      if (taken < first.length) {
        this.#output[0] = first.subarray(taken);
        break;
      }
      this.#output.shift();
    }
    if (this.#outputBytes <= MAX_BUFFERED_BYTES) this.#wakeWriters();
    this.#watchStall(progress);
    if (this.#ending && this.#outputBytes === 0 && !this.#shut) {
      this.#shut = true;
      socket.shutdown();
      if (this.#peerEnded) this.terminate();
      else this.#stallTimer = setTimeout(() => this.terminate(), CLOSE_TIMEOUT_MS).unref();
    }
  }

  #watchStall(progress: boolean): void {
    if (progress || this.#outputBytes === 0) {
      clearTimeout(this.#stallTimer);
      this.#stallTimer = undefined;
    }
    if (this.#outputBytes > 0)
      this.#stallTimer ??= setTimeout(() => this.terminate(), WRITE_STALL_TIMEOUT_MS);
  }

  #wakeReader(): void {
    const wake = this.#reader;
    this.#reader = undefined;
    wake?.();
  }

  #wakeWriters(): void {
    const waiting = this.#writers;
    this.#writers = [];
    for (const wake of waiting) wake();
  }
}

/** Bun's handlers for sockets whose `data` is a FrameChannel. */
export const channelHandlers = {
  data(socket: Raw, chunk: Uint8Array) {
    socket.data.received(chunk);
  },
  drain(socket: Raw) {
    socket.data.writable();
  },
  end(socket: Raw) {
    socket.data.peerEnded();
  },
  close(socket: Raw) {
    socket.data.closed();
  },
  error(socket: Raw, error: Error) {
    socket.data.failed(error);
  },
} as const;
