// Where a member listens: datagrams and connections on one port, since others know of one address only.
import type { Address } from "../protocol.ts";
import { type DatagramSocket, type DatagramSocketOptions, openDatagramSocket } from "./datagram-socket.ts";
import { type Listener, type ListenerOptions, listenForConnections } from "./listener.ts";

/** Ports tried where any will do. */
const PORT_ATTEMPTS = 16;

export interface Sockets {
  /** With the port that was taken. */
  readonly address: Address;
  readonly datagrams: DatagramSocket;
  readonly listener: Listener;
}

/** Opens both. Port 0 takes one that is free for both. Throws `cannotListenForDatagrams` or `cannotListenForConnections`. */
export async function openSockets(
  listen: Address,
  forDatagrams: Omit<DatagramSocketOptions, "listen">,
  forConnections: Omit<ListenerOptions, "listen">,
): Promise<Sockets> {
  for (let attempt = 1; ; attempt++) {
    const datagrams = await openDatagramSocket({ ...forDatagrams, listen });
    const address = { host: listen.host, port: datagrams.port };
    try {
      return { address, datagrams, listener: listenForConnections({ ...forConnections, listen: address }) };
    } catch (error) {
      datagrams.close();
      if (listen.port !== 0 || attempt >= PORT_ATTEMPTS) throw error;
    }
  }
}
