// The words of `hab sup run` as the launcher and the Supervisor get them: every process may read another's command line, so
// secrets go by the environment, which only the same user and root can read.
import type { Secret } from "../../crypto/index.ts";
import type { ValueSource } from "../grammar/parse.ts";
import { runOptions } from "./run-options.ts";

export interface HandedOver {
  readonly words: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/** `words` as they were typed, and what they were parsed to. */
export function withoutSecrets(
  words: readonly string[],
  values: Readonly<Record<string, unknown>>,
  source: (id: string) => ValueSource | undefined,
): HandedOver {
  const variables: Record<string, string> = {};
  let rest = words;
  for (const [id, { grammar }] of Object.entries(runOptions())) {
    if (!grammar.secret || source(id) !== "command-line") continue;
    if (grammar.kind !== "option" || grammar.env === undefined || grammar.long === undefined) continue;
    variables[grammar.env] = (values[id] as Secret<string>).reveal();
    rest = withoutOption(rest, `--${grammar.long}`);
  }
  return { words: rest, variables };
}

function withoutOption(words: readonly string[], flag: string): string[] {
  const end = words.indexOf("--");
  const count = end === -1 ? words.length : end;
  return words.filter(
    (word, index) =>
      index >= count ||
      !(word === flag || word.startsWith(`${flag}=`) || (index > 0 && words[index - 1] === flag)),
  );
}
