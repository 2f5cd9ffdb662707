// `<name>-<revision>`: how keys are named in their second line, in file names and in hart headers
// (reference/packages.md §6.2).
import { HabError } from "../error/index.ts";
import { cryptoErrors } from "./errors.ts";

export interface NamedRevision {
  /** Origin, `service.group@org`, user or ring. May hold dashes, dots and `@`. */
  readonly name: string;
  /** UTC time of generation, `YYYYMMDDhhmmss`. */
  readonly revision: string;
}

/**
 * Parses without trimming. Throws `malformedNamedRevision`. Compat: digits of any script count, as the original's own
 * pattern has it (§6.2); `revisionAt` writes ASCII ones only.
 */
export function parseNamedRevision(text: string): NamedRevision {
  const match = /^([^\n]+)-(\p{Nd}{14})$/u.exec(text);
  const [, name, revision] = match ?? [];
  if (name === undefined || revision === undefined)
    throw new HabError(cryptoErrors.malformedNamedRevision, `Cannot parse named revision '${text}'`);
  return { name, revision };
}

export function formatNamedRevision({ name, revision }: NamedRevision): string {
  return `${name}-${revision}`;
}

/** The revision of a key made at `now`: UTC, to the second. */
export function revisionAt(now: Date): string {
  return now.toISOString().replace(/\D/g, "").slice(0, 14);
}
