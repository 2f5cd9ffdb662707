// A secret that a person types, or that is on standard input: not shown on the terminal, and never an argument.
import { isatty } from "node:tty";
import { Secret } from "../crypto/index.ts";
import type { LineReader, Output } from "../ui/index.ts";
import { usageProblem } from "./command.ts";

interface Context {
  readonly readLine: LineReader;
  readonly stderr: Output;
}

/** Asks twice on a terminal; takes the first line of anything else. Throws HabError (usage) for none, or two that differ. */
export async function newSecretAnswer({ readLine, stderr }: Context, what: string): Promise<Secret<string>> {
  if (!isatty(0)) {
    const line = await readLine();
    if (line === undefined || line === "") throw usageProblem(`there is no ${what} on standard input`);
    return new Secret(line);
  }
  const { hideTyping } = await import("../host/index.ts");
  const show = hideTyping(0);
  try {
    const ask = async (question: string): Promise<string> => {
      stderr.write(`${question}: `);
      return (await readLine()) ?? "";
    };
    const first = await ask(`New ${what}`);
    if (first === "") throw usageProblem(`no ${what} was given`);
    if ((await ask("Once more")) !== first) throw usageProblem("the two are not the same");
    return new Secret(first);
  } finally {
    show();
  }
}
