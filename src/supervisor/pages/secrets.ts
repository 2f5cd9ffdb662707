// What must not be shown: values whose names tell of secrets, and these very values wherever else they turn up, such as in what a
// hook prints.
import { isSecretName, KEY_TEXTS, MASK, maskText } from "../../crypto/index.ts";
import { isTable, type TomlTable, type TomlValue } from "../../toml/index.ts";

/** A shorter one is part of too many words. */
const MIN_SECRET_LENGTH = 6;

/** Whether the value at this path is a secret: it, or a table it is in, is named like one, or it holds the text of a key. */
export function isSecretAt(path: readonly string[], value: TomlValue): boolean {
  return path.some(isSecretName) || holdsKey(value);
}

function holdsKey(value: TomlValue): boolean {
  if (typeof value === "string") return KEY_TEXTS.some((text) => value.includes(text));
  if (Array.isArray(value)) return value.some(holdsKey);
  return isTable(value) && [...value].some(([key, inner]) => isSecretName(key) || holdsKey(inner));
}

/** The texts that are secrets in these tables, longest first. */
export function secretTexts(tables: readonly TomlTable[]): readonly string[] {
  const found = new Set<string>();
  const collect = (value: TomlValue, isSecret: boolean): void => {
    if (typeof value === "string") {
      if (isSecret && value.length >= MIN_SECRET_LENGTH) found.add(value);
    } else if (Array.isArray(value)) for (const each of value) collect(each, isSecret);
    else if (isTable(value)) for (const [key, inner] of value) collect(inner, isSecret || isSecretName(key));
  };
  for (const table of tables) collect(table, false);
  return [...found].sort((a, b) => b.length - a.length);
}

/** A text in which `secrets`, and what looks like one, are masked. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.reduce((result, secret) => result.replaceAll(secret, MASK), text);
  return maskText(known);
}
