// How much a node takes, holds and waits for, each with its reason. What a single message may hold is in ../limits.ts.

/** Datagrams taken from the socket that nobody has looked at yet. More arrive only in a flood; they are dropped. */
export const MAX_WAITING_DATAGRAMS = 4096;

/** How long datagrams may keep the loop before timers and others get their turn. */
export const DATAGRAM_SLICE_MS = 4;

/** The same for messages over TCP, which can wait; an Ack can not. */
export const MESSAGE_SLICE_MS = 2;

/** Messages taken from one connection before the next one's turn. */
export const MESSAGES_A_CONNECTION_A_TURN = 16;

/** The receive buffer of the datagram socket: a second of a 1000-member ring's bursts while the loop is busy. */
export const DATAGRAM_BUFFER_BYTES = 4 << 20;

/** Connections others may have open to us. Beyond it the one that has been silent longest makes room. */
export const MAX_INCOMING_CONNECTIONS = 4096;

/** Unread messages of one connection; beyond it nothing more is read from it until they are dealt with. */
export const MAX_UNREAD_BYTES_A_CONNECTION = 128 * 1024;

/** The same for all connections together, so that many floods at once take no longer to read than one. */
export const BUSY_UNREAD_BYTES = 512 * 1024;

/** Messages begun or unread, of all connections. Beyond it the one that holds most is closed. */
export const MAX_UNREAD_BYTES = 128 << 20;

/** As libzmq: so long may the far end take to introduce itself. */
export const INCOMING_HANDSHAKE_TIMEOUT_MS = 30_000;

/** A host that is there answers a connection in far less. */
export const CONNECT_TIMEOUT_MS = 3_000;

/** For greeting and READY of the far end: its loop may be busy. */
export const OUTGOING_HANDSHAKE_TIMEOUT_MS = 5_000;

/** A far end that takes not a byte for so long will not take the rest. */
export const STALLED_TIMEOUT_MS = 15_000;

/** Data that the far kernel has not acknowledged for so long: the host is gone. */
export const USER_TIMEOUT_MS = 5_000;

/** Silence after which the kernel asks whether the far host is still there. */
export const KEEP_ALIVE_MS = 30_000;

/** A connection to a member that nothing was sent to for so long, and that the machine does not want kept. */
export const IDLE_TIMEOUT_MS = 30_000;

/** Messages that wait for one member. They are encoded only as the socket takes them. */
export const MAX_WAITING_MESSAGES = 50_000;

/** Encoded at once for one connection; also what a slow far end makes us hold in bytes. */
export const WRITE_CHUNK_BYTES = 64 * 1024;

/** A member whose loop was this late has missed time; what came meanwhile is looked at before what was awaited. */
export const NOTICEABLE_LAG_MS = 10;

/** State is written no sooner than this after the last time. */
export const SAVE_INTERVAL_MS = 1_000;

/** Saving may take this part of the time: a save that took 1 s is followed by 20 s without. */
export const SAVE_PAUSE_FACTOR = 20;

/** But no more is lost than with the original. */
export const MAX_SAVE_INTERVAL_MS = 30_000;

/** After a failed save. */
export const SAVE_RETRY_MS = 5_000;

/** Names of peers are looked up again so often. */
export const RESOLVE_INTERVAL_MS = 30_000;

/** The same while no other member is known to live. */
export const RESOLVE_INTERVAL_ALONE_MS = 3_000;

/** A replaced file causes several events. */
export const FILE_SETTLING_MS = 50;

/** Lines of a peer watch file that are read; peers beyond are not needed to join. */
export const MAX_PEER_FILE_LINES = 1024;

/** The answer to a datagram that an ICMP error tells about comes within a round trip. */
export const ICMP_WINDOW_MS = 1_000;

/** One line to the log per kind of trouble in this time; the others are counted. */
export const COMPLAINT_INTERVAL_MS = 60_000;

/** How long an orderly end waits for its last messages, as the original's LINGER. */
export const LEAVE_TIMEOUT_MS = 1_000;

/** How long the end waits for the disk. */
export const LAST_SAVE_TIMEOUT_MS = 5_000;
