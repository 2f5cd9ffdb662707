// Every command there is: its words, and how to get its module. One line a command, sorted; lines are independent so
// that several people can add theirs at once (.gitattributes merges this file line by line).
import type { Command } from "./command.ts";

export type LoadCommand = () => Promise<{ readonly command: Command }>;

export const commands: Readonly<Record<string, LoadCommand>> = {
  "bldr channel create": () => import("./bldr/channel/create.ts"),
  "bldr channel demote": () => import("./bldr/channel/demote.ts"),
  "bldr channel destroy": () => import("./bldr/channel/destroy.ts"),
  "bldr channel list": () => import("./bldr/channel/list.ts"),
  "bldr channel promote": () => import("./bldr/channel/promote.ts"),
  "depot run": () => import("./depot/run.ts"),
  "depot token create": () => import("./depot/token/create.ts"),
  "depot user create": () => import("./depot/user/create.ts"),
  "license accept": () => import("./license/accept.ts"),
  "origin create": () => import("./origin/create.ts"),
  "origin info": () => import("./origin/info.ts"),
  "origin key download": () => import("./origin/key/download.ts"),
  "origin key export": () => import("./origin/key/export.ts"),
  "origin key generate": () => import("./origin/key/generate.ts"),
  "origin key import": () => import("./origin/key/import.ts"),
  "origin key upload": () => import("./origin/key/upload.ts"),
  "pkg build": () => import("./pkg/build.ts"),
  "pkg channels": () => import("./pkg/channels.ts"),
  "pkg demote": () => import("./pkg/demote.ts"),
  "pkg download": () => import("./pkg/download.ts"),
  "pkg promote": () => import("./pkg/promote.ts"),
  "pkg search": () => import("./pkg/search.ts"),
  "pkg upload": () => import("./pkg/upload.ts"),
  "plan render": () => import("./plan/render.ts"),
  "ring key export": () => import("./ring/key/export.ts"),
  "ring key generate": () => import("./ring/key/generate.ts"),
  "ring key import": () => import("./ring/key/import.ts"),
  "svc key generate": () => import("./svc/key/generate.ts"),
  "user key generate": () => import("./user/key/generate.ts"),
};
