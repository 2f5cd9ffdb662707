// Which releases processes run from: their program lies in one (proc(5)).
import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { fsRoot } from "../host/index.ts";
import type { FullIdent } from "./ident.ts";
import { releaseAt, releasePlaces } from "./release-at.ts";
import type { StoreOptions } from "./store.ts";

/** Each release a process runs from, as often as there are such processes. Those we may not look at are passed over. */
export function runningReleases({ root = fsRoot() }: StoreOptions = {}): FullIdent[] {
  const places = releasePlaces(root);
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((pid) => releaseAt(programOf(pid), places) ?? []);
}

function programOf(pid: string): string {
  try {
    return readlinkSync(join("/proc", pid, "exe"));
  } catch {
    return ""; // gone, of the kernel, or somebody else's
  }
}
