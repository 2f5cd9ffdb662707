// In what order a member looks at what has come, in slices so short that others on the event loop get their turn:
// datagrams first, for they hold answers to probes; then the timer; then what became of own messages; then rumors, from
// each connection a few at a time. A late timer waits for one more look at the sockets: what came in time must count.
import type { Address, RingEvent } from "../protocol.ts";
import { Fifo } from "./fifo.ts";
import {
  DATAGRAM_SLICE_MS,
  MAX_WAITING_DATAGRAMS,
  MESSAGE_SLICE_MS,
  MESSAGES_A_CONNECTION_A_TURN,
  NOTICEABLE_LAG_MS,
} from "./limits.ts";

export interface ReceivedDatagram {
  readonly bytes: Uint8Array;
  readonly from: Address;
}

/** A connection with messages nobody has looked at yet. */
export interface MessageSource {
  /** Looks at the next message; false when there is none left. */
  takeMessage(): boolean;
}

export interface InboxOptions {
  readonly now: () => number;
  readonly datagram: (datagram: ReceivedDatagram) => void;
  readonly event: (event: RingEvent) => void;
  /** When the timer is due, and what to do then. */
  readonly wakeAt: () => number;
  readonly timer: (lateMs: number) => void;
  /** After each turn in which anything was looked at. */
  readonly settled: () => void;
}

export class Inbox {
  readonly #options: InboxOptions;
  readonly #datagrams = new Fifo<ReceivedDatagram>();
  readonly #events = new Fifo<RingEvent>();
  readonly #sources = new Fifo<MessageSource>();
  #pending: NodeJS.Immediate | undefined;
  /** The sockets were looked at since the timer was found late. */
  #caughtUp = false;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  get waitingDatagrams(): number {
    return this.#datagrams.length;
  }

  /** False where too many wait: it is dropped. */
  putDatagram(datagram: ReceivedDatagram): boolean {
    if (this.#datagrams.length >= MAX_WAITING_DATAGRAMS) return false;
    this.#datagrams.push(datagram);
    this.wake();
    return true;
  }

  putEvent(event: RingEvent): void {
    this.#events.push(event);
    this.wake();
  }

  /** A source that has messages again. It is put once and stays until `takeMessage` says there is none. */
  putSource(source: MessageSource): void {
    this.#sources.push(source);
    this.wake();
  }

  /** Has a turn made soon. */
  wake(): void {
    this.#pending ??= setImmediate(() => {
      this.#pending = undefined;
      this.#turn();
    });
  }

  stop(): void {
    if (this.#pending !== undefined) clearImmediate(this.#pending);
    this.#datagrams.clear();
    this.#events.clear();
    this.#sources.clear();
  }

  #turn(): void {
    const { now } = this.#options;
    const datagramsEnd = now() + DATAGRAM_SLICE_MS;
    for (let next = this.#datagrams.shift(); next !== undefined; next = this.#datagrams.shift()) {
      this.#options.datagram(next);
      if (now() >= datagramsEnd) break;
    }
    const waitingForSockets = this.#timer();
    const messagesEnd = now() + MESSAGE_SLICE_MS;
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
      this.#options.event(next);
      if (now() >= messagesEnd) break;
    }
    this.#messages(messagesEnd);
    this.#options.settled();
    if (waitingForSockets || this.#datagrams.length + this.#events.length + this.#sources.length > 0)
      this.wake();
  }

  /** Whether the timer is late and waits for a look at the sockets. */
  #timer(): boolean {
    const lateMs = this.#options.now() - this.#options.wakeAt();
    if (lateMs < 0) return false;
    if (lateMs > NOTICEABLE_LAG_MS && !this.#caughtUp) {
      this.#caughtUp = true;
      return true;
    }
    this.#caughtUp = false;
    this.#options.timer(lateMs);
    return false;
  }

  #messages(end: number): void {
    for (let source = this.#sources.shift(); source !== undefined; source = this.#sources.shift()) {
      let more = true;
      for (let taken = 0; more && taken < MESSAGES_A_CONNECTION_A_TURN; taken++) {
        if (this.#options.now() >= end) break;
        more = source.takeMessage();
      }
      if (more) this.#sources.push(source);
      if (this.#options.now() >= end) return;
    }
  }
}
