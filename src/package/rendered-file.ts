// Files that are rendered from templates: written only when their content changes.
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { isPresent, writeFileWhole } from "../host/index.ts";

export interface RenderedFileOptions {
  readonly mode: number;
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
}

/** Replaces the file when its content is another one. Answers what was done. Throws system errors. */
export function writeRendered(
  path: string,
  content: string,
  { mode, owner }: RenderedFileOptions,
): "created" | "modified" | "unchanged" {
  const existed = isPresent(path);
  if (existed && readFileSync(path, "utf8") === content) {
    if ((statSync(path).mode & 0o7777) !== mode) chmodSync(path, mode);
    return "unchanged";
  }
  writeFileWhole(path, content, owner === undefined ? { mode } : { mode, owner });
  return existed ? "modified" : "created";
}

/** Creates the directories a rendered file needs below `top`, for their owner and group. */
export function makeRenderedParents(
  top: string,
  path: string,
  owner: { readonly uid: number; readonly gid: number } | undefined,
): void {
  const parent = dirname(path);
  if (parent.length <= top.length || isPresent(parent)) return;
  makeRenderedParents(top, parent, owner);
  mkdirSync(parent);
  if (owner !== undefined) chownSync(parent, owner.uid, owner.gid);
  chmodSync(parent, 0o770);
}
