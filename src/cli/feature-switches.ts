// The feature switches of Habitat (reference/cli.md §12.5): variables whose any value turns something on that is not for
// everybody. Each that is on is announced before anything else, on standard error, so that nobody overlooks it.
import type { Ui } from "../ui/index.ts";
import type { Environment } from "./grammar/parse.ts";

const PREFIX = "HAB_FEAT_";
const LIST = "LIST";

/** The name that is announced → its variable, without the prefix. */
const SWITCHES: Readonly<Record<string, string>> = {
  [LIST]: LIST,
  MACOS_NATIVE_SUPPORT: "MACOS_NATIVE_SUPPORT",
  NATIVE_PACKAGE_SUPPORT: "NATIVE_PACKAGE_SUPPORT",
  NO_NAMED_PIPE_HEALTH_CHECK: "NO_NAMED_PIPE_HEALTH_CHECK",
  OFFLINE_INSTALL: "OFFLINE_INSTALL",
  REDACT_HTTP: "REDACT_HTTP",
  TEST_BOOT_FAIL: "BOOT_FAIL",
  TEST_EXIT: "TEST_EXIT",
  TRIGGER_ELECTION: "TRIGGER_ELECTION",
};

/** Announces the switches that are on; HAB_FEAT_LIST lists all. `ui` is made only if there is something to say. */
export function announceSwitches(env: Environment, ui: () => Ui): void {
  const on = Object.keys(SWITCHES).filter((name) => (env[variableOf(name)] ?? "") !== "");
  if (on.length === 0) return;
  const { warn } = ui();
  for (const name of on) warn(`Enabling feature: FeatureFlag(${name})`);
  if (!on.includes(LIST)) return;
  warn("Listing feature flags environment variables:");
  for (const name of Object.keys(SWITCHES))
    warn(`  * FeatureFlag(${name}): ${variableOf(name)}="${env[variableOf(name)] ?? ""}"`);
}

function variableOf(name: string): string {
  return `${PREFIX}${SWITCHES[name]}`;
}
