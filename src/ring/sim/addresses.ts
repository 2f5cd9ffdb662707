// Where the hosts are found: each has an address of its own, and another one after a move.
import type { Address } from "../protocol.ts";
import type { Host } from "./host.ts";

export const RING_PORT = 9638;

export class Addresses {
  readonly #byAddress = new Map<string, Host>();
  /** By the hosts' numbers. */
  readonly #endpoints: Address[];
  #moves = 0;

  constructor(hosts: readonly Host[]) {
    for (const host of hosts) this.#byAddress.set(host.address, host);
    this.#endpoints = hosts.map(({ address }) => ({ host: address, port: RING_PORT }));
  }

  hostAt(address: Address): Host | undefined {
    return address.port === RING_PORT ? this.#byAddress.get(address.host) : undefined;
  }

  of(host: number): Address | undefined {
    return this.#endpoints[host];
  }

  /** Gives the host an address nobody had before; the old one leads nowhere. */
  move(host: Host): void {
    this.#byAddress.delete(host.address);
    this.#moves++;
    host.address = addressOf(this.#endpoints.length + this.#moves);
    this.#byAddress.set(host.address, host);
    this.#endpoints[host.index] = { host: host.address, port: RING_PORT };
  }
}

/** The nth address there is: 10.0.0.1 and on. */
export function addressOf(index: number): string {
  const number = index + 1;
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
}
