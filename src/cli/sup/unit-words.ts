// From the options and the environment of `hab sup install-unit` to what the unit runs and with which variables.
import { resolve } from "node:path";
import type { Part } from "../command.ts";
import { usageProblem } from "../command.ts";
import type { Environment, ValueSource } from "../grammar/parse.ts";
import { isSecretVariable } from "../secret-arguments.ts";
import { optionText } from "./generate-config.ts";
import { runOptions } from "./run-options.ts";

type Variable = readonly [name: string, value: string];

export interface UnitCommand {
  /** `sup run …`. */
  readonly words: readonly string[];
  /** Secrets among the options, which must not be in a command line that everybody can read. */
  readonly secrets: readonly Variable[];
}

/**
 * The words that start what was asked for. Only what the command line says is among them: variables go into the unit as
 * variables. Paths become absolute, because a unit does not run in the directory where it was written.
 */
export function unitCommand(
  service: string | undefined,
  values: Readonly<Record<string, unknown>>,
  source: (id: string) => ValueSource | undefined,
): UnitCommand {
  const words = ["sup", "run"];
  const secrets: Variable[] = [];
  if (service !== undefined) words.push(service.endsWith(".hart") ? resolve(service) : service);
  const parts: Readonly<Record<string, Part<unknown>>> = runOptions();
  for (const [id, { grammar }] of Object.entries(parts)) {
    if (grammar.kind !== "option" || source(id) !== "command-line") continue;
    const flag = grammar.long === undefined ? `-${grammar.short}` : `--${grammar.long}`;
    const isPath = grammar.completes?.some((what) => what === "file" || what === "directory") ?? false;
    const texts = [values[id]].flat().map((value) => {
      const text = optionText(value) ?? "";
      return isPath ? resolve(text) : text;
    });
    if (grammar.secret) {
      if (grammar.env === undefined) throw usageProblem(`${flag} cannot be part of a unit`);
      secrets.push([grammar.env, texts.join(" ")]);
    } else if (grammar.values === "none") words.push(flag);
    else if (grammar.repeatable || texts.length === 1) words.push(...texts.map((text) => `${flag}=${text}`));
    // Given once with all its values, which would swallow a plain word after them; there is none.
    else words.push(flag, ...texts);
  }
  return { words, secrets };
}

export interface UnitVariables {
  /** Readable by everybody, in the unit itself. */
  readonly open: readonly Variable[];
  readonly secret: readonly Variable[];
}

/** Variables beside HAB_… that change what a Supervisor does. */
const ALSO_CARRIED =
  /^(FS_ROOT|RUST_LOG|NO_COLOR|SSL_CERT_(FILE|DIR)|(HTTPS?|ALL|NO)_PROXY|(https?|all|no)_proxy)$/;

/** What the launcher sets itself, and what the present session has and a unit has not. */
const NEVER_CARRIED = new Set(["HAB_LAUNCHER_PIPE", "HAB_LAUNCHER_PID", "HAB_LAUNCHER_SUP_PROGRAM"]);

/**
 * The variables of `env` that a unit takes along, those of `more` over them. A value is secret when its name says so, when
 * it is the configuration of a service (which may hold passwords), or an address with a password in it.
 */
export function unitVariables(env: Environment, more: readonly Variable[]): UnitVariables {
  const all = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    const carried = (name.startsWith("HAB_") || ALSO_CARRIED.test(name)) && !NEVER_CARRIED.has(name);
    if (carried && value !== undefined && value !== "") all.set(name, value);
  }
  for (const [name, value] of more) all.set(name, value);
  const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    open: sorted.filter((variable) => !isSecret(variable)),
    secret: sorted.filter(isSecret),
  };
}

function isSecret([name, value]: Variable): boolean {
  return (
    isSecretVariable(name) ||
    /(TOKEN|SECRET|PASSWORD)$/.test(name) ||
    /[=\n]/.test(value) ||
    /:\/\/[^/]*@/.test(value)
  );
}
