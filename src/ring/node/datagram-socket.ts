// The one UDP socket of a member (reference/butterfly.md §6): everything is sent from where it listens. Bun is told about
// ICMP errors but not of which address ; where only one can be meant, it is named.
import { describeError, HabError, systemErrorCode } from "../../error/index.ts";
import { raiseReceiveBuffer } from "../../host/index.ts";
import { ringErrors } from "../errors.ts";
import type { Address } from "../protocol.ts";
import { DATAGRAM_BUFFER_BYTES, ICMP_WINDOW_MS } from "./limits.ts";

export interface DatagramSocketOptions {
  readonly listen: Address;
  readonly now: () => number;
  /** Must be quick: Bun reads a flood to its end before anything else runs. */
  readonly received: (bytes: Uint8Array, from: Address) => void;
  /** Nothing listens at an address we sent to; undefined where it could be one of several. */
  readonly unreachable: (address: Address | undefined) => void;
  readonly failed: (why: string) => void;
}

export interface DatagramSocket {
  readonly port: number;
  /** Whether the kernel took it. */
  send(bytes: Uint8Array, to: Address): boolean;
  close(): void;
}

/** Binds. Throws `cannotListenForDatagrams`. */
export async function openDatagramSocket(options: DatagramSocketOptions): Promise<DatagramSocket> {
  const { listen, now } = options;
  const recent = new RecentAddresses();
  let closed = false;
  const refused = (): void => options.unreachable(recent.only(now()));
  try {
    const socket = await Bun.udpSocket({
      hostname: listen.host,
      port: listen.port,
      socket: {
        data: (_socket, bytes, port, host) => options.received(bytes, { host: plainHost(host), port }),
        // Bun's types have the socket first; Bun 1.4 gives the error alone.
        error: (...given: unknown[]) => {
          const error = given.at(-1);
          if (systemErrorCode(error) === "ECONNREFUSED") refused();
          else options.failed(describeError(error));
        },
      },
    });
    raiseReceiveBuffer((socket as unknown as { fd: number }).fd, DATAGRAM_BUFFER_BYTES);
    return {
      port: socket.port,
      send(bytes, to) {
        if (closed) return false;
        recent.add(to, now());
        // An error of an earlier datagram is thrown by the next send, which is not carried out then.
        for (let attempt = 0; attempt < 3; attempt++)
          try {
            return socket.send(bytes, to.port, to.host);
          } catch (error) {
            if (systemErrorCode(error) !== "ECONNREFUSED") {
              options.failed(`to ${to.host}:${to.port}: ${describeError(error)}`);
              return false;
            }
            refused();
          }
        return false;
      },
      close() {
        closed = true;
        socket.close();
      },
    };
  } catch (cause) {
    throw new HabError(
      ringErrors.cannotListenForDatagrams,
      `Cannot listen on ${listen.host}:${listen.port} for datagrams: ${systemErrorCode(cause) ?? describeError(cause)}`,
      { cause },
    );
  }
}

/** An IPv4 address as such, where a socket for both families shows it as IPv6. */
export function plainHost(host: string): string {
  return host.startsWith("::ffff:") && host.includes(".") ? host.slice("::ffff:".length) : host;
}

/** The address sent to within the last round trips, where it is but one. */
class RecentAddresses {
  #last: Address | undefined;
  #lastAt = Number.NEGATIVE_INFINITY;
  /** When an address other than `#last` was last sent to. */
  #otherAt = Number.NEGATIVE_INFINITY;

  add(address: Address, at: number): void {
    const last = this.#last;
    if (last !== undefined && (last.host !== address.host || last.port !== address.port))
      this.#otherAt = this.#lastAt;
    this.#last = address;
    this.#lastAt = at;
  }

  only(at: number): Address | undefined {
    if (at - this.#otherAt < ICMP_WINDOW_MS || at - this.#lastAt >= ICMP_WINDOW_MS) return undefined;
    return this.#last;
  }
}
