// Limits of the control gateway, in bytes, milliseconds and counts.

/** Port of the control gateway when an address names none. */
export const DEFAULT_PORT = 9632;

/** Longest message id: six bits of the header (reference/supervisor.md §12.1). */
export const MAX_MESSAGE_ID_BYTES = 63;

/** Longest body: twenty bits of the header (§12.1). */
export const MAX_BODY_BYTES = 0xf_ffff;

/** Longest body of a handshake: nobody who has not shown the secret makes us hold more than this. */
export const MAX_HANDSHAKE_BODY_BYTES = 4096;

/** The handshake must be there within this time (§12.2). */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

/** After the handshake, the request must be there within this time; the original waits for ever. */
export const REQUEST_TIMEOUT_MS = 60_000;

/** Time for the TCP connection of a client; the original leaves it to the kernel (minutes). */
export const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Connections served at once. For a further one, the one that has waited longest without having shown the secret is
 * closed, so that idle strangers keep nobody out; when all have shown it, the new one is.
 */
export const MAX_CONNECTIONS = 256;

/** Bytes waiting for a slow peer before the sender is made to wait. */
export const MAX_BUFFERED_BYTES = 256 * 1024;

/** A peer that takes nothing for this long while we have bytes for it is given up. */
export const WRITE_STALL_TIMEOUT_MS = 30_000;
