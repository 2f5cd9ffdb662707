// Whether this process may start others under another identity (reference/services.md §3: decided by capabilities,
// not by the user id).
import { readFileSync } from "node:fs";

const CAP_CHOWN = 1n << 0n;
const CAP_SETGID = 1n << 6n;
const CAP_SETUID = 1n << 7n;
const NEEDED = CAP_CHOWN | CAP_SETGID | CAP_SETUID;

/**
 * Whether services and hooks can run as their own user and own their files: CAP_SETUID, CAP_SETGID and CAP_CHOWN are
 * effective. In a user namespace that maps a single id all capabilities are there, but there is no other user to
 * become, so the answer is no.
 */
export function canRunAsOtherUser(): boolean {
  return hasCapabilities(readProcFile("status")) && mapsOtherIds(readProcFile("uid_map"));
}

/** Whether `status` (text of /proc/<pid>/status) shows all needed capabilities as effective. */
export function hasCapabilities(status: string): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return effective !== undefined && (BigInt(`0x${effective}`) & NEEDED) === NEEDED;
}

/** Whether `map` (text of /proc/<pid>/uid_map) holds more than one id. An absent map means no namespaces: all ids. */
export function mapsOtherIds(map: string): boolean {
  const lengths = map.split("\n").filter((line) => line.trim() !== "");
  if (lengths.length === 0) return true;
  return lengths.reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[2] ?? 0), 0) > 1;
}

function readProcFile(name: string): string {
  try {
    return readFileSync(`/proc/self/${name}`, "utf8");
  } catch {
    return "";
  }
}
