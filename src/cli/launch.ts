// `hab-launch run …`: the launcher, started by `hab sup run`, not by people. It bypasses the command line's framework and
// its signal handlers: it has its own, and must stay small for as long as the Supervisor's host runs.
import { HabError } from "../error/index.ts";
import { runLauncher } from "../launcher/index.ts";

const USAGE_EXIT_CODE = 2;

/** Runs the launcher with the words after `hab-launch`; gives the exit code. */
export async function launch(words: readonly string[]): Promise<number> {
  const [verb, ...args] = words;
  if (verb !== "run") {
    console.error("usage: hab-launch run [OPTIONS]   (the options of `hab sup run`, which starts it)");
    return USAGE_EXIT_CODE;
  }
  try {
    return await runLauncher(args);
  } catch (error) {
    if (!(error instanceof HabError)) throw error;
    const { createUi, descriptorLines, fileOutput, reportError } = await import("../ui/index.ts");
    const outputs = { stdout: fileOutput(1), stderr: fileOutput(2) };
    return reportError(createUi({ ...outputs, env: process.env, readLine: descriptorLines(0) }), error);
  }
}
