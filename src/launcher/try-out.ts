// Whether a program can be a Supervisor at all, found out before the running one is given up for it: it is there, the machine
// can execute it, and it is a hab.
import { closeSync, openSync, readSync } from "node:fs";
import { describeError } from "../error/index.ts";
import { inheritedEnvironment, startProcess, terminateGroup } from "../host/index.ts";
import { TRY_OUT_MS } from "./timing.ts";

/** What stands against starting it as a Supervisor; undefined when nothing does. */
export async function tryOut(path: string, limitMs = TRY_OUT_MS): Promise<string | undefined> {
  const problem = programProblem(path);
  if (problem !== undefined) return problem;
  let child: Awaited<ReturnType<typeof startProcess>>;
  try {
    child = await startProcess({
      // Not a bare `--version`, which is answered before anything of the program has to work.
      command: [path, "hab-sup", "--version"],
      env: inheritedEnvironment(),
      stdout: "pipe",
      stderr: "null",
      name: path,
    });
  } catch (error) {
    return `it cannot be started: ${describeError(error)}`;
  }
  let isLate = false;
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    isLate = true;
    late.resolve();
    void terminateGroup(child.pid, { signal: "KILL", timeoutMs: 0, startTime: child.startTime });
  }, limitMs);
  let first: string | undefined;
  const reading = (async () => {
    for await (const line of child.stdoutLines) first ??= line;
  })();
  // A child of it in another session may hold its output open for ever.
  await Promise.race([reading, late.promise]);
  const { code, signal } = await child.exited;
  clearTimeout(timer);
  if (isLate) return `it does not tell its version within ${limitMs / 1000} s`;
  if (signal !== null) return `it was ended by ${signal} when asked for its version`;
  if (code !== 0) return `it exited with ${code} when asked for its version`;
  return /^hab-sup \d/.test(first ?? "") ? undefined : "it is not a hab: it does not tell its version as one";
}

/**
 * What stands against executing this file. Whatever is neither a program nor a script for an interpreter would be handed to
 * the shell, which must not run the remains of a spoiled program.
 */
export function programProblem(path: string): string | undefined {
  const start = new Uint8Array(4);
  try {
    const file = openSync(path, "r");
    try {
      readSync(file, start, 0, start.length, 0);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return `${path} cannot be read: ${describeError(error)}`;
  }
  const text = Buffer.from(start).toString("latin1");
  return text === "\x7fELF" || text.startsWith("#!") ? undefined : `${path} is not a program`;
}
