// What a person sees of a studio: the original's lines, none with -q.
import type { StudioReport } from "../../build/index.ts";
import type { Ui } from "../../ui/index.ts";
import type { Environment } from "../grammar/parse.ts";

/** Prints what happens to a studio. */
export function studioReport(ui: Ui, env: Environment): StudioReport {
  const quiet = Boolean(env["QUIET"]);
  const verbose = Boolean(env["VERBOSE"]);
  const say = (text: string) => {
    if (!quiet) ui.info(`   hab-studio: ${text}`);
  };
  return {
    creating: (root, type) => say(`Creating Studio at ${root} (${type})`),
    entering: (root) => say(`Entering Studio at ${root}`),
    importing: (origin, which) => say(`Importing '${origin}' ${which} origin key`),
    withoutKeys: () =>
      say("No secret keys imported! Did you mean to set HAB_ORIGIN (or HAB_ORIGIN_KEYS, -k)?"),
    showing: (ident) => {
      if (verbose) say(`Showing ${ident}`);
    },
    exported: (name, shown) => say(`Exported: ${name}=${shown}`),
  };
}
