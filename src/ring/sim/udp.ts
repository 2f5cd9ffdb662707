// Datagrams from host to host: lost, doubled and overtaken as the network has it. Where nobody listens, the far kernel may
// say so.
import type { Address, RingEvent, SwimMessage } from "../protocol.ts";
import type { Addresses } from "./addresses.ts";
import type { Host } from "./host.ts";
import type { Network } from "./network.ts";
import { chance, type Random } from "./random.ts";

const ICMP_CHANCE = 0.8;

export class Datagram {
  readonly from: Host;
  readonly message: SwimMessage;

  constructor(from: Host, message: SwimMessage) {
    this.from = from;
    this.message = message;
  }
}

/** What datagrams need of the world they are in. */
export interface UdpWorld {
  readonly now: number;
  readonly random: Random;
  readonly network: Network;
  readonly addresses: Addresses;
  /** Has it arrive at the host then. */
  carry(arrivesAt: number, host: Host, datagram: Datagram): void;
  after(delayMs: number, run: () => void): void;
  /** Hands an event to a host's process, if that is still the same. */
  deliver(host: Host, process: number, event: RingEvent): void;
}

export function sendDatagram(world: UdpWorld, from: Host, to: Address, message: SwimMessage): void {
  const { network } = world;
  const far = world.addresses.hostAt(to);
  if (far === undefined || !network.passes(from.index, far.index, "udp")) return;
  const copies = network.isDoubled() ? 2 : 1;
  for (let copy = 0; copy < copies; copy++)
    if (!network.loses(from.index, far.index))
      world.carry(world.now + network.delayMs(), far, new Datagram(from, message));
}

export function datagramArrives(world: UdpWorld, host: Host, { from, message }: Datagram): void {
  const { network } = world;
  if (host.running) {
    const address = world.addresses.of(from.index);
    if (address !== undefined)
      world.deliver(host, host.process, { kind: "datagram", from: address, message });
    return;
  }
  const address = world.addresses.of(host.index);
  if (!host.powered || address === undefined || !chance(world.random, ICMP_CHANCE)) return;
  if (!network.passes(host.index, from.index, "udp") || network.loses(host.index, from.index)) return;
  const { process } = from;
  world.after(network.delayMs(), () => world.deliver(from, process, { kind: "unreachable", address }));
}
