// What an access token may do, in words.
import type { AccessToken } from "../api/people.ts";

/** `Read, upload, promote in acme, tools`. */
export function scopeText({ origins, verbs }: Pick<AccessToken, "origins" | "verbs">): string {
  if (origins === null && verbs === null) return "Everything you may";
  const may = verbs === null ? "Everything" : ["Read", ...verbs].join(", ");
  return origins === null ? may : `${may} in ${origins.join(", ")}`;
}
