// What the ring accepts at most, checked before anything is stored or allocated for it.

/** Receive buffer of an original member (reference/butterfly.md §6): a longer datagram arrives cut off. */
export const DATAGRAM_LIMIT_BYTES = 1024;

/** Most a Swim may take so that its envelope fits into a datagram: without a ring key, and with one. */
export const SWIM_LIMIT_PLAIN_BYTES = 1021;
export const SWIM_LIMIT_ENCRYPTED_BYTES = 977;

/**
 * One message over TCP, its envelope included. The original knows no limit; its control gateway lets through 65,536 bytes
 * of configuration or file, which a `BOX-1` text makes a third larger. This is room for those and for whatever a tool puts
 * into the ring, yet what a stranger can make us hold a connection is small.
 */
export const MESSAGE_LIMIT_BYTES = 1_048_576;

/**
 * A longer message is passed over, not kept, so that what an original member sends after it still arrives; beyond this the
 * connection is closed.
 */
export const PASSED_OVER_LIMIT_BYTES = 67_108_864;

/** Buckets of a digest: 24 KiB of sums. More would not help to find differences among 100,000 records. */
export const BUCKET_LIMIT = 4096;
/** Hashes in one `versions`, two a record: 384 KiB. More records go into more messages. */
export const VERSION_HASH_LIMIT = 65_536;
/** Keys in one `want`: what one `versions` can name. */
export const WANTED_KEY_LIMIT = VERSION_HASH_LIMIT / 2;

/** Body of a command of ZMTP, READY with its properties included; libzmq's own has 26 bytes. */
export const COMMAND_LIMIT_BYTES = 16_384;
