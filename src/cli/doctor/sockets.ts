// Who listens on this machine, from /proc/net and /proc/<pid>/fd (proc(5)).
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

export type Protocol = "tcp" | "udp";

/** A socket that is bound; `address` is IPv4 in dotted form, `*` for all addresses, else IPv6 as 32 hexadecimal digits. */
export interface BoundSocket {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

export interface SocketOwner {
  readonly pid: number;
  readonly name: string;
}

const LISTENING = "0A";

/** Listening TCP and bound UDP sockets. Tables that cannot be read hold none. */
export function boundSockets(proc: string): BoundSocket[] {
  return (["tcp", "udp"] as const).flatMap((protocol) =>
    [protocol, `${protocol}6`].flatMap((table) =>
      lines(join(proc, "net", table)).flatMap((line) => {
        const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
        const [address, port] = local?.split(":") ?? [];
        if (address === undefined || port === undefined || inode === undefined) return [];
        if (protocol === "tcp" && state !== LISTENING) return [];
        return [{ protocol, address: readableAddress(address), port: Number.parseInt(port, 16), inode }];
      }),
    ),
  );
}

/** The process that has the socket open; undefined when we may not see it. */
export function ownerOf(proc: string, inode: string): SocketOwner | undefined {
  for (const entry of entries(proc)) {
    if (!/^[0-9]+$/.test(entry)) continue;
    const directory = join(proc, entry, "fd");
    if (!entries(directory).some((fd) => linkAt(join(directory, fd)) === `socket:[${inode}]`)) continue;
    return { pid: Number(entry), name: lines(join(proc, entry, "comm"), 0)[0] ?? "?" };
  }
  return undefined;
}

/** The parent of a process, from the fourth field of its stat; undefined when it is gone. */
export function parentOf(proc: string, pid: number): number | undefined {
  const stat = lines(join(proc, String(pid), "stat"), 0)[0];
  // The second field is a name in parentheses that may hold anything, parentheses included.
  const parent = stat
    ?.slice(stat.lastIndexOf(")") + 1)
    .trim()
    .split(" ")[1];
  return parent === undefined ? undefined : Number(parent);
}

/** The program of a process; undefined when we may not see it. */
export function programOf(proc: string, pid: number): string | undefined {
  return linkAt(join(proc, String(pid), "exe"));
}

function readableAddress(hex: string): string {
  if (/^0+$/.test(hex)) return "*";
  // The kernel prints words of 32 bits in the machine's order: little-endian on all we run on.
  const v4 = hex.length === 8 ? hex : /^0{16}FFFF0000(.{8})$/.exec(hex)?.[1];
  if (v4 === undefined) return hex;
  return [...Buffer.from(v4, "hex")].reverse().join(".");
}

function lines(path: string, skip = 1): string[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .slice(skip)
      .filter((line) => line !== "");
  } catch {
    return [];
  }
}

function entries(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
