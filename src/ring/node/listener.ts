// Connections that others open to us (reference/butterfly.md §7): each is read by a PULL of ZMTP, and what it says waits
// in the connection until the inbox takes it. One that sends more than we can look at is read no further until we can.
import type { Socket, TCPSocketListener } from "bun";
import { describeError, HabError, systemErrorCode } from "../../error/index.ts";
import { ringErrors } from "../errors.ts";
import type { Address } from "../protocol.ts";
import { ZmtpReader } from "../wire/zmtp.ts";
import { plainHost } from "./datagram-socket.ts";
import { Fifo } from "./fifo.ts";
import type { MessageSource } from "./inbox.ts";
import {
  BUSY_UNREAD_BYTES,
  INCOMING_HANDSHAKE_TIMEOUT_MS,
  KEEP_ALIVE_MS,
  MAX_INCOMING_CONNECTIONS,
  MAX_UNREAD_BYTES,
  MAX_UNREAD_BYTES_A_CONNECTION,
} from "./limits.ts";

export interface ListenerOptions {
  readonly listen: Address;
  readonly now: () => number;
  /** A message is there to be looked at: `bytes` is one envelope. */
  readonly message: (bytes: Uint8Array, connection: Incoming) => void;
  /** So many messages were too long to be looked at. */
  readonly passedOver: (count: number, from: string) => void;
  /** This connection has messages again. */
  readonly waiting: (connection: MessageSource) => void;
  /** A connection was closed for what it did. */
  readonly closed: (why: CloseReason, far: string, detail: string) => void;
  readonly maxConnections?: number;
}

export const CLOSE_REASONS = ["protocol", "handshake-timeout", "too-many", "overload"] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

export interface Listener {
  readonly connections: number;
  readonly unreadMessages: number;
  readonly unreadBytes: number;
  close(): void;
}

/** One connection, as its messages see it. */
export interface Incoming {
  readonly from: string;
  /** The member that introduced itself here. */
  by: string | undefined;
}

/** Listens. Throws `cannotListenForConnections`. */
export function listenForConnections(options: ListenerOptions): Listener {
  const hall = new Hall(options);
  let server: TCPSocketListener<Connection>;
  try {
    server = Bun.listen<Connection>({
      hostname: options.listen.host,
      port: options.listen.port,
      allowHalfOpen: false,
      socket: {
        open: (socket) => {
          socket.data = hall.enter(socket);
        },
        data: (socket, bytes) => socket.data.received(bytes),
        drain: (socket) => socket.data.drained(),
        close: (socket) => socket.data?.left(),
        error: (socket) => socket.data?.left(),
      },
    });
  } catch (cause) {
    throw new HabError(
      ringErrors.cannotListenForConnections,
      `Cannot listen on ${options.listen.host}:${options.listen.port} for connections: ` +
        (systemErrorCode(cause) ?? describeError(cause)),
      { cause },
    );
  }
  return {
    get connections() {
      return hall.size;
    },
    get unreadMessages() {
      return hall.unreadMessages;
    },
    get unreadBytes() {
      return hall.unreadBytes;
    },
    close() {
      server.stop(true);
      hall.closeAll();
    },
  };
}

/** All connections, in the order in which they last said something: the first has been silent longest. */
class Hall {
  readonly options: ListenerOptions;
  readonly #connections = new Set<Connection>();
  unreadMessages = 0;
  /** Of whole messages not looked at, and of ones begun. */
  unreadBytes = 0;

  constructor(options: ListenerOptions) {
    this.options = options;
  }

  get size(): number {
    return this.#connections.size;
  }

  enter(socket: Socket<Connection>): Connection {
    const limit = this.options.maxConnections ?? MAX_INCOMING_CONNECTIONS;
    for (const silent of this.#connections) {
      if (this.#connections.size < limit) break;
      silent.dismiss("too-many", `there are ${limit} others`);
    }
    const connection = new Connection(this, socket);
    this.#connections.add(connection);
    connection.greet();
    return connection;
  }

  heard(connection: Connection): void {
    this.#connections.delete(connection);
    this.#connections.add(connection);
  }

  leave(connection: Connection): void {
    this.#connections.delete(connection);
  }

  /** Makes room where all connections together hold too much: at the cost of the one that holds most. */
  relieve(): void {
    if (this.unreadBytes <= MAX_UNREAD_BYTES) return;
    let most: Connection | undefined;
    for (const connection of this.#connections)
      if (most === undefined || connection.held > most.held) most = connection;
    most?.dismiss("overload", `${most.held} bytes of it wait to be looked at`);
  }

  closeAll(): void {
    for (const connection of this.#connections) connection.end();
  }
}

class Connection implements MessageSource, Incoming {
  readonly from: string;
  by: string | undefined;
  readonly #hall: Hall;
  readonly #socket: Socket<Connection>;
  readonly #zmtp = new ZmtpReader();
  readonly #messages = new Fifo<Uint8Array>();
  #timer: Timer | undefined;
  #messageBytes = 0;
  /** What the hall was told that we hold. */
  #told = 0;
  #queued = false;
  #paused = false;
  #open = true;
  #unsent: Uint8Array | undefined;

  constructor(hall: Hall, socket: Socket<Connection>) {
    this.#hall = hall;
    this.#socket = socket;
    this.from = plainHost(socket.remoteAddress);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#timer = setTimeout(
      () => this.dismiss("handshake-timeout", "it did not introduce itself"),
      INCOMING_HANDSHAKE_TIMEOUT_MS,
    );
  }

  /** Bytes of messages not looked at yet, and of one begun. */
  get held(): number {
    return this.#messageBytes + (this.#open ? this.#zmtp.held : 0);
  }

  greet(): void {
    this.#write(this.#zmtp.greeting);
  }

  received(bytes: Uint8Array): void {
    if (!this.#open) return;
    this.#hall.heard(this);
    const { messages, tooLong, reply, refused } = this.#zmtp.push(bytes);
    if (tooLong > 0) this.#hall.options.passedOver(tooLong, this.from);
    for (const message of messages) {
      this.#messages.push(message);
      this.#messageBytes += message.length;
    }
    this.#hall.unreadMessages += messages.length;
    this.#write(reply);
    if (this.#zmtp.peer !== undefined) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    this.#account();
    if (!this.#queued && this.#messages.length > 0) {
      this.#queued = true;
      this.#hall.options.waiting(this);
    }
    if (refused !== undefined) {
      this.end();
      this.#hall.options.closed("protocol", this.from, refused);
      return;
    }
    this.#pauseIfBusy();
    this.#hall.relieve();
  }

  /** Messages that came before the far end closed are looked at all the same. */
  takeMessage(): boolean {
    const message = this.#messages.shift();
    if (message === undefined) {
      this.#queued = false;
      return false;
    }
    this.#messageBytes -= message.length;
    this.#hall.unreadMessages--;
    this.#account();
    const fewLeft = this.#messageBytes < MAX_UNREAD_BYTES_A_CONNECTION / 2;
    if (
      this.#paused &&
      fewLeft &&
      (this.#hall.unreadBytes <= BUSY_UNREAD_BYTES || this.#messages.length === 0)
    ) {
      this.#paused = false;
      if (this.#open) this.#socket.resume();
    }
    this.#hall.options.message(message, this);
    return true;
  }

  /** One without a whole message is never paused: nothing would make it go on. */
  #pauseIfBusy(): void {
    if (this.#paused || this.#messages.length === 0) return;
    const busy =
      this.#messageBytes > MAX_UNREAD_BYTES_A_CONNECTION || this.#hall.unreadBytes > BUSY_UNREAD_BYTES;
    if (!busy) return;
    this.#paused = true;
    this.#socket.pause();
  }

  drained(): void {
    const rest = this.#unsent;
    this.#unsent = undefined;
    if (rest !== undefined) this.#write(rest);
  }

  /** Closes it for a reason, and forgets what it has said. */
  dismiss(why: CloseReason, detail: string): void {
    if (!this.#open) return;
    this.#hall.unreadMessages -= this.#messages.length;
    this.#messages.clear();
    this.#messageBytes = 0;
    this.end();
    this.#hall.options.closed(why, this.from, detail);
  }

  end(): void {
    if (!this.#open) return;
    this.left();
    this.#socket.terminate();
  }

  /** The connection is gone. */
  left(): void {
    if (!this.#open) return;
    this.#open = false;
    clearTimeout(this.#timer);
    this.#account();
    this.#hall.leave(this);
  }

  #account(): void {
    const held = this.held;
    this.#hall.unreadBytes += held - this.#told;
    this.#told = held;
  }

  /** Greeting, READY and PONGs: a far end that reads none of them is not one to wait for. */
  #write(bytes: Uint8Array): void {
    if (!this.#open || bytes.length === 0) return;
    if (this.#unsent !== undefined) {
      this.dismiss("protocol", "it does not read what it asked for");
      return;
    }
    const taken = Math.max(0, this.#socket.write(bytes));
    if (taken < bytes.length) this.#unsent = bytes.subarray(taken);
  }
}
