// `origin/name/version/release` as the API writes it in lists of texts.
import type { PartialIdent } from "../api/addresses.ts";

export function identOf(text: string): PartialIdent {
  const [origin = "", name, version, release] = text.split("/");
  return {
    origin,
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(release === undefined ? {} : { release }),
  };
}

export function identText({ origin, name, version, release }: PartialIdent): string {
  return [origin, name, version, release].filter((part) => part !== undefined && part !== null).join("/");
}
