// Bounds on what a template may cost, so that a hostile one ends in an error and not in a stuck Supervisor.

/** Length of a template. */
export const MAX_TEMPLATE_CHARACTERS = 4 * 1024 * 1024;

/** Blocks and sub-expressions inside each other. */
export const MAX_NESTING = 100;

/** Partials inside each other; only partials that include each other in a circle come near. */
export const MAX_PARTIAL_DEPTH = 50;

/** Characters of one rendered text, and of any string a helper makes on the way. */
export const MAX_OUTPUT_CHARACTERS = 16 * 1024 * 1024;

/** Nodes visited in one rendering: well under a second. A configuration file of a thousand lines visits a few thousand. */
export const MAX_STEPS = 2_000_000;
