// Every bound of the depot in one place: sizes in bytes, times in milliseconds, counts.

/** One part of an ident, a channel or an account name: with them a file name stays below the 255 bytes of a directory entry. */
export const MAX_NAME_LENGTH = 255;

/** Key files are a few lines. Compat: the original's limit for text bodies (reference/depot-api.md §2.1). */
export const MAX_TEXT_BODY_BYTES = 256 * 1024;

/** JSON bodies here are one small object. */
export const MAX_JSON_BODY_BYTES = 64 * 1024;

/** One hart. The original has no limit of its own; its proxy's is 2 GB. */
export const MAX_UPLOAD_BYTES = 16 * 1024 ** 3;

/** An upload that delivers nothing for this long is given up. */
export const UPLOAD_STALL_MS = 60_000;

/** An upload that takes longer than this in all is given up, so that dripped bytes cannot hold a place forever. */
export const UPLOAD_TOTAL_MS = 6 * 3600_000;

/** A small body (key file, JSON) must be complete after this time. */
export const SMALL_BODY_MS = 15_000;

/** Uploads received at the same time; more are answered 503 with Retry-After. */
export const MAX_CONCURRENT_UPLOADS = 64;

/**
 * Uploads in pieces: bytes of a piece (what an object store takes at once, blobs/s3-blobs.ts), unfinished uploads of one
 * account, and how long one is kept after its last piece.
 */
export const PIECE_BYTES = 16 * 1024 * 1024;
export const MAX_UNFINISHED_UPLOADS = 20;
export const UNFINISHED_UPLOAD_MS = 24 * 3600_000;

/** Entries of a page. Compat: constant (reference/depot-api.md §2.2). */
export const PAGE_SIZE = 50;

/** Answers kept in memory. */
export const MAX_CACHED_BYTES = 32 * 1024 * 1024;

/** Matches of one search: of more, the first; a page has 50, and nobody looks through forty. */
export const MAX_FOUND = 2000;

/** Text of one search, and its terms. */
export const MAX_SEARCH_LENGTH = 255;
export const MAX_SEARCH_TERMS = 8;

/** Length of a bearer token as text; longer ones are not looked up. */
export const MAX_TOKEN_LENGTH = 1024;

/** Personal access tokens of one account. */
export const MAX_TOKENS_PER_ACCOUNT = 100;

/** Label of a token, days until it ends, and origins it may be limited to. */
export const MAX_LABEL_LENGTH = 100;
export const MAX_TOKEN_DAYS = 36_500;
export const MAX_SCOPE_ORIGINS = 100;

/** Secrets and integrations of one origin. */
export const MAX_SECRETS_PER_ORIGIN = 1000;
export const MAX_INTEGRATIONS_PER_ORIGIN = 100;

/** How long a container registry may take to judge credentials. */
export const REGISTRY_ANSWER_MS = 10_000;

/** Requests of one address; see rate-limit.ts. As many as a large install needs at once. */
export const DEFAULT_RATE = { perSecond: 200, burst: 4000 } as const;

/** Tokens of one address that are not valid: enough for a script with an old one, too few to try them out. */
export const INVALID_TOKEN_RATE = { perSecond: 1, burst: 50 } as const;

/** Lines in the log about senders that name an account without being a proxy. */
export const PRETENCE_RATE = { perSecond: 1 / 60, burst: 1 } as const;

/** Requests being answered at the same time, downloads and uploads included; more are answered 503. */
export const MAX_RUNNING_REQUESTS = 4096;

/** Idents in the list of one promotion, and characters of a comment to it. */
export const MAX_LISTED_IDENTS = 1000;
export const MAX_COMMENT_LENGTH = 2000;

/** Approvals a gate may demand, people it may name, and hours a request may wait. */
export const MAX_APPROVALS = 20;
export const MAX_APPROVERS = 100;
export const MAX_REQUEST_HOURS = 24 * 365;

/** A list in a query: all of it, and its parts. */
export const MAX_LIST_LENGTH = 8000;
export const MAX_LIST_PARTS = 200;

/** Who may listen to events of one process at the same time, and from one address (a site behind one, say). */
export const MAX_LISTENERS = 5000;
export const MAX_LISTENERS_OF_ADDRESS = 1000;

/** A listener may ask for its own end within a day. */
export const MAX_STREAM_SECONDS = 86_400;

/** Webhooks of one origin, and characters of their addresses and secrets. */
export const MAX_WEBHOOKS_PER_ORIGIN = 20;
export const MAX_WEBHOOK_URL_LENGTH = 2000;
export const MIN_WEBHOOK_SECRET_LENGTH = 16;
export const MAX_WEBHOOK_SECRET_LENGTH = 200;
