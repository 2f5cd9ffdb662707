// Times of the launcher, in milliseconds, with their reasons.

/** A first Supervisor must connect within this time (reference/supervisor.md §4: HAB_LAUNCH_SUP_CONNECT_TIMEOUT_SECS). */
export const CONNECT_TIMEOUT_MS = 5000;

/** A Supervisor that lived shorter died quickly; several such deaths in a row are answered by waiting. */
export const QUICK_DEATH_MS = 10_000;

/** Wait before the next Supervisor, by the number of quick deaths in a row; the last one stands for all further. */
export const RESPAWN_DELAYS_MS = [0, 0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000] as const;

/** What a Supervisor that is to shut down may take without any sign of progress, on top of the longest stop timeout. */
export const SHUTDOWN_PATIENCE_MS = 60_000;

/** How a service is stopped when the Supervisor did not say (reference/supervisor.md §9.2). */
export const DEFAULT_STOP_TIMEOUT_MS = 8000;

/**
 * Answers the launcher gives from memory take no longer than this, or it is stuck. Longer than the original's 1 s, which a busy
 * machine exceeds; HAB_LAUNCHER_INTERACTION_TIMEOUT_MS changes it.
 */
export const REPLY_TIMEOUT_MS = 10_000;

/** What is left to the service manager beyond our own patience before it uses force. */
export const SERVICE_MANAGER_MARGIN_MS = 10_000;

/** A service manager whose queue is full is told again after this time. */
export const NOTIFY_RETRY_MS = 100;

/** How often within the service manager's watchdog time the Supervisor is asked whether it is there. */
export const VIGIL_ASKS_PER_WATCHDOG = 5;

/**
 * A Supervisor that owes an answer for so many asks is replaced: three fifths of the watchdog time at most after it hung,
 * so that the next one can answer before the service manager stops everything.
 */
export const VIGIL_MISSED_ASKS = 2;

/** A Supervisor that lost its launcher begins to stop its services at once: one that has not within this time hangs. */
export const ORPHANED_SUPERVISOR_MS = 5000;

/** A request for lines is answered within this time, lines or none: nobody waits in the launcher for long. */
export const MAX_LINES_WAIT_MS = 30_000;

/**
 * How long a Supervisor on trial has to serve until it is taken for good. Most of what is wrong with a release shows at its start;
 * a minute also holds the ring's first exchanges and a look at each service's health. HAB_LAUNCH_SUP_PROBATION_SECS changes it.
 */
export const PROBATION_MS = 60_000;

/** A Supervisor on trial has to come to serve within so many of these times: it may have packages to download before. */
export const SERVING_PROBATIONS = 5;

/** While on trial it is asked for signs of life as by a service manager with this watchdog time, or the time of the trial. */
export const TRIAL_WATCHDOG_MS = 30_000;

/**
 * Starts of a program on trial without proof: one, and two after the power failed in the midst of it. So often the good one, too, may
 * end before it has connected, on a machine that has just started and is busy.
 */
export const MAX_TRIAL_STARTS = 3;

/** What a program may take to tell its version, on a machine that is busy. */
export const TRY_OUT_MS = 10_000;
