// One connection to a NATS server that only publishes: handshake, PUB, answers to PING (reference/supervisor.md §17; the
// protocol is at docs.nats.io, "Client protocol").
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { NatsAddress, NatsLogin } from "./address.ts";

/** For connecting and for each answer of the handshake. */
const ANSWER_TIMEOUT_MS = 10_000;

/** A server that takes nothing for this long has gone. */
const STALL_TIMEOUT_MS = 30_000;

/** At the end a server has this long to take what is left. */
const FINISH_TIMEOUT_MS = 1_000;

/** Longest line of a server; INFO is about 500 bytes. */
const MAX_LINE_BYTES = 64 * 1024;

/** Bytes that may wait in the socket before the next event has to. */
const MAX_WAITING_BYTES = 256 * 1024;

export interface NatsOptions {
  readonly address: NatsAddress;
  /** Where the address brings none. */
  readonly login: NatsLogin;
  readonly name: string;
  /** Authorities trusted for TLS, PEM; asked for when the server wants TLS. */
  readonly authorities: () => Promise<string[]>;
  /** The name its certificate must hold, where that is not the host. */
  readonly serverName?: string;
}

export interface NatsConnection {
  /** Whether another event may be published; false: wait for `writable`. */
  readonly hasRoom: boolean;
  publish(subject: string, payload: Uint8Array): void;
  /** Called when there is room again. */
  onRoom(listener: () => void): void;
  /** Other servers of its cluster, `host:port`. */
  readonly others: readonly string[];
  /** Resolves with the reason when it has ended. */
  readonly ended: Promise<Error>;
  close(): void;
  /** Closes once what was published has been taken, or after a moment. */
  finish(): Promise<void>;
}

/** Connects and shakes hands. Rejects with the reason when that fails. */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const connection = new Connection(options);
  try {
    await connection.open();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

class Connection implements NatsConnection {
  readonly #options: NatsOptions;
  readonly #ending = Promise.withResolvers<Error>();
  #socket: Socket | undefined;
  #buffer = "";
  #lines: string[] = [];
  #lineWaiter: (() => void) | undefined;
  #failure: Error | undefined;
  #open = false;
  #onRoom: () => void = () => {};
  #stall: ReturnType<typeof setTimeout> | undefined;
  others: readonly string[] = [];

  constructor(options: NatsOptions) {
    this.#options = options;
  }

  get ended(): Promise<Error> {
    return this.#ending.promise;
  }

  get hasRoom(): boolean {
    return this.#open && (this.#socket?.writableLength ?? 0) < MAX_WAITING_BYTES;
  }

  onRoom(listener: () => void): void {
    this.#onRoom = listener;
  }

  async open(): Promise<void> {
    const { address, name } = this.#options;
    const tcp = connectTcp(address.port, address.host);
    this.#attach(tcp);
    await this.#within("connecting", (resolve) => tcp.once("connect", resolve));
    const info = parseInfo(await this.#answer("INFO"));
    this.others = info.others;
    if (info.tlsRequired) await this.#upgrade(tcp);
    const login = address.login ?? this.#options.login;
    const options = {
      verbose: true,
      pedantic: false,
      tls_required: info.tlsRequired,
      ...(login.kind === "token" ? { auth_token: login.token } : { user: login.user, pass: login.password }),
      name,
      lang: "typescript",
      version: "0.6.1",
      protocol: 1,
      echo: false,
    };
    this.#write(`CONNECT ${JSON.stringify(options)}\r\n`);
    await this.#answer("+OK");
    this.#write("PING\r\n");
    await this.#answer("PONG");
    this.#open = true;
  }

  publish(subject: string, payload: Uint8Array): void {
    this.#write(Buffer.concat([Buffer.from(`PUB ${subject} ${payload.length}\r\n`), payload, CRLF]));
  }

  close(): void {
    this.#fail(new Error("closed"));
  }

  async finish(): Promise<void> {
    const socket = this.#socket;
    if (this.#open && socket !== undefined) {
      const timer = setTimeout(() => this.close(), FINISH_TIMEOUT_MS);
      socket.end();
      await this.ended;
      clearTimeout(timer);
    }
    this.close();
  }

  async #upgrade(tcp: Socket): Promise<void> {
    const { address, authorities, serverName = address.host } = this.#options;
    const ca = await authorities();
    tcp.removeAllListeners("data");
    const tls = connectTls({
      socket: tcp,
      ca,
      minVersion: "TLSv1.2",
      rejectUnauthorized: true,
      ...(isIP(serverName) === 0 ? { servername: serverName } : { host: serverName }),
    });
    this.#attach(tls);
    await this.#within("the TLS handshake", (resolve) => tls.once("secureConnect", resolve));
    if (!tls.authorized) throw new Error(String(tls.authorizationError));
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on("data", (chunk: Buffer) => this.#received(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
    socket.on("drain", () => {
      clearTimeout(this.#stall);
      this.#stall = undefined;
      this.#onRoom();
    });
  }

  #write(bytes: string | Uint8Array): void {
    if (this.#failure !== undefined || this.#socket?.write(bytes) !== false) return;
    this.#stall ??= setTimeout(() => this.#fail(new Error("the server takes nothing")), STALL_TIMEOUT_MS);
    this.#stall.unref();
  }

  #received(chunk: Buffer): void {
    this.#buffer += chunk.toString("latin1");
    for (let end = this.#buffer.indexOf("\r\n"); end >= 0; end = this.#buffer.indexOf("\r\n")) {
      const line = this.#buffer.slice(0, end);
      this.#buffer = this.#buffer.slice(end + 2);
      this.#take(line);
    }
    if (this.#buffer.length > MAX_LINE_BYTES) this.#fail(new Error("the server sends no lines"));
  }

  #take(line: string): void {
    if (/^PING\b/i.test(line)) this.#write("PONG\r\n");
    else if (/^-ERR\b/i.test(line)) this.#fail(new Error(line.slice(5).replaceAll("'", "").trim()));
    else if (this.#open) {
      // Publishing is answered with +OK each time; a server that is about to go tells of others.
      if (/^INFO\b/i.test(line)) this.others = parseInfo(line).others;
    } else {
      this.#lines.push(line);
      this.#lineWaiter?.();
    }
  }

  /** The next line of the handshake, which must begin so. */
  async #answer(word: string): Promise<string> {
    await this.#within(word, (resolve) => {
      this.#lineWaiter = resolve;
      if (this.#lines.length > 0) resolve();
    });
    const line = this.#lines.shift() ?? "";
    if (!line.toUpperCase().startsWith(word)) throw new Error(`expected ${word}, not ${line.slice(0, 80)}`);
    return line;
  }

  async #within(what: string, begin: (resolve: () => void) => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(`no answer in time (${what})`)), ANSWER_TIMEOUT_MS);
    void this.ended.then(reject);
    begin(resolve);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#open = false;
    clearTimeout(this.#stall);
    this.#socket?.destroy();
    this.#ending.resolve(error);
  }
}

const CRLF = Buffer.from("\r\n");

function parseInfo(line: string): { tlsRequired: boolean; others: string[] } {
  const info: unknown = JSON.parse(line.slice(line.indexOf("{")));
  const { tls_required, connect_urls } = info as { tls_required?: unknown; connect_urls?: unknown };
  const others = Array.isArray(connect_urls) ? connect_urls.filter((url) => typeof url === "string") : [];
  return { tlsRequired: tls_required === true, others };
}
