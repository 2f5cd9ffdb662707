// Command lines carried out in the process of a test: much sooner than in one of their own.
import { memoryOutput } from "../../ui/index.ts";
import { dispatch } from "../index.ts";

export interface CommandResult {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Those typed here share the environment of this process: each waits for the one before it. */
let lastTyped: Promise<unknown> = Promise.resolve();

/** Carries out a command line with exactly this environment, after those that were typed before. */
export function typeHere(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const turn = lastTyped.then(() => carryOut(words, env));
  lastTyped = turn.catch(() => undefined);
  return turn;
}

async function carryOut(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const [stdout, stderr] = [memoryOutput(), memoryOutput()];
  const before = { ...process.env };
  setEnvironment(env);
  try {
    const { signal } = new AbortController();
    const exit = await dispatch(words, { stdout, stderr, env, readLine: async () => undefined, signal });
    return { exit, out: stdout.text, err: stderr.text };
  } finally {
    setEnvironment(before);
  }
}

function setEnvironment(wanted: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) if (wanted[name] === undefined) delete process.env[name];
  for (const [name, value] of Object.entries(wanted)) if (value !== undefined) process.env[name] = value;
}
