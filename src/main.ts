// Entry point: finds which program this is and hands the words to the command line. Imports nothing that `hab --version`
// does not need.
import { COMPATIBLE_VERSION } from "./cli/version.ts";

/** Exit code when the reader of our output has gone: what a shell shows for a program ended by SIGPIPE. */
const BROKEN_PIPE_EXIT_CODE = 141;

const words = process.argv.slice(2);
// Internal: this program as a helper that becomes another one under another user. Nothing may run before it.
if (words[0] === "__exec-as") process.exit((await import("./cli/exec-as.ts")).execAs());

const program = (process.argv0.split("/").at(-1) ?? "hab").replace(/\.exe$/, "");

if (program !== "hab-sup" && program !== "hab-launch" && (words[0] === "--version" || words[0] === "-V")) {
  process.stdout.write(`hab ${COMPATIBLE_VERSION}\n`);
} else {
  process.exit(await run());
}

async function run(): Promise<number> {
  const [{ dispatch }, { fileOutput, descriptorLines, OutputClosed }] = await Promise.all([
    import("./cli/index.ts"),
    import("./ui/index.ts"),
  ]);
  const interruption = new AbortController();
  for (const [name, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)
    process.on(name, () => {
      if (interruption.signal.aborted) process.exit(exitCode);
      interruption.abort(name);
    });
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
