// Arguments and options that the commands about many plans share.
import { relative } from "node:path";
import type { PlanGraph } from "../../build/index.ts";
import type { Ui } from "../../ui/index.ts";
import { argumentList, optionList } from "../command.ts";
import type { Configuration } from "../configuration.ts";
import type { Environment } from "../grammar/parse.ts";
import { existingDirectoryOrFile } from "../values.ts";

/** The places in which plans are looked for. */
export function planPlaces() {
  return argumentList({
    value: "PATH",
    optional: true,
    completes: ["directory", "file"],
    help: "A plan.sh, or a directory whose plans are taken, those below included (default: the present one)",
    type: existingDirectoryOrFile,
  });
}

/** What a command is to be about: packages, or places of plans. */
export function packagesOption(help: string) {
  return optionList({ long: "for", value: "PKG_OR_PATH", values: "one", completes: "directory", help });
}

/** Tells of plans that were found and are left out. */
export function warnOfLeftOut({ unnamed, unreadable }: PlanGraph, ui: Pick<Ui, "warn">): void {
  const leftOut = [
    ...unnamed.map(({ path, missing }) => ({ path, why: `${missing} is not known without a build` })),
    ...unreadable.map((path) => ({ path, why: "it cannot be read" })),
  ];
  for (const { path, why } of leftOut) ui.warn(`${relative(process.cwd(), path)} is left out: ${why}`);
}

/** The paths given, or the present directory. */
export function placesOf(paths: readonly string[]): readonly string[] {
  return paths.length === 0 ? ["."] : paths;
}

/** What a build takes for `pkg_origin`, if anything. */
export async function buildOrigin(
  env: Environment,
  configuration: Configuration,
): Promise<string | undefined> {
  return env["HAB_ORIGIN"] || (await configuration.file()).origin;
}
