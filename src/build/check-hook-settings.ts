// The time limits of hooks that a plan has beside it (hooks.toml; beyond Habitat).
import { HabError } from "../error/index.ts";
import { HOOK_SETTINGS_FILE, readHookSettings } from "../package/index.ts";
import { buildErrors } from "./errors.ts";

/** Throws HAB-BLD-014 where something in the file means nothing, and what reading it throws. */
export function checkHookSettings(planDirectory: string): void {
  const { unknown } = readHookSettings(planDirectory);
  if (unknown.length > 0)
    throw new HabError(
      buildErrors.badHookSettings,
      `${planDirectory}/${HOOK_SETTINGS_FILE}: nothing is known of ${unknown.join(", ")}`,
    );
}
