// Options of sockets that Bun does not offer. None is needed for a program to be right: where the C library cannot be
// reached or the kernel refuses, the socket stays as it is.
import { ptr } from "bun:ffi";
import { libc } from "./libc.ts";

const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
/** As SO_RCVBUF, beyond the system's limit; for processes with CAP_NET_ADMIN. */
const SO_RCVBUFFORCE = 33;
const IPPROTO_TCP = 6;
const TCP_USER_TIMEOUT = 18;

/** Lets a socket hold more unread data, as near to `bytes` as is allowed. Says whether the kernel took it. */
export function raiseReceiveBuffer(descriptor: number, bytes: number): boolean {
  return (
    setOption(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, bytes) ||
    setOption(descriptor, SOL_SOCKET, SO_RCVBUF, bytes)
  );
}

/** Breaks a TCP connection once data sent has been without acknowledgement for so long. Says whether the kernel took it. */
export function setUserTimeout(descriptor: number, milliseconds: number): boolean {
  return setOption(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, milliseconds);
}

function setOption(descriptor: number, level: number, option: number, value: number): boolean {
  if (!(descriptor >= 0)) return false;
  try {
    const bytes = new Int32Array([value]);
    return libc().setsockopt(descriptor, level, option, ptr(bytes), bytes.byteLength) === 0;
  } catch {
    return false; // no glibc
  }
}
