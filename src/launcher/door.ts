// The socket at which a Supervisor registers with its launcher, and the connection to it.
import type { Socket, UnixSocketListener } from "bun";
import { describeError, HabError } from "../error/index.ts";
import { launcherErrors } from "./errors.ts";
import {
  type Event,
  encodeLine,
  isCount,
  LineDecoder,
  PROTOCOL_VERSION,
  parseRequest,
  type Replies,
  type Reply,
  type Request,
  type RequestName,
} from "./protocol.ts";

export interface DoorOptions {
  /** Carries out a request of a registered Supervisor. What it throws is told to the Supervisor. */
  readonly handle: (request: Exclude<Request, { do: "register" }>) => Promise<Replies[RequestName]>;
  /** A Supervisor is connected, and speaks this version. */
  readonly registered: (protocol: number) => void;
}

/** At most one Supervisor is connected; another one is turned away until that one's connection has ended. */
export class Door {
  readonly #options: DoorOptions;
  readonly #listener: UnixSocketListener<Connection>;
  #current: Connection | undefined;

  constructor(path: string, options: DoorOptions) {
    this.#options = options;
    this.#listener = Bun.listen<Connection>({
      unix: path,
      socket: {
        open: (socket) => {
          socket.data = new Connection(socket, (connection, request) => this.#received(connection, request));
        },
        data: (socket, chunk) => socket.data.data(chunk),
        drain: (socket) => socket.data.flush(),
        close: (socket) => {
          if (this.#current === socket.data) this.#current = undefined;
        },
        error: () => {},
      },
    });
  }

  get isConnected(): boolean {
    return this.#current !== undefined;
  }

  /** Tells the Supervisor; false when none is connected. */
  announce(event: Event): boolean {
    this.#current?.send(event);
    return this.#current !== undefined;
  }

  close(): void {
    this.#listener.stop(true);
  }

  #received(connection: Connection, request: Request): void {
    if (request.do === "register") this.#register(connection, request);
    else if (connection !== this.#current)
      connection.refuse(request.id, new HabError(launcherErrors.refused, "not registered"));
    else
      this.#options.handle(request).then(
        (ok) => connection.send({ id: request.id, ok }),
        (error: unknown) => connection.refuse(request.id, error),
      );
  }

  #register(connection: Connection, { id, protocol }: Extract<Request, { do: "register" }>): void {
    if (this.#current !== undefined && this.#current !== connection) {
      connection.refuse(id, new HabError(launcherErrors.refused, "another Supervisor is connected"));
      return;
    }
    this.#current = connection;
    const agreed = Math.min(protocol, PROTOCOL_VERSION);
    connection.send({ id, ok: { protocol: agreed, pid: process.pid } });
    this.#options.registered(agreed);
  }
}

class Connection {
  readonly #socket: Socket<Connection>;
  readonly #received: (connection: Connection, request: Request) => void;
  readonly #decoder = new LineDecoder();
  #output: Uint8Array[] = [];

  constructor(socket: Socket<Connection>, received: (connection: Connection, request: Request) => void) {
    this.#socket = socket;
    this.#received = received;
  }

  data(chunk: Uint8Array): void {
    let lines: Record<string, unknown>[];
    try {
      lines = this.#decoder.push(chunk);
    } catch {
      this.#socket.terminate();
      return;
    }
    for (const line of lines) {
      try {
        this.#received(this, parseRequest(line));
      } catch (error) {
        const id = line["id"];
        if (isCount(id)) this.refuse(id, error);
        else this.#socket.terminate();
      }
    }
  }

  send(message: Reply | Event): void {
    this.#output.push(encodeLine(message));
    this.flush();
  }

  refuse(id: number, error: unknown): void {
    const known = error instanceof HabError ? error : undefined;
    const { code, next } = known ?? {
      code: launcherErrors.refused.code,
      next: launcherErrors.refused.remedy,
    };
    this.send({ id, error: { code, message: describeError(error), next } });
  }

  flush(): void {
    for (let first = this.#output[0]; first !== undefined; first = this.#output[0]) {
      const taken = this.#socket.write(first);
      if (taken < first.length) {
        if (taken > 0) this.#output[0] = first.subarray(taken);
        return;
      }
      this.#output.shift();
    }
  }
}
