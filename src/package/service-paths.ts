// Where a service keeps its things, below `/hab/svc/<name>` (reference/services.md §1).
import { join } from "node:path";
import { fsRoot } from "../host/index.ts";

export interface ServicePaths {
  readonly root: string;
  readonly config: string;
  readonly configInstall: string;
  readonly data: string;
  readonly files: string;
  readonly static: string;
  readonly var: string;
  readonly hooks: string;
  readonly logs: string;
  readonly run: string;
  readonly pidFile: string;
}

/** Paths of the service `name`, with the root. */
export function servicePaths(name: string, root: string = fsRoot()): ServicePaths {
  const place = join(root, "hab", "svc", name);
  return {
    root: place,
    config: join(place, "config"),
    configInstall: join(place, "config_install"),
    data: join(place, "data"),
    files: join(place, "files"),
    static: join(place, "static"),
    var: join(place, "var"),
    hooks: join(place, "hooks"),
    logs: join(place, "logs"),
    run: join(place, "run"),
    pidFile: join(place, "PID"),
  };
}
