// Every command there is: its words, and how to get its module. One line a command, sorted; lines are independent so
// that several people can add theirs at once (.gitattributes merges this file line by line).
import type { Command } from "./command.ts";

export type LoadCommand = () => Promise<{ readonly command: Command }>;

export const commands: Readonly<Record<string, LoadCommand>> = {
  "license accept": () => import("./license/accept.ts"),
  "origin key download": () => import("./origin/key/download.ts"),
  "origin key export": () => import("./origin/key/export.ts"),
  "origin key generate": () => import("./origin/key/generate.ts"),
  "origin key import": () => import("./origin/key/import.ts"),
  "origin key upload": () => import("./origin/key/upload.ts"),
  "plan render": () => import("./plan/render.ts"),
  "ring key export": () => import("./ring/key/export.ts"),
  "ring key generate": () => import("./ring/key/generate.ts"),
  "ring key import": () => import("./ring/key/import.ts"),
  "svc key generate": () => import("./svc/key/generate.ts"),
  "user key generate": () => import("./user/key/generate.ts"),
};
