// How long a hook may take (beyond the original, where none has a limit; docs/decisions/0025-hooks.md). What the spec says
// goes before what the package says, and that before the values here. Pure.
import { type EndingHook, type HookSettings, hookSetting } from "../../package/index.ts";

/**
 * Seconds; 0 for as long as it likes. Work whose length nobody can know has no limit: what `install`, `init` and `post-run`
 * do may take hours on a large database. A question that is not answered in a minute is not answered. The hooks with five
 * minutes would stop the whole Supervisor of Habitat meanwhile, or keep the service from coming back.
 */
export const DEFAULT_LIMITS: Readonly<Record<EndingHook, number>> = {
  install: 0,
  uninstall: 0,
  init: 0,
  "post-run": 0,
  "health-check": 60,
  readiness: 10,
  suitability: 30,
  reconfigure: 300,
  "file-updated": 300,
  // Of its own; the service's shutdown timeout bounds it (plan/stop.ts).
  "pre-stop": 0,
  "post-stop": 300,
};

/** Milliseconds the hook may take; undefined for as long as it likes. */
export function hookLimitMs(hook: EndingHook, spec: HookSettings, pkg: HookSettings): number | undefined {
  const seconds = hookSetting(hook, spec, pkg).timeout ?? DEFAULT_LIMITS[hook];
  return seconds === 0 ? undefined : seconds * 1000;
}
