// What a Supervisor says about itself: name, addresses, identity (reference/services.md §21, supervisor.md §5 step 8).
import { hostname } from "node:os";
import { environmentValue } from "../host/index.ts";
import type { MemberSys } from "./census/census.ts";
import type { SupervisorOptions } from "./options.ts";
import { type Output, PROGRAM } from "./output.ts";

export interface SysInfo extends MemberSys {
  readonly version: string;
  readonly memberId: string;
  readonly permanent: boolean;
}

/** What is told with each service. */
export function memberSys(sys: SysInfo): MemberSys {
  return {
    ip: sys.ip,
    hostname: sys.hostname,
    gossipIp: sys.gossipIp,
    gossipPort: sys.gossipPort,
    httpGatewayIp: sys.httpGatewayIp,
    httpGatewayPort: sys.httpGatewayPort,
    ctlGatewayIp: sys.ctlGatewayIp,
    ctlGatewayPort: sys.ctlGatewayPort,
  };
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

/** What this Supervisor says about itself, from its options and the machine. */
export async function systemInfo(
  options: SupervisorOptions,
  memberId: string,
  output: Output,
): Promise<SysInfo> {
  const ip = options.sysIpAddress ?? (await outboundAddress());
  if (ip === undefined) output.line(PROGRAM, "SY", "No outbound address found; announcing 127.0.0.1");
  return {
    version: options.version,
    memberId,
    ip: ip ?? "127.0.0.1",
    hostname: hostName(),
    gossipIp: options.listenGossip.host,
    gossipPort: options.listenGossip.port,
    httpGatewayIp: options.listenHttp.host,
    httpGatewayPort: options.listenHttp.port,
    ctlGatewayIp: options.listenCtl.host,
    ctlGatewayPort: options.listenCtl.port,
    permanent: options.permanentPeer,
  };
}
