// Restarts of a service: counts, reasons and back-off (reference/services.md §9). Pure; times are epoch milliseconds.

export type ImmediateReason =
  | "package_updated"
  | "app_config_updated"
  | "init_hook_updated"
  | "run_hook_updated"
  | "post_run_hook_updated";
/** `health_check_failed` is beyond the original. */
export type RestartReason = ImmediateReason | "init_hook_failed" | "run_hook_failed" | "health_check_failed";

/** The three restart options of `sup run`, in whole seconds. */
export interface RestartConfig {
  readonly minBackoffSeconds: number;
  readonly maxBackoffSeconds: number;
  readonly cooldownSeconds: number;
}

/** Why and when the process of a service last ended. */
export interface LastProcessState {
  readonly pid: number | undefined;
  readonly reason: RestartReason;
  readonly atMs: number;
}

/** What outlives a restart of the service, though not one of the Supervisor. */
export interface RunState {
  readonly restartCount: number;
  readonly last: LastProcessState | undefined;
  /** The previous sleep of the current series of failures; undefined before the first. */
  readonly previousSleepMs: number | undefined;
  /** When the last attempt was started again; undefined while none has. */
  readonly restartedAtMs: number | undefined;
  /** Failures in a row that came within STABLE_MS of a start. */
  readonly quickFailures: number;
}

export const FRESH_RUN_STATE: RunState = {
  restartCount: 0,
  last: undefined,
  previousSleepMs: undefined,
  restartedAtMs: undefined,
  quickFailures: 0,
};

/**
 * A service that ran this long was stable: it is started again at once. The original never restarts faster than its
 * one-second loop; we do, so a service that keeps dying right after its start is slowed down even without a back-off.
 */
const STABLE_MS = 10_000;
const QUICK_FIRST_MS = 250;
const QUICK_LAST_MS = 3_000;

export interface RestartDecision {
  readonly state: RunState;
  /** How long to wait, counted from the stop. */
  readonly sleepMs: number;
}

/** Whether a restart for this reason waits out a back-off. */
export function isFailure(reason: RestartReason): boolean {
  return reason === "init_hook_failed" || reason === "run_hook_failed" || reason === "health_check_failed";
}

/**
 * Accounts for a restart. The first failure sleeps min(min, max); later ones a uniform random time between that base
 * and three times the previous sleep, at most max. `random` is in [0, 1), `uptimeMs` how long the process had been up.
 * Other reasons restart at once and clear the count.
 */
export function decideRestart(
  state: RunState,
  cause: LastProcessState,
  config: RestartConfig,
  { random, uptimeMs }: { readonly random: number; readonly uptimeMs: number },
): RestartDecision {
  if (!isFailure(cause.reason)) return { state: { ...FRESH_RUN_STATE, last: cause }, sleepMs: 0 };
  const maxMs = config.maxBackoffSeconds * 1000;
  const baseMs = Math.min(config.minBackoffSeconds * 1000, maxMs);
  const previous = state.previousSleepMs;
  const sleepMs =
    previous === undefined ? baseMs : Math.min(maxMs, baseMs + random * Math.max(0, previous * 3 - baseMs));
  const quickFailures = uptimeMs < STABLE_MS ? state.quickFailures + 1 : 0;
  return {
    state: {
      restartCount: state.restartCount + 1,
      last: cause,
      previousSleepMs: sleepMs,
      restartedAtMs: undefined,
      quickFailures,
    },
    sleepMs: Math.max(sleepMs, quickDelayMs(quickFailures)),
  };
}

/** The first quick failure is forgiven, then the pauses double. */
function quickDelayMs(failures: number): number {
  return failures < 2 ? 0 : Math.min(QUICK_FIRST_MS * 2 ** (failures - 2), QUICK_LAST_MS);
}

/** Notes that the service was started again. */
export function restarted(state: RunState, nowMs: number): RunState {
  return { ...state, restartedAtMs: nowMs };
}

/** Forgets the back-off (not the count) once the service has run longer than the cool-down. */
export function cooledDown(state: RunState, config: RestartConfig, nowMs: number): RunState {
  if (state.previousSleepMs === undefined || state.restartedAtMs === undefined) return state;
  if (nowMs - state.restartedAtMs <= config.cooldownSeconds * 1000) return state;
  return { ...state, previousSleepMs: undefined };
}
