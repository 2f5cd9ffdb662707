// Which words of a command line are secret. Known without loading any command, because they are wiped from the process's
// memory before anything else happens (src/main.ts) and taken out of error texts.
import type { Environment } from "./grammar/parse.ts";

/** Options whose values are secret. A test compares them with the `secret` options of all commands. */
export const SECRET_LONG_OPTIONS: readonly string[] = [
  "auth",
  "ring-key",
  "event-stream-token",
  "event-stream-url",
  "password",
  "secret",
  "token",
];
export const SECRET_SHORT_OPTIONS: readonly string[] = ["P", "z"];

/** Variables whose values are secret. */
const SECRET_VARIABLES: readonly string[] = [
  "HAB_AUTH_TOKEN",
  "BLDR_SECRET_KEY",
  "HAB_CTL_SECRET",
  "HAB_RING_KEY",
  "HAB_AUTOMATE_AUTH_TOKEN",
  "HAB_EVENT_STREAM_URL",
  "HAB_SUP_GATEWAY_AUTH_TOKEN",
];

/** Whether the value of this variable must not be seen. */
export function isSecretVariable(name: string): boolean {
  return SECRET_VARIABLES.includes(name);
}

export interface SecretWord {
  /** Index into the words. */
  readonly index: number;
  /** The secret part of that word. */
  readonly text: string;
}

/** The secret parts of a command line. Errs on the side of finding too much. */
export function secretWords(words: readonly string[]): SecretWord[] {
  const secrets: SecretWord[] = [];
  words.forEach((word, index) => {
    if (!word.startsWith("-") || word === "-" || word === "--") return;
    const attached = word.startsWith("--") ? attachedToLong(word) : attachedToShort(word);
    if (attached === undefined) return;
    if (attached !== "") secrets.push({ index, text: attached });
    else {
      const next = words[index + 1];
      if (next !== undefined && next !== "") secrets.push({ index: index + 1, text: next });
    }
  });
  return secrets;
}

/** Takes every secret of the command line and the environment out of a text. */
export function secretRedactor(words: readonly string[], env: Environment): (text: string) => string {
  const secrets = [
    ...secretWords(words).map(({ text }) => text),
    ...SECRET_VARIABLES.map((name) => env[name] ?? ""),
  ].filter((text) => text !== "");
  return (text) =>
    secrets.reduce((result, secret) => result.replaceAll(occurrence(secret), "[secret]"), text);
}

/** So short a secret would be found inside other words, and what is left of those would tell it. */
const SHORT_SECRET_LENGTH = 8;

function occurrence(secret: string): string | RegExp {
  if (secret.length >= SHORT_SECRET_LENGTH) return secret;
  return new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(secret)}(?![\\p{L}\\p{N}])`, "gu");
}

/** The value joined to a secret long option; empty when it is the next word, undefined when the option is not secret. */
function attachedToLong(word: string): string | undefined {
  const [name = "", value = ""] = word.slice(2).split(/=(.*)/s);
  return SECRET_LONG_OPTIONS.includes(name) ? value : undefined;
}

function attachedToShort(word: string): string | undefined {
  for (let index = 1; index < word.length; index++)
    if (SECRET_SHORT_OPTIONS.includes(word[index] as string)) return word.slice(index + 1).replace(/^=/, "");
  return undefined;
}
