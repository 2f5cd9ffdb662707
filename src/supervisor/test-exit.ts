// `HAB_FEAT_TEST_EXIT`: tests make a Supervisor end abruptly with a code they write to a file (reference/supervisor.md §18).
import { environmentValue, readTextIfPresent, removeIfPresent } from "../host/index.ts";
import type { Output } from "./output.ts";
import { type Watch, watchFile } from "./watch.ts";

/** Watches the file when the feature is on. `exit` gets the integer of its first line, after the file was deleted. */
export function watchTestExit(output: Output, exit: (code: number) => void): Watch | undefined {
  const path = environmentValue("HAB_FEAT_TEST_EXIT");
  if (path === undefined) return undefined;
  output.line("hab-sup", "MN", "Enabling feature: FeatureFlag(TEST_EXIT)");
  const look = () => {
    const line = readTextIfPresent(path)?.split("\n", 1)[0]?.trim() ?? "";
    if (!/^\d{1,3}$/.test(line)) return;
    removeIfPresent(path);
    exit(Number(line));
  };
  look();
  return watchFile(path, look);
}
