// `HAB_FEAT_TRIGGER_ELECTION`: an operator has a group's leader elected anew by creating the file
// `data/trigger_<service group>_election` (reference/butterfly.md §13.5).
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { environmentValue, removeIfPresent } from "../../host/index.ts";
import { type Output, PROGRAM } from "../output.ts";
import { type Watch, watchDirectory } from "../watch.ts";

const TRIGGER = /^trigger_(.+)_election$/s;

/** Watches the directory when the feature is on. `reElect` gets the group of each file, which is deleted before. */
export function watchElectionTriggers(
  directory: string,
  output: Output,
  reElect: (serviceGroup: string) => void,
): Watch | undefined {
  if (environmentValue("HAB_FEAT_TRIGGER_ELECTION") === undefined) return undefined;
  output.line(PROGRAM, "MN", "Enabling feature: FeatureFlag(TRIGGER_ELECTION)");
  const look = () => {
    for (const name of readdirSync(directory)) {
      const group = TRIGGER.exec(name)?.[1];
      if (group === undefined) continue;
      // What cannot be deleted would hold elections without end.
      removeIfPresent(join(directory, name));
      output.line(PROGRAM, "MR", `Election of ${group} triggered by ${name}`);
      reElect(group);
    }
  };
  look();
  return watchDirectory(directory, look);
}
