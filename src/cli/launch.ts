// `hab-launch run …`, `hab-launch sweep` and `hab-launch reload`: started by `hab sup run` and by the unit of `hab sup install-unit`, not by
// people. They bypass the command line's framework and its signal handlers: the launcher has its own, and must stay small
// for as long as the Supervisor's host runs.
import { HabError } from "../error/index.ts";
import { reloadUnit, runLauncher, sweepLeftovers } from "../launcher/index.ts";

const USAGE_EXIT_CODE = 2;

/** Runs the launcher with the words after `hab-launch`; gives the exit code. */
export async function launch(words: readonly string[]): Promise<number> {
  const [verb, ...args] = words;
  try {
    if (verb === "run") return await runLauncher(args);
    if (verb === "sweep" || verb === "reload") {
      await (verb === "sweep" ? sweepLeftovers() : reloadUnit());
      return 0;
    }
    console.error("usage: hab-launch run [OPTIONS]   (the options of `hab sup run`, which starts it)");
    return USAGE_EXIT_CODE;
  } catch (error) {
    if (!(error instanceof HabError)) throw error;
    const { createUi, descriptorLines, fileOutput, reportError } = await import("../ui/index.ts");
    const outputs = { stdout: fileOutput(1), stderr: fileOutput(2) };
    return reportError(createUi({ ...outputs, env: process.env, readLine: descriptorLines(0) }), error);
  }
}
