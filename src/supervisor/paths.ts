// The Supervisor's own files below /hab/sup/default (reference/supervisor.md §6).
import { join } from "node:path";
import { habPath } from "../host/index.ts";

export interface SupervisorPaths {
  readonly root: string;
  readonly data: string;
  readonly specs: string;
  readonly memberId: string;
  readonly lock: string;
  readonly ctlSecret: string;
  readonly configFile: string;
  /** Names the launcher whose `sup run PKG` has been carried out. */
  readonly initialLoad: string;
  /** Which release each service runs. */
  readonly releases: string;
}

export function supervisorPaths(): SupervisorPaths {
  const root = habPath("sup", "default");
  return {
    root,
    data: join(root, "data"),
    specs: join(root, "specs"),
    memberId: join(root, "MEMBER_ID"),
    lock: join(root, "LOCK"),
    ctlSecret: join(root, "CTL_SECRET"),
    configFile: join(root, "config", "sup.toml"),
    initialLoad: join(root, "data", "INITIAL_LOAD"),
    releases: join(root, "data", "RELEASES"),
  };
}
