// `.studio` in a studio's root: what kind it is, as shell assignments (reference/plan-build.md §14.3), and which packages of
// the machine it shows. Written by process 1 of the studio; what is read from it may have been changed by a plan.
import { closeSync, constants, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "../../error/index.ts";
import { type FullIdent, formatIdent, isPathSafe, parseFullIdent } from "../../package/index.ts";
import { parseStudioType, type StudioType } from "./types.ts";

export const MARK_FILE = ".studio";

export interface StudioMark {
  readonly type: StudioType;
  /** The package of tools. */
  readonly backline: FullIdent;
  /** Every package that is shown, the tools' package and all it needs among them. */
  readonly packages: readonly FullIdent[];
}

/** The text of the file. */
export function formatMark({ type, backline, packages }: StudioMark): string {
  return [
    `studio_type="${type}"`,
    'studio_path="/hab/bin"',
    `studio_backline="${formatIdent(backline)}"`,
    `studio_packages="${packages.map(formatIdent).join(" ")}"`,
    "",
  ].join("\n");
}

/** What kind of studio is at `root`; undefined when it is none. A file that is empty or says nothing we know is none. */
export function readMark(root: string): StudioMark | undefined {
  const text = readOwnFile(join(root, MARK_FILE));
  if (text === undefined) return undefined;
  const value = (name: string) => new RegExp(`^${name}="([^"]*)"$`, "m").exec(text)?.[1];
  const type = value("studio_type");
  const backline = value("studio_backline");
  if (type === undefined || backline === undefined) return undefined;
  const packages = (value("studio_packages") ?? "").split(" ").filter((word) => word !== "");
  try {
    const idents = [backline, ...packages].map(parseFullIdent);
    const [first] = idents;
    if (first === undefined || !idents.every(isPathSafe)) return undefined;
    return { type: parseStudioType(type), backline: first, packages: idents.slice(1) };
  } catch {
    return undefined;
  }
}

/** Text of a regular file; a link, which could lead anywhere, is not followed. */
function readOwnFile(path: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(systemErrorCode(error) ?? "")) return undefined;
    throw error;
  }
  try {
    return readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}
