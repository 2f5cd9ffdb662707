// Entry point: finds which program this is and hands the words to the command line. Imports nothing that `hab --version`
// does not need.
import { isPlainBuild } from "./cli/early.ts";
import { COMPATIBLE_VERSION } from "./cli/version.ts";

/** A command gets this long to end in order after the first signal; a second signal ends it at once. */
const GRACE_MS = 5000;

/** Exit code when the reader of our output has gone: what a shell shows for a program ended by SIGPIPE. */
const BROKEN_PIPE_EXIT_CODE = 141;

if (process.argv[2] === "--version" || process.argv[2] === "-V") {
  // From source only: the compiled program answers before it gets here (script/entry-code.ts). console.log because it is
  // the one way to write that loads nothing.
  console.log(`hab ${COMPATIBLE_VERSION}`);
} else {
  process.exit(await run());
}

async function run(): Promise<number> {
  process.on("uncaughtException", (error) => void reportBug(error));
  process.on("unhandledRejection", (error) => void reportBug(error));
  const { ownWords } = await import("./cli/own-words.ts");
  const { program, words } = ownWords();
  // Internal: this program as a helper that becomes another one under another user. Nothing may run before it.
  if (words[0] === "__exec-as") return (await import("./cli/exec-as.ts")).execAs();
  // Internal: what the scripts of `hab cli completers` call at each key press.
  if (words[0] === "__complete") return (await import("./cli/complete/answer.ts")).completeFromInput();
  if (program === "hab-launch" || words[0] === "hab-launch")
    return (await import("./cli/launch.ts")).launch(program === "hab-launch" ? words : words.slice(1));
  if (isPlainBuild(words, process.env))
    (await import("./build/start-program.ts")).startForCommand(process.env);
  const [{ dispatch }, { fileOutput, descriptorLines, OutputClosed }] = await Promise.all([
    import("./cli/index.ts"),
    import("./ui/index.ts"),
  ]);
  const interruption = new AbortController();
  // A Supervisor is ended by its launcher alone, however often a terminal sends SIGINT to both.
  if (program !== "hab-sup" && words[0] !== "hab-sup") endOnSignals(interruption);
  try {
    return await dispatch(program === "hab-sup" || program === "hab-launch" ? [program, ...words] : words, {
      stdout: fileOutput(1),
      stderr: fileOutput(2),
      env: process.env,
      readLine: descriptorLines(0, interruption.signal),
      signal: interruption.signal,
    });
  } catch (error) {
    if (error instanceof OutputClosed) return BROKEN_PIPE_EXIT_CODE;
    throw error;
  }
}

function endOnSignals(interruption: AbortController): void {
  for (const [name, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)
    process.on(name, () => {
      if (interruption.signal.aborted) process.exit(exitCode);
      interruption.abort(name);
      setTimeout(() => process.exit(exitCode), GRACE_MS).unref();
    });
}

/** What nobody caught is a bug: it is shown without arguments, and the process ends. */
async function reportBug(error: unknown): Promise<never> {
  const { createUi, descriptorLines, fileOutput, reportError } = await import("./ui/index.ts");
  const outputs = { stdout: fileOutput(1), stderr: fileOutput(2) };
  process.exit(reportError(createUi({ ...outputs, env: process.env, readLine: descriptorLines(0) }), error));
}
