// `--hook`: what goes before the hooks.toml of a service's package (docs/run-a-service.md). Beyond the original.
import type { CtlHookSettings } from "../../ctl/index.ts";
import { ENDING_HOOKS, type HookSettings, isEndingHook, parseHookSettings } from "../../package/index.ts";
import { tomlTable } from "../../toml/index.ts";
import { optionList } from "../command.ts";

export const hookOption = (values: "one" | "zero-or-more") =>
  optionList({
    long: "hook",
    value: "HOOK.KEY=VALUE",
    help:
      values === "one"
        ? "A time limit of a hook and the like, before what the package says: health-check.timeout=5"
        : "Time limits of hooks and the like, before what the package says; without a value, what the package says",
    longHelp:
      "Keys are timeout (seconds; 0 for no limit) of every hook but run; interval (seconds) and failures (in a row) of readiness; " +
      "restart_after (criticals in a row; 0 for never) of health-check.",
    values,
    type: hookWord,
  });

/** A word as it stands, when it says something that can be said. */
export function hookWord(word: string): string {
  settingsOf(word);
  return word;
}

function settingsOf(word: string): HookSettings {
  const [, hook = "", key = "", digits] = /^([a-z-]+)\.([a-z_]+)=(\d{1,9})$/.exec(word) ?? [];
  if (digits === undefined) throw new Error("it is not like health-check.timeout=5");
  if (!isEndingHook(hook)) throw new Error(`there is no hook ${hook}, but ${ENDING_HOOKS.join(", ")}`);
  const table = tomlTable({ [hook]: { [key]: BigInt(digits) } });
  const { settings, unknown } = parseHookSettings(table, (problem) => new Error(problem));
  if (unknown.length > 0) throw new Error(`nothing is known of ${unknown.join(", ")}`);
  return settings;
}

/** The field of a load or update request. A later word goes before an earlier one. */
export function hookFields(words: readonly string[]): CtlHookSettings {
  const merged = new Map<string, object>();
  for (const word of words)
    for (const [hook, setting] of Object.entries(settingsOf(word)))
      merged.set(hook, { ...merged.get(hook), ...setting });
  return { hooks: [...merged].map(([hook, setting]) => ({ hook, ...setting })) };
}
