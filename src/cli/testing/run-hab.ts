// For tests: a command as a person types it, run in this process.
import { memoryOutput } from "../../ui/index.ts";
import { dispatch } from "../dispatch.ts";

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `hab` with these words to its end. `answers`: the lines of its standard input; each one read is taken out. */
export async function runHab(
  words: readonly string[],
  {
    env,
    answers = [],
  }: { readonly env: Readonly<Record<string, string | undefined>>; readonly answers?: string[] },
): Promise<Ended> {
  const [stdout, stderr] = [memoryOutput(), memoryOutput()];
  const exitCode = await dispatch(words, {
    stdout,
    stderr,
    env,
    readLine: async () => answers.shift(),
    signal: new AbortController().signal,
  });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}
