// The shell of one member (docs/decisions/0023-ring.md): runs a protocol machine on UDP, TCP, disk and clock. It does what
// the machine says and tells it what happened; it decides nothing about the ring.

import type { SecretKey } from "../../crypto/index.ts";
import { describeError } from "../../error/index.ts";
import { ringErrors } from "../errors.ts";
import { DATAGRAM_LIMIT_BYTES, MESSAGE_LIMIT_BYTES } from "../limits.ts";
import type { RingCounter } from "../metrics.ts";
import type { Resolve } from "../peers.ts";
import type {
  Address,
  MachineOptions,
  RingEffect,
  RingEvent,
  RingMachine,
  RingNote,
  SwimMessage,
} from "../protocol.ts";
import type { RingState } from "../state.ts";
import type { RingStorage } from "../storage.ts";
import { type Envelope, ringEnvelope } from "../wire/envelope.ts";
import { Alarm } from "./alarm.ts";
import { changesBy, changesOf, isAlone } from "./changes.ts";
import { Codec } from "./codec.ts";
import { createComplaints } from "./complaints.ts";
import type { DatagramSocket } from "./datagram-socket.ts";
import { Dialer } from "./dialer.ts";
import type { DropReason } from "./drops.ts";
import { countClose, noCloses, type RingHealth } from "./health.ts";
import { Inbox, type ReceivedDatagram } from "./inbox.ts";
import { LAST_SAVE_TIMEOUT_MS, LEAVE_TIMEOUT_MS } from "./limits.ts";
import type { Incoming, Listener } from "./listener.ts";
import { Meter } from "./meter.ts";
import { isOwnAddress } from "./own-addresses.ts";
import { PeerBook } from "./peer-book.ts";
import { resolveBySystem } from "./resolve.ts";
import { Saver } from "./saver.ts";
import { openSockets } from "./sockets.ts";

export interface RingNodeOptions {
  /** Opened with `performance.now()` as its monotonic clock, which is the node's. */
  readonly storage: RingStorage;
  readonly machine: (options: MachineOptions) => RingMachine;
  /** For datagrams and connections alike. Port 0 (in tests) takes one that is free for both. */
  readonly listen: Address;
  /** What members of ours are told to reach us by, where it is not the address they see us at. */
  readonly advertise?: Address | undefined;
  readonly permanent: boolean;
  /** As written: `host`, `host:port`, `[v6]:port`. */
  readonly peers: readonly string[];
  readonly peerWatchFile?: string | undefined;
  readonly key: SecretKey<"ring"> | undefined;
  /** Some store changed; once for all that happened in a turn of the loop. */
  readonly changed: () => void;
  /** A Departure named us. */
  readonly departed: () => void;
  readonly note?: ((note: RingNote) => void) | undefined;
  /** A line for the Supervisor's log; at most one a minute of each kind. */
  readonly report: (line: string) => void;
  readonly count: RingCounter;
  /** Looks up names; the system's way where not given. */
  readonly resolve?: Resolve | undefined;
}

export interface RingNode {
  readonly state: RingState;
  /** Where it listens. */
  readonly address: Address;
  /** Something the Supervisor wants of the ring. Carried out before it returns. */
  apply(event: RingEvent): void;
  health(): RingHealth;
  /** Has the state written to disk now instead of within a second. */
  persist(): void;
  /** Says goodbye and waits, a bounded time, until what was said is on its way. */
  leave(): Promise<void>;
  /** Closes everything and writes what is unwritten. */
  stop(): Promise<void>;
}

/** Starts a member. Throws `cannotListenForDatagrams` or `cannotListenForConnections`. */
export async function startRingNode(options: RingNodeOptions): Promise<RingNode> {
  const node = new Node(options, await ringEnvelope(options.key));
  await node.open();
  return node;
}

const now = (): number => performance.now();

class Node implements RingNode {
  readonly #options: RingNodeOptions;
  readonly #codec: Codec;
  readonly #complaints;
  readonly #meter: Meter;
  readonly #saver: Saver;
  readonly #alarm: Alarm;
  readonly #inbox: Inbox;
  readonly #dialer: Dialer;
  readonly #peers: PeerBook;
  readonly #closes = noCloses();
  #listen: Address;
  #datagrams: DatagramSocket | undefined;
  #listener: Listener | undefined;
  #machine: RingMachine | undefined;
  #faults = 0;
  /** Sum of the state's counters when it was last told to be changed. */
  #seenChanges = -1;
  #changeTold: NodeJS.Immediate | undefined;
  #alone = true;
  /** Events that came while another one was being carried out. */
  #nested: RingEvent[] | undefined;
  #stopped = false;

  constructor(options: RingNodeOptions, envelope: Envelope) {
    this.#options = options;
    this.#listen = options.listen;
    this.#complaints = createComplaints(options.report, now);
    this.#meter = new Meter(options.count);
    this.#codec = new Codec(envelope, (transport, what, why) => {
      if (transport === "datagrams") this.#meter.datagramDropped("not-sendable", 0);
      else this.#meter.messageDropped("not-sendable", 0);
      this.#complaints.complain(`seal ${what}`, `Cannot send a ${what} of the ring: ${why}`);
    });
    this.#saver = new Saver({ storage: options.storage, now, report: options.report });
    this.#alarm = new Alarm(now, () => this.#inbox.wake());
    this.#inbox = new Inbox({
      now,
      datagram: (datagram) => this.#lookAtDatagram(datagram),
      event: (event) => this.#step(event),
      wakeAt: () => this.#machine?.wakeAt() ?? Number.POSITIVE_INFINITY,
      timer: (lateMs) => {
        this.#alarm.noteLateness(lateMs);
        this.#step({ kind: "timer", lateMs });
      },
      settled: () => this.#settled(),
    });
    this.#dialer = new Dialer({
      now,
      encode: (message, extensions) => this.#codec.sealMessage(message, extensions),
      sent: (message, bytes) => this.#meter.messageSent(message, bytes),
      event: (event) => this.#inbox.putEvent(event),
      connectFailed: () => this.#meter.connectFailed(),
    });
    this.#peers = new PeerBook({
      peers: options.peers,
      watchFile: options.peerWatchFile,
      family: options.listen.host.includes(":") ? "any" : 4,
      resolve: options.resolve ?? resolveBySystem,
      isSelf: (address) => isOwnAddress(address, this.#listen, options.advertise),
      alone: () => this.#alone,
      changed: (peers) => this.#inbox.putEvent({ kind: "peers", peers }),
      complain: (kind, line) => this.#complaints.complain(kind, line),
    });
  }

  get state(): RingState {
    return this.#options.storage.state;
  }

  get address(): Address {
    return this.#listen;
  }

  async open(): Promise<void> {
    const { storage, permanent, advertise, machine } = this.#options;
    await this.#bind();
    const port = advertise?.port ?? this.#listen.port;
    this.#machine = machine({
      state: storage.state,
      self: { address: advertise?.host ?? "", swimPort: port, gossipPort: port, persistent: permanent },
      random: Math.random,
    });
    this.#seenChanges = changesOf(this.state);
    this.apply({ kind: "start", peers: [] });
    void this.#peers.start();
  }

  apply(event: RingEvent): void {
    if (this.#stopped) return;
    this.#step(event);
    this.#settled();
  }

  health(): RingHealth {
    const { dropped, in: received, out: sent } = this.#meter;
    return {
      lag: this.#alarm.lag,
      waiting: {
        datagrams: this.#inbox.waitingDatagrams,
        messages: this.#listener?.unreadMessages ?? 0,
        messageBytes: this.#listener?.unreadBytes ?? 0,
        outgoing: this.#dialer.waitingMessages,
      },
      connections: {
        incoming: this.#listener?.connections ?? 0,
        outgoing: this.#dialer.connections,
        linked: this.#dialer.linked,
        closed: { ...this.#closes },
      },
      datagrams: {
        in: { ...received.datagrams },
        out: { ...sent.datagrams },
        dropped: { ...dropped.datagrams },
      },
      messages: { in: { ...received.messages }, out: { ...sent.messages }, dropped: { ...dropped.messages } },
      peers: this.#peers.addresses,
      disk: { behind: this.#saver.behind, failure: this.#saver.failure },
      faults: this.#faults,
      lastError: this.#complaints.last,
    };
  }

  persist(): void {
    this.#saver.hurry();
  }

  async leave(): Promise<void> {
    this.apply({ kind: "leave" });
    const end = now() + LEAVE_TIMEOUT_MS;
    // A turn for the events that the farewell may lead to, then until the last connection has taken what it was given.
    do await Bun.sleep(5);
    while (!this.#dialer.idle && now() < end && !this.#stopped);
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#peers.stop();
    this.#alarm.stop();
    this.#inbox.stop();
    if (this.#changeTold !== undefined) clearImmediate(this.#changeTold);
    this.#dialer.close();
    this.#listener?.close();
    this.#datagrams?.close();
    const saved = await Promise.race([
      this.#saver.finish().then(() => true),
      Bun.sleep(LAST_SAVE_TIMEOUT_MS).then(() => false),
    ]);
    if (!saved) this.#options.report("The disk did not take the state of the ring in time");
  }

  async #bind(): Promise<void> {
    const { address, datagrams, listener } = await openSockets(
      this.#listen,
      {
        now,
        received: (bytes, from) => this.#receivedDatagram(bytes, from),
        unreachable: (far) => this.#unreachable(far),
        failed: (why) => this.#complaints.complain("datagram-socket", `Datagrams of the ring: ${why}`),
      },
      {
        now,
        message: (bytes, connection) => this.#lookAtMessage(bytes, connection),
        passedOver: (count, from) => {
          for (let n = 0; n < count; n++) this.#meter.messageDropped("too-long", 0);
          this.#complaints.complain(
            "message too-long",
            `Passed over a message of ${from}: it has more than ${MESSAGE_LIMIT_BYTES} bytes`,
          );
        },
        waiting: (connection) => this.#inbox.putSource(connection),
        closed: (why, from, detail) => {
          countClose(this.#closes, why);
          this.#complaints.complain(`connection ${why}`, `Closed a connection of ${from}: ${detail}`);
        },
      },
    );
    this.#listen = address;
    this.#datagrams = datagrams;
    this.#listener = listener;
  }

  #receivedDatagram(bytes: Uint8Array, from: Address): void {
    if (this.#stopped) return;
    // Compat: the original cuts a longer one off and mostly fails; nobody sends such.
    if (bytes.length > DATAGRAM_LIMIT_BYTES)
      this.#dropDatagram("too-long", bytes, from, `it has ${bytes.length} bytes`);
    else if (!this.#inbox.putDatagram({ bytes, from }))
      this.#dropDatagram("overload", bytes, from, "more arrive than can be looked at");
  }

  #lookAtDatagram({ bytes, from }: ReceivedDatagram): void {
    const message = this.#codec.openDatagram(bytes, (reason, why) =>
      this.#dropDatagram(reason, bytes, from, why),
    );
    if (message === undefined) return;
    this.#meter.datagramReceived(message, bytes.length);
    this.#step({ kind: "datagram", from, message });
  }

  #dropDatagram(reason: DropReason, bytes: Uint8Array, { host, port }: Address, why: string): void {
    this.#meter.datagramDropped(reason, bytes.length);
    this.#complaints.complain(`datagram ${reason}`, `Dropped a datagram of ${host}:${port}: ${why}`);
  }

  #lookAtMessage(bytes: Uint8Array, connection: Incoming): void {
    const { from } = connection;
    const message = this.#codec.openMessage(bytes, (reason, why) => {
      this.#meter.messageDropped(reason, bytes.length);
      this.#complaints.complain(`message ${reason}`, `Dropped a message of ${from}: ${why}`);
    });
    if (message === undefined) return;
    this.#meter.messageReceived(message, bytes.length);
    if (message.kind === "hello") connection.by = message.from.id;
    const { by } = connection;
    const before = changesBy(message, this.state);
    this.#step({ kind: "message", from, message, ...(by === undefined ? {} : { by }) });
    if (before !== undefined && before === changesBy(message, this.state)) this.#meter.rumorIgnored(message);
  }

  #unreachable(address: Address | undefined): void {
    if (address !== undefined && !this.#stopped) this.#inbox.putEvent({ kind: "unreachable", address });
  }

  /** One event and all that it leads to at once; events that come meanwhile are next. */
  #step(event: RingEvent): void {
    if (this.#nested !== undefined) {
      this.#nested.push(event);
      return;
    }
    const nested: RingEvent[] = [event];
    this.#nested = nested;
    try {
      for (let next = nested.shift(); next !== undefined; next = nested.shift()) this.#carryOut(next);
    } finally {
      this.#nested = undefined;
    }
  }

  #carryOut(event: RingEvent): void {
    try {
      for (const effect of this.#machine?.step(event, now()) ?? []) this.#perform(effect);
    } catch (error) {
      this.#faults++;
      const { code } = ringErrors.protocolFault;
      const where = error instanceof Error ? (error.stack?.split("\n")[1]?.trim() ?? "") : "";
      this.#complaints.complain(
        `fault ${event.kind}`,
        `${code} on ${event.kind}: ${describeError(error)} ${where}`,
      );
    }
  }

  #perform(effect: RingEffect): void {
    switch (effect.kind) {
      case "datagram":
        this.#sendDatagram(effect.to, effect.message);
        return;
      case "push":
        this.#dialer.push(effect);
        return;
      case "link":
        this.#dialer.link(effect);
        return;
      case "unlink":
        this.#dialer.unlink(effect);
        return;
      case "knock":
        void this.#dialer.knock(effect);
        return;
      case "incarnation":
        this.#saver.touchIncarnation();
        return;
      case "departed":
        this.#options.departed();
        return;
      case "note":
        this.#meter.note(effect.note, this.state, now());
        this.#options.note?.(effect.note);
    }
  }

  #sendDatagram(to: Address, message: SwimMessage): void {
    const bytes = this.#codec.sealDatagram(message);
    if (bytes === undefined) return;
    if (this.#datagrams?.send(bytes, to) === true) this.#meter.datagramSent(message, bytes.length);
    else this.#meter.datagramDropped("not-sendable", bytes.length);
  }

  /** After a turn: what changed is told and saved, and the timer set. */
  #settled(): void {
    if (this.#stopped) return;
    this.#alarm.arm(this.#machine?.wakeAt() ?? Number.POSITIVE_INFINITY);
    const changes = changesOf(this.state);
    if (changes === this.#seenChanges) return;
    this.#seenChanges = changes;
    this.#saver.touch();
    this.#changeTold ??= setImmediate(() => {
      this.#changeTold = undefined;
      const alone = isAlone(this.state);
      if (alone && !this.#alone) this.#peers.hurry();
      this.#alone = alone;
      this.#meter.state(this.state);
      this.#options.changed();
    });
  }
}
