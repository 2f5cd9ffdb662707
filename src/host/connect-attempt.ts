// Whether something answers at a TCP port, told apart by the kernel's own word. Bun calls every failure of a connection
// ECONNREFUSED, also where the host or the network is away, and that is what matters here.
import { ptr } from "bun:ffi";
import { isIPv6 } from "node:net";
import { errno, errnoName, libc } from "./libc.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const IPPROTO_TCP = 6;
const TCP_INFO = 11;
const TCP_ESTABLISHED = 1;

export interface ConnectAttempt {
  /** "pending", "open", or the POSIX name of what went wrong. */
  state(): string;
  /** Must be called once; `state` must not be called after it. */
  close(): void;
}

/** Begins to connect to an IPv4 or IPv6 address. Throws where there is no C library to ask. */
export function beginConnecting(host: string, port: number): ConnectAttempt {
  const address = isIPv6(host) ? ipv6Address(host, port) : ipv4Address(host, port);
  const family = isIPv6(host) ? AF_INET6 : AF_INET;
  const descriptor = libc().socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return ended(errnoName(errno()));
  const failed = libc().connect(descriptor, ptr(address), address.length) === 0 ? "" : errnoName(errno());
  const close = (): void => {
    libc().close(descriptor);
  };
  if (failed !== "" && failed !== "EINPROGRESS") return { state: () => failed, close };
  return {
    state() {
      const error = option(descriptor, SOL_SOCKET, SO_ERROR, 4);
      if (error !== 0) return errnoName(error);
      return (option(descriptor, IPPROTO_TCP, TCP_INFO, 1) & 0xff) === TCP_ESTABLISHED ? "open" : "pending";
    },
    close,
  };
}

const ended = (state: string): ConnectAttempt => ({ state: () => state, close: () => {} });

function option(descriptor: number, level: number, name: number, bytes: number): number {
  const value = new Int32Array(1);
  const length = new Uint32Array([bytes]);
  libc().getsockopt(descriptor, level, name, ptr(value), ptr(length));
  return value[0] as number;
}

/** `struct sockaddr_in`. */
function ipv4Address(host: string, port: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new Uint16Array(bytes.buffer)[0] = AF_INET;
  new DataView(bytes.buffer).setUint16(2, port);
  bytes.set(host.split(".").map(Number), 4);
  return bytes;
}

/** `struct sockaddr_in6`, without a zone. */
function ipv6Address(host: string, port: number): Uint8Array {
  const bytes = new Uint8Array(28);
  new Uint16Array(bytes.buffer)[0] = AF_INET6;
  const view = new DataView(bytes.buffer);
  view.setUint16(2, port);
  const groups = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  // In the shortest form, without an IPv4 part: as URLs show it.
  const [head = "", tail] = new URL(`http://[${host}]/`).hostname.slice(1, -1).split("::");
  const [front, back] = [groups(head), groups(tail ?? "")];
  for (const [index, group] of front.entries()) view.setUint16(8 + 2 * index, group);
  for (const [index, group] of back.entries()) view.setUint16(24 - 2 * (back.length - index), group);
  return bytes;
}
