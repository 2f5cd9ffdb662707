// Syntax errors by the judge: `bash -n`, which reads a script and runs nothing of it.
import type { Place } from "../values.ts";

export interface SyntaxFault {
  readonly place: Place;
  readonly message: string;
}

/** A script that keeps bash busy is given up. */
const TIME_LIMIT_MS = 10_000;
const SIDE_BY_SIDE = 4;

/**
 * The first syntax error of each file that has one. Files without are not in the answer. Undefined when there is no bash.
 * `environment` gives PATH and nothing else: BASH_ENV and functions of the environment would be run.
 */
export async function syntaxErrors(
  files: readonly { readonly path: string; readonly text: string }[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ReadonlyMap<string, SyntaxFault> | undefined> {
  const path = environment["PATH"] ?? "/usr/bin:/bin";
  const bash = Bun.which("bash", { PATH: path });
  if (bash === null) return undefined;
  const found = new Map<string, SyntaxFault>();
  const waiting = [...files];
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const error = await syntaxErrorOf(bash, file, path);
      if (error !== undefined) found.set(file.path, error);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return found;
}

async function syntaxErrorOf(
  bash: string,
  { path, text }: { readonly path: string; readonly text: string },
  searchPath: string,
): Promise<SyntaxFault | undefined> {
  // What the plan would switch on before it uses it; nothing is run here that could.
  const options = /^\s*shopt\s+-s\s.*\bextglob\b/m.test(text) ? ["-O", "extglob"] : [];
  const process = Bun.spawn([bash, "--noprofile", "--norc", ...options, "-n", path], {
    env: { PATH: searchPath, LC_ALL: "C" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    timeout: TIME_LIMIT_MS,
  });
  const said = await new Response(process.stderr).text();
  const status = await process.exited;
  const lines = said.split("\n").filter((line) => line.startsWith(`${path}: `));
  const [first] = lines;
  if (first === undefined)
    return status === 0 ? undefined : whole(path, `bash -n ended with status ${status}`);
  const match = /^line (\d+): (.*)$/.exec(first.slice(path.length + 2));
  if (match === null) return whole(path, first.slice(path.length + 2));
  // A warning about a here-document that ends with the file is one, too: bash would take the wrong text for it.
  return { place: { file: path, line: Number(match[1]), column: 1 }, message: match[2] ?? "" };
}

function whole(path: string, message: string): SyntaxFault {
  return { place: { file: path, line: 1, column: 1 }, message };
}
