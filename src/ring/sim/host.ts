// A simulated machine with at most one Supervisor process on it: its power, its disk, its clock, how slow it is, and what
// it has received and not looked at yet.
import type { RingEvent, RingMachine } from "../protocol.ts";
import { Disk } from "./disk.ts";
import type { Link } from "./tcp.ts";

/** One of ours, or a model of an original member. */
export type Behaviour = "own" | "original";

/** A service its Supervisor was told to run. */
export interface RunService {
  readonly group: string;
  /** Whether the group elects a leader. */
  readonly leader: boolean;
  readonly suitability: bigint;
}

/** What a socket's buffer holds of datagrams nobody reads; more are dropped. */
const UNREAD_DATAGRAMS = 256;
/** What is accepted of messages nobody reads before the sender is held up. */
const UNREAD_MESSAGES = 1000;

export class Host {
  readonly index: number;
  /** Another one after a move. */
  address: string;
  readonly behaviour: Behaviour;
  /** Hosts whose addresses it is given to join by. */
  readonly peers: readonly number[];
  readonly persistent: boolean;
  /** Changes only with the loss of the whole disk. */
  id: string;
  /** Undefined while no Supervisor runs here. */
  machine: RingMachine | undefined;
  /** Counts the processes there have been: what was meant for an earlier one reaches nobody. */
  process = 0;
  powered = true;
  /** When the last process ended. */
  endedAt = Number.NEGATIVE_INFINITY;
  /** It has left on purpose or been told to: nobody need think it alive. */
  left = false;
  readonly disk = new Disk();
  /** Until when what is written may be read again in this run; later, nothing is encoded. */
  readonly diskReadUntilMs: number;
  readonly services = new Map<string, RunService>();

  /** Member id → the connection opened to it. */
  readonly links = new Map<string, Link>();
  /** Connections others opened to here. */
  readonly incoming = new Set<Link>();

  /** When the timer entry in the queue is due, in virtual time; Infinity when there is none. */
  timerAt = Number.POSITIVE_INFINITY;
  /** When its machine wants to be woken, on its own clock, as it said after its last step. */
  wakeAt = Number.POSITIVE_INFINITY;
  /** The timer is due and waits among the unread events. */
  timerWaits = false;
  lastStepAt = -1;
  stepsAtOnce = 0;
  /** How much had changed in the state when it was written last. */
  writtenChanges = 0;
  writePlanned = false;
  /** How often services had changed when its Supervisor looked through its own last. */
  servicesSeen = 0;

  /** Every event costs up to twice this long. 0 for a healthy host. */
  slowMs = 0;
  stalledUntil = 0;
  busyUntil = 0;
  draining = false;
  readonly #drift: number;
  /** What this process's clock showed at the start of virtual time. */
  #clockOffset: number;
  #secondBegunAt = 0;
  #stepsInSecond = 0;
  #unread: RingEvent[] = [];
  #unreadDatagrams = 0;
  #read = 0;

  constructor(options: {
    readonly index: number;
    readonly id: string;
    readonly address: string;
    readonly behaviour: Behaviour;
    readonly peers: readonly number[];
    readonly persistent: boolean;
    readonly diskReadUntilMs: number;
    readonly drift: number;
    readonly clockOffset: number;
  }) {
    this.index = options.index;
    this.id = options.id;
    this.address = options.address;
    this.behaviour = options.behaviour;
    this.peers = options.peers;
    this.persistent = options.persistent;
    this.diskReadUntilMs = options.diskReadUntilMs;
    this.#drift = options.drift;
    this.#clockOffset = options.clockOffset;
  }

  get name(): string {
    return this.behaviour === "own" ? `m${this.index + 1}` : `o${this.index + 1}`;
  }

  get running(): boolean {
    return this.machine !== undefined;
  }

  /** The clock of this host's process, at a virtual time. */
  localTime(now: number): number {
    return this.#clockOffset + now * this.#drift;
  }

  /** When this host's clock will show a time. */
  virtualTime(local: number): number {
    return (local - this.#clockOffset) / this.#drift;
  }

  /** A monotonic clock starts anywhere: with the machine. */
  restartClock(offset: number): void {
    this.#clockOffset = offset;
  }

  /** Whether an event is dealt with at once: nothing waits and nothing holds it up. */
  isIdle(now: number): boolean {
    return this.slowMs === 0 && this.stalledUntil <= now && this.unread === 0 && this.busyUntil <= now;
  }

  /** The clock stood still for so long. */
  holdClock(forMs: number): void {
    this.#clockOffset -= forMs * this.#drift;
  }

  get unread(): number {
    return this.#unread.length - this.#read;
  }

  get acceptsMessages(): boolean {
    return this.unread - this.#unreadDatagrams < UNREAD_MESSAGES;
  }

  /** Keeps what cannot be dealt with now; false where it is dropped. */
  keepUnread(event: RingEvent): boolean {
    if (event.kind === "datagram") {
      if (this.#unreadDatagrams >= UNREAD_DATAGRAMS) return false;
      this.#unreadDatagrams++;
    }
    this.#unread.push(event);
    return true;
  }

  takeUnread(): RingEvent | undefined {
    const event = this.#unread[this.#read];
    if (event === undefined) return undefined;
    this.#read++;
    if (event.kind === "datagram") this.#unreadDatagrams--;
    if (this.#read === this.#unread.length) {
      this.#unread = [];
      this.#read = 0;
    }
    return event;
  }

  /** Counts a step; how many there were in the second it falls into. */
  stepsIn(now: number): number {
    if (now - this.#secondBegunAt >= 1000) {
      this.#secondBegunAt = now;
      this.#stepsInSecond = 0;
    }
    return ++this.#stepsInSecond;
  }

  /** A new process knows nothing of what the old one had in its hands. */
  forgetUnread(): void {
    this.#unread = [];
    this.#read = 0;
    this.#unreadDatagrams = 0;
    this.busyUntil = 0;
    this.stalledUntil = 0;
    this.timerAt = Number.POSITIVE_INFINITY;
    this.wakeAt = Number.POSITIVE_INFINITY;
    this.timerWaits = false;
    this.stepsAtOnce = 0;
  }
}
