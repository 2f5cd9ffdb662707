// Brings up the loopback device of a new network namespace, so that no iproute2 is needed: sets IFF_UP on `lo` by
// ioctl(2) SIOCSIFFLAGS (netdevice(7)).
import { dlopen, FFIType } from "bun:ffi";

const AF_INET = 2;
const SOCK_DGRAM = 2;
const SIOCSIFFLAGS = 0x8914n;
const IFF_UP_RUNNING = 0x41;

const libc = dlopen("libc.so.6", {
  socket: { args: [FFIType.i32, FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  ioctl: { args: [FFIType.i32, FFIType.u64, FFIType.ptr], returns: FFIType.i32 },
}).symbols;

const request = Buffer.alloc(40);
request.write("lo");
request.writeUInt16LE(IFF_UP_RUNNING, 16);
const socket = libc.socket(AF_INET, SOCK_DGRAM, 0);
if (socket < 0 || libc.ioctl(socket, SIOCSIFFLAGS, request) !== 0)
  throw new Error("loopback did not come up");
