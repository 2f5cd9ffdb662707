// How much the Supervisor's pages are told, and keep, at most.

/** Pages that follow at once. */
export const MAX_PAGE_FOLLOWERS = 64;

/** Things one page may follow. */
export const MAX_TOPICS = 8;

/** Characters of the name of a service or group in a topic. */
export const MAX_TOPIC_LENGTH = 512;

/** Documents, and characters of them, sent at a stretch. */
export const MAX_BATCH = 250;
export const MAX_BATCH_LENGTH = 128 * 1024;

/** Removals remembered for those who come back; who has missed more begins anew. */
export const MAX_REMOVALS = 2000;

/** What changed is looked at together, this often at most. */
export const REFRESH_PAUSE_MS = 150;

/** How often what changes with time alone is looked at while somebody follows it. */
export const LOOK_AGAIN_MS = 5_000;

/** How long documents nobody follows are kept for who comes back. */
export const KEEP_UNWATCHED_MS = 60_000;

/** Events of services and groups, and events of members, that are kept: each for itself, so that a ring in turmoil does not
 * push out what a service did. */
export const KEPT_EVENTS_EACH = 1000;

export const MAX_PROBLEMS = 50;
export const MAX_CONFIG_VALUES = 1000;
/** Characters of one value of a configuration. */
export const MAX_VALUE_LENGTH = 2_000;
/** Bytes of each stream of a hook's output. */
export const MAX_OUTPUT_BYTES = 16 * 1024;
export const MAX_RELEASES = 8;
export const MAX_FILES = 100;
/** Members that are named as changing. */
export const MAX_CHANGING = 5;
export const MAX_GROUPS_OF_MEMBER = 16;
