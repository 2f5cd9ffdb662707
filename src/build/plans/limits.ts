// Bounds on what reading a plan may cost: it is text of a stranger.

/** Of a plan or a file that it sources. */
export const MAX_SCRIPT_BYTES = 1024 * 1024;

/** Files sourced by each other. */
export const MAX_SOURCE_DEPTH = 16;

/** Functions of the plan that call each other while it is loaded. */
export const MAX_CALL_DEPTH = 16;

/** Commands followed while a plan is loaded. Real ones have a few dozen. */
export const MAX_STEPS = 10_000;

/** A longer value counts as not known. */
export const MAX_VALUE_CHARACTERS = 64 * 1024;

/** Rounds of one loop that are followed. */
export const MAX_ROUNDS = 200;

/** Items of one list; what comes after them is not followed. */
export const MAX_ITEMS = 1000;
