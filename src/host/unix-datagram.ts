// Datagrams to a Unix socket (unix(7)), which neither Bun nor node can send: service managers are told things this way.
import { ptr } from "bun:ffi";
import { constants } from "node:os";
import { errno, libc, systemError } from "./libc.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** Bytes of `sun_path`; a path needs one of them for its end. */
const MAX_PATH_BYTES = 108;

export interface UnixDatagram {
  /** Sends without waiting; false when the reader's queue is full. Throws HAB-HST-005, also when nobody reads. */
  send(text: string): boolean;
  close(): void;
}

/**
 * A socket that sends to `address`: an absolute path, or `@name` for a name in the abstract namespace. Undefined for any
 * other kind of address. Throws HAB-HST-005.
 */
export function openUnixDatagram(address: string): UnixDatagram | undefined {
  const target = socketAddress(address);
  if (target === undefined) return undefined;
  const descriptor = libc().socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw systemError("socket", errno());
  return {
    send(text) {
      const bytes = Buffer.from(text);
      const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
      const sent = libc().sendto(descriptor, ptr(bytes), bytes.length, flags, ptr(target), target.length);
      if (Number(sent) >= 0) return true;
      const number = errno();
      if (number === constants.errno.EAGAIN || number === constants.errno.ENOBUFS) return false;
      throw systemError(`sendto ${address}`, number);
    },
    close() {
      libc().close(descriptor);
    },
  };
}

/** `struct sockaddr_un`: abstract names begin with a zero byte and have no end but the length. */
function socketAddress(address: string): Uint8Array | undefined {
  const isAbstract = address.startsWith("@") && address.length > 1;
  if (!isAbstract && !address.startsWith("/")) return undefined;
  const name = Buffer.from(isAbstract ? `\0${address.slice(1)}` : `${address}\0`);
  if (name.length > MAX_PATH_BYTES) return undefined;
  const bytes = Buffer.alloc(2 + name.length);
  bytes.writeUInt16LE(AF_UNIX);
  name.copy(bytes, 2);
  return bytes;
}
