// Strangers that talk to a member over loopback: a socket for datagrams, and connections.
import { greeting, ready } from "../../../src/ring/wire/zmtp-handshake.ts";

/** Sends datagrams and keeps what comes back. */
export class Sender {
  readonly answers: Buffer[] = [];
  #socket: Bun.udp.Socket<"buffer"> | undefined;

  async open(): Promise<void> {
    const { answers } = this;
    this.#socket = await Bun.udpSocket({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(_socket, data) {
          answers.push(Buffer.from(data));
        },
      },
    });
  }

  send(datagram: Uint8Array, { port }: { port: number }): void {
    this.#socket!.send(datagram, port, "127.0.0.1");
  }

  close(): void {
    this.#socket?.close();
  }
}

/** A connection of a PUSH; what comes back is kept. */
export async function dial(port: number) {
  const state = { received: Buffer.alloc(0), closed: false };
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data(_socket, data) {
        state.received = Buffer.concat([state.received, data]);
      },
      close() {
        state.closed = true;
      },
    },
  });
  return { state, write: (data: Uint8Array) => socket.write(data), end: () => socket.end() };
}

/** What a PUSH says first. */
export const introduction = Buffer.concat([greeting(), ready("PUSH", false)]);
