// How much a member holds and does at most, whatever others say: far beyond what any ring needs, so that made-up members
// and rumors cannot fill the memory. What a single message may hold is in ../limits.ts.

/** Members known at once. */
export const MEMBER_LIMIT = 100_000;

/** A member's id in UTF-8: its record has to fit into a datagram beside our own. Ours have 32. */
export const ID_LIMIT_BYTES = 256;

/** Records of all kinds but memberships. */
export const RECORD_LIMIT = 200_000;

/** Groups with configuration, and groups with an election, of each kind. */
export const GROUP_LIMIT = 20_000;

/** Contents of all services, configuration and files. */
export const CONTENT_BYTES_LIMIT = 256 * 1024 * 1024;

/** Members told to depart for good. */
export const DEPARTURE_LIMIT = 50_000;

/** Votes in one election; a group of more members elects nobody. */
export const VOTE_LIMIT = 20_000;

/** Text of all votes in one election: it has to fit into a message (../limits.ts). */
export const VOTE_TEXT_LIMIT = 786_432;

/** Groups whose elections we join because we heard of them; those we are told to take part in do not count. */
export const HEARD_ELECTION_LIMIT = 1000;

/** Terms are counted up by one: nobody comes this far, and the next one has to exist. */
export const TERM_LIMIT = 2n ** 63n;

/** Tombstones of each kind kept at once; the oldest go first. */
export const TOMBSTONE_LIMIT = 200_000;

/** Rumors in one push: enough to fill packets, few enough to be taken up by others in between. */
export const PUSH_MESSAGES = 256;

/** Contents in one push; a single larger rumor goes alone. */
export const PUSH_BYTES = 1_048_576;

/** Dead permanent peers that are pinged in one go. */
export const RECONNECTS_AT_ONCE = 20;

/** PingReqs remembered at once; beyond that they are served without a nack. */
export const REMEMBERED_REQUESTS = 256;
