// What an access token may do when it may not do everything its account may: origins it is limited to, and verbs. A scope
// only ever takes away: the account's role in the origin decides as for any other token.

/**
 * `upload`: packages and public keys. `promote`: channels. `manage`: members, settings, visibility, secrets and deletion.
 * Reading is part of every scope. What concerns the account itself no scoped token may change.
 */
export const VERBS = ["upload", "promote", "manage"] as const;
export type Verb = (typeof VERBS)[number];

export interface TokenScope {
  /** Undefined: every origin. */
  readonly origins: readonly string[] | undefined;
  /** Undefined: every verb, and the account itself too unless origins are given. */
  readonly verbs: readonly Verb[] | undefined;
}

/** A token that may do whatever its account may. */
export const UNLIMITED: TokenScope = { origins: undefined, verbs: undefined };

export function coversOrigin(scope: TokenScope, origin: string): boolean {
  return scope.origins?.includes(origin) ?? true;
}

/** Whether the scope allows this; `undefined` stands for changes of the account itself. */
export function coversVerb(scope: TokenScope, verb: Verb | undefined): boolean {
  if (verb === undefined) return scope.origins === undefined && scope.verbs === undefined;
  return scope.verbs?.includes(verb) ?? true;
}
