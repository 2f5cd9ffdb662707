// Which target a request means (reference/depot-api.md §4.3).
import { isTarget, type Target } from "../package/index.ts";

/** Compat: taken from the User-Agent of clients that do not say; three-part targets are never recognised there. */
const USER_AGENT_TARGET = /\S+\s?\(?(\w+-\w+);.*\)?/;

/** The target of `?target=`, of the User-Agent, or x86_64-linux; undefined when `?target=` names none. */
export function requestedTarget(query: string | undefined, userAgent: string | null): Target | undefined {
  if (query !== undefined) return isTarget(query) ? query : undefined;
  const fromAgent = USER_AGENT_TARGET.exec(userAgent?.slice(0, 256) ?? "")?.[1] ?? "";
  return isTarget(fromAgent) ? fromAgent : "x86_64-linux";
}
