// A secret that a person types, or that is on standard input: not shown on the terminal, and never an argument.
import { isatty } from "node:tty";
import { Secret } from "../crypto/index.ts";
import type { LineReader, Output } from "../ui/index.ts";
import { usageProblem } from "./command.ts";

interface Context {
  readonly readLine: LineReader;
  readonly stderr: Output;
}

/** Asks once on a terminal; takes the first line of anything else. Throws HabError (usage) for none. */
export async function secretAnswer(context: Context, what: string): Promise<Secret<string>> {
  if (!isatty(0)) return await secretLine(context, what);
  return await hidden(context, async (ask) => {
    const answer = await ask(`${what[0]?.toUpperCase()}${what.slice(1)}`);
    if (answer === "") throw usageProblem(`no ${what} was given`);
    return new Secret(answer);
  });
}

/** Asks twice on a terminal; takes the first line of anything else. Throws HabError (usage) for none, or two that differ. */
export async function newSecretAnswer(context: Context, what: string): Promise<Secret<string>> {
  if (!isatty(0)) return await secretLine(context, what);
  return await hidden(context, async (ask) => {
    const first = await ask(`New ${what}`);
    if (first === "") throw usageProblem(`no ${what} was given`);
    if ((await ask("Once more")) !== first) throw usageProblem("the two are not the same");
    return new Secret(first);
  });
}

async function secretLine({ readLine }: Context, what: string): Promise<Secret<string>> {
  const line = await readLine();
  if (line === undefined || line === "") throw usageProblem(`there is no ${what} on standard input`);
  return new Secret(line);
}

/** Asks on the terminal while nothing that is typed is shown. */
async function hidden<Answer>(
  { readLine, stderr }: Context,
  questions: (ask: (question: string) => Promise<string>) => Promise<Answer>,
): Promise<Answer> {
  const { hideTyping } = await import("../host/index.ts");
  const show = hideTyping(0);
  try {
    return await questions(async (question) => {
      stderr.write(`${question}: `);
      return (await readLine()) ?? "";
    });
  } finally {
    show();
  }
}
