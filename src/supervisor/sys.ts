// What a Supervisor says about itself: name, addresses, identity (reference/services.md §21, supervisor.md §5 step 8).
import { hostname } from "node:os";
import { environmentValue } from "../host/index.ts";
import type { MemberSys } from "./census/census.ts";

export interface SysInfo extends MemberSys {
  readonly version: string;
  readonly memberId: string;
  readonly permanent: boolean;
}

const DEFAULT_LOOKUP_TARGET = "8.8.8.8:53";

/** The address this host would use to reach the outside, found without sending anything; undefined when there is none. */
export async function outboundAddress(): Promise<string | undefined> {
  const target = environmentValue("HAB_OUTBOUND_IP_ADDR_LOOKUP_SOCKET_ADDR") ?? DEFAULT_LOOKUP_TARGET;
  const at = target.lastIndexOf(":");
  const { createSocket } = await import("node:dgram");
  const socket = createSocket("udp4");
  try {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once("error", reject);
    socket.connect(Number(target.slice(at + 1)), target.slice(0, at), resolve);
    await promise;
    const { address } = socket.address();
    return address === "0.0.0.0" ? undefined : address;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}

export function hostName(): string {
  return hostname() || "localhost";
}
