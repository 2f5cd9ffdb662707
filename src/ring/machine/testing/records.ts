// For tests: members and rumors to begin with, one of each that a test changes where it matters.
import type { Member } from "../../member.ts";
import type { ServiceRumor } from "../../rumor.ts";

/** Address of the n-th member. */
export const hostOf = (n: number): string => `10.0.${Math.floor(n / 250)}.${1 + (n % 250)}`;

export const PORT = 9638;

/** A record of one of ours, unless `abilities` says otherwise. */
export function record(id: string, n: number, rest: Partial<Member> = {}): Member {
  return {
    id,
    incarnation: 1n,
    address: hostOf(n),
    swimPort: PORT,
    gossipPort: PORT,
    persistent: false,
    departed: false,
    probePing: false,
    abilities: 1,
    ...rest,
  };
}

export function original(id: string, n: number, rest: Partial<Member> = {}): Member {
  const { abilities: _, ...plain } = record(id, n, rest);
  return plain;
}

export function serviceOf(
  memberId: string,
  serviceGroup = "g.default",
  rest: Partial<ServiceRumor> = {},
): ServiceRumor {
  return {
    memberId,
    serviceGroup,
    incarnation: 1n,
    initialized: false,
    pkg: "acme/g/1.0.0/20260101000000",
    cfg: new Uint8Array(),
    sys: {
      ip: "127.0.0.1",
      hostname: "localhost",
      gossipIp: "",
      gossipPort: 0,
      httpGatewayIp: "",
      httpGatewayPort: 0,
      ctlGatewayIp: "",
      ctlGatewayPort: 0,
    },
    pkgIncarnation: 0n,
    ...rest,
  };
}

/** Numbers from 0 up to 1 that are the same each time. */
export function steadyRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39);
    mixed ^= mixed >>> 16;
    return (mixed >>> 0) / 2 ** 32;
  };
}
