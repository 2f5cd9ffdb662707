// What a check found, and the rules by which it looks. Rule names are stable: comments in plans name them.
import type { Place } from "../values.ts";

/** An error ends a build or makes a broken package; a warning is very likely a mistake; a hint is advice. */
export type Severity = "error" | "warning" | "hint";

export interface Finding {
  readonly rule: RuleName;
  readonly severity: Severity;
  readonly place: Place;
  /** What is there, and why that is a problem. */
  readonly message: string;
  /** What to do. */
  readonly next: string;
}

interface Rule {
  readonly severity: Severity;
  readonly about: string;
}

const rule = (severity: Severity, about: string): Rule => ({ severity, about });

/** Every rule, sorted. docs/check-and-rebuild-plans.md has this list. */
export const RULES = {
  "bad-bind": rule("error", "a bind that is malformed, or required and optional at once"),
  "bad-checksum": rule("error", "`pkg_shasum` is not a SHA-256 in hexadecimal digits"),
  "bad-default-toml": rule("error", "`default.toml` is not TOML"),
  "bad-dependency": rule("error", "a dependency that is not `origin/name[/version[/release]]`"),
  "bad-export": rule("warning", "an export of something that `default.toml` does not have"),
  "bad-expose": rule("error", "an exposed port that is not exported, or whose export is no port"),
  "bad-hook-settings": rule("error", "`hooks.toml` cannot be used"),
  "bad-name": rule("error", "a name or origin with characters that packages cannot have"),
  "bad-scaffolding": rule("error", "`pkg_scaffolding` is not one ident"),
  "bad-shutdown": rule("warning", "a signal or a time limit of the end of a service that does not exist"),
  "bad-version": rule("error", "a version that cannot be part of an ident"),
  composite: rule("error", "composite packages are no longer built"),
  "dependency-in-both": rule("warning", "a package is listed to run and to build with"),
  "directory-outside": rule("warning", "a directory of the package that is not relative to it"),
  "dot-in-path": rule("hint", "hooks of a plan below a directory with a dot: Habitat mangles their names"),
  "forbidden-environment": rule("error", "a variable that the build program sets from settings of the plan"),
  "hook-clash": rule("error", "two files for one hook"),
  "hook-directory": rule("error", "a directory among the hooks"),
  "hook-line-ending": rule("error", "a hook with Windows line ends"),
  "hook-without-shebang": rule("warning", "a hook that does not say what runs it"),
  "idle-run-command": rule("hint", "`pkg_svc_run` beside a run hook does nothing"),
  "ignore-without-reason": rule("warning", "a comment that silences a rule and does not say why"),
  "insecure-source": rule("warning", "a source over plain http without a checksum"),
  "internal-function": rule("warning", "a function of the build program is replaced"),
  "last-command": rule("warning", "the last command of the plan may fail, and with it the loading"),
  "license-not-spdx": rule("warning", "a licence that is no SPDX expression"),
  "line-ending": rule("error", "a plan with Windows line ends"),
  "missing-checksum": rule("error", "a source without `pkg_shasum`: it cannot be verified"),
  "missing-description": rule("hint", "no `pkg_description`"),
  "missing-license": rule("hint", "no `pkg_license`"),
  "missing-maintainer": rule("hint", "no `pkg_maintainer`"),
  "missing-name": rule("error", "no `pkg_name`"),
  "missing-origin": rule("hint", "no `pkg_origin`: HAB_ORIGIN must be set for each build"),
  "missing-source-file": rule("error", "a sourced file is not there"),
  "missing-version": rule("error", "neither `pkg_version` nor a function of that name"),
  "needless-ignore": rule("hint", "a comment that silences what is not found"),
  "not-a-list": rule("error", "one text where a list is expected"),
  "not-a-table": rule("error", "values without names where names are expected"),
  "not-followed": rule("hint", "the check cannot follow the plan from here on"),
  "removed-setting": rule("warning", "a setting that no longer does anything"),
  "repeated-dependency": rule("warning", "a dependency is listed twice"),
  "self-dependency": rule("warning", "a package that depends on itself"),
  "set-by-build": rule("warning", "a variable that the build program sets is assigned"),
  "several-plans": rule("error", "more than one plan for the same directory"),
  syntax: rule("error", "bash cannot read the plan"),
  "template-deprecated": rule("warning", "the old way to write elements of lists in templates"),
  "template-syntax": rule("error", "a template that cannot be read"),
  "undeclared-bind": rule("warning", "a template reads a bind the plan does not declare"),
  "undeclared-dependency": rule("warning", "`pkg_path_for` of a package that is no dependency"),
  "unknown-callback": rule("warning", "a `do_…` function that nothing calls"),
  "unknown-cfg": rule("warning", "a template reads a setting that `default.toml` does not have"),
  "unknown-hook": rule("warning", "a hook that nothing runs"),
  "unknown-rule": rule("warning", "a comment silences a rule that does not exist"),
  "unknown-setting": rule("warning", "a `pkg_…` variable that nothing reads"),
  "unknown-variable": rule("warning", "a variable that is not set anywhere"),
  unreadable: rule("error", "a file of the plan cannot be read"),
  "unverified-source": rule("warning", "a downloaded source is never verified"),
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof RULES;

export function isRuleName(name: string): name is RuleName {
  return Object.hasOwn(RULES, name);
}

/** Takes findings of one plan. */
export type Report = (rule: RuleName, place: Place, message: string, next: string) => void;
