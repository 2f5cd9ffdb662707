// Options of the Supervisor that are parsed, so that words and files of the original are understood, but whose effect
// is not built yet. Who asks for one must not get a Supervisor without it: an open gateway is not what was asked for.
import { HabError } from "../../error/index.ts";
import { cliErrors } from "../errors.ts";
import type { RunValues } from "./run-options.ts";

const UNBUILT: readonly (readonly [keyof RunValues, string, string])[] = [
  ["autoUpdate", "--auto-update", "the Supervisor does not update itself"],
];

/** Throws `notBuilt` when an option asks for something that is not there, wherever its value came from. */
export function refuseUnbuilt(values: RunValues): void {
  for (const [field, flag, why] of UNBUILT) {
    const value = values[field];
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue;
    throw new HabError(cliErrors.notBuilt, `${flag} is not built yet: ${why}`, {
      next: "Leave it out (also of sup.toml and the environment). docs/compatibility.md lists what works.",
    });
  }
}
