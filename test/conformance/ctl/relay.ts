// Stands between `hab` and a control gateway and keeps what each side sends, as the vectors were recorded.

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export interface RelayedConnection {
  readonly sent: Uint8Array;
  readonly answered: Uint8Array;
}

export class Relay {
  readonly #server: Server;
  readonly #target: number;
  #connections: { sent: Buffer[]; answered: Buffer[]; ended: Promise<unknown> }[] = [];

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#join(client));
  }

  /** Opens one to the gateway on this port of 127.0.0.1. */
  static async open(target: number): Promise<Relay> {
    const relay = new Relay(target);
    relay.#server.listen(0, "127.0.0.1");
    await once(relay.#server, "listening");
    return relay;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as { readonly port: number }).port}`;
  }

  #join(client: Socket): void {
    const gateway = connect({ port: this.#target, host: "127.0.0.1", allowHalfOpen: true });
    const connection = {
      sent: [] as Buffer[],
      answered: [] as Buffer[],
      ended: new Promise((resolve) => client.on("close", resolve)),
    };
    this.#connections.push(connection);
    client.on("data", (chunk: Buffer) => connection.sent.push(chunk));
    gateway.on("data", (chunk: Buffer) => connection.answered.push(chunk));
    for (const socket of [client, gateway]) socket.on("error", () => {});
    client.pipe(gateway).pipe(client);
    gateway.on("close", () => client.end());
    client.on("close", () => gateway.destroy());
  }

  /** What went through since the last call, when all of it has ended. */
  async take(): Promise<RelayedConnection[]> {
    const taken = this.#connections;
    this.#connections = [];
    await Promise.all(taken.map(({ ended }) => ended));
    return taken.map(({ sent, answered }) => ({
      sent: Buffer.concat(sent),
      answered: Buffer.concat(answered),
    }));
  }

  close(): void {
    this.#server.close();
  }
}
