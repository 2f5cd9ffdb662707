// `hab doctor`, disk: room and inodes where packages, services and caches go, and mounts that cannot be written.
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "../../error/index.ts";
import { type Check, checksOf, type DoctorContext, nearestExisting } from "./check.ts";

const { ok, warning, failure } = checksOf("disk");

const MIB = 1024 * 1024;
const LOW_BYTES = 1024 * MIB;
const LOW_SHARE = 0.05;
const FULL_BYTES = 64 * MIB;
const PLACES = ["hab/pkgs", "hab/cache", "hab/svc"];
const MAKE_ROOM = "Make room: `hab pkg uninstall` what is not used, empty hab/cache/artifacts.";

/** A check for each place. */
export function checkDisk(context: DoctorContext): Check[] {
  return PLACES.map((place) => checkPlace(context, join(context.root, place)));
}

function checkPlace(context: DoctorContext, path: string): Check {
  try {
    const at = realpathSync(nearestExisting(path));
    if (isReadOnly(context.proc, at))
      return failure(
        path,
        "its file system is mounted read-only",
        "Mount it to be written (mount -o remount,rw).",
      );
    const { freeBytes, totalBytes, freeInodes, totalInodes } = context.space(at);
    const share = totalBytes === 0 ? 1 : freeBytes / totalBytes;
    const free = `${Math.floor(freeBytes / MIB)} MiB free (${Math.floor(share * 100)} %)`;
    if (totalInodes > 0 && freeInodes === 0)
      return failure(path, "no inodes are left: no file can be made", "Remove files that are not used.");
    if (freeBytes < FULL_BYTES) return failure(path, free, MAKE_ROOM);
    if (freeBytes < LOW_BYTES || share < LOW_SHARE) return warning(path, free, MAKE_ROOM);
    if (totalInodes > 0 && freeInodes / totalInodes < LOW_SHARE)
      return warning(path, `${freeInodes} inodes left`, "Remove files that are not used.");
    return ok(path, free);
  } catch (error) {
    return failure(path, describeError(error), "Let this user look at it, or run hab doctor as root.");
  }
}

function isReadOnly(proc: string, path: string): boolean {
  let text: string;
  try {
    text = readFileSync(join(proc, "mounts"), "utf8");
  } catch {
    return false; // without /proc nobody can say; the write itself will
  }
  let best = { length: -1, readOnly: false };
  for (const line of text.split("\n")) {
    const [, encoded, , options] = line.split(" ");
    if (encoded === undefined || options === undefined) continue;
    const point = encoded.replace(/\\([0-7]{3})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 8)),
    );
    const holds = path === point || path.startsWith(point === "/" ? "/" : `${point}/`);
    // The last of equal ones lies on top.
    if (holds && point.length >= best.length)
      best = { length: point.length, readOnly: options.split(",").includes("ro") };
  }
  return best.readOnly;
}
