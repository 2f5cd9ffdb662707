// Times and numbers of the original member (reference/butterfly.md §11). None of them can be set there either.

export const PING_ACK_MS = 1000;
export const PING_REQ_ACK_MS = 2100;
/** One member is probed in each. */
export const PROTOCOL_PERIOD_MS = PING_ACK_MS + PING_REQ_ACK_MS;
export const SUSPICION_MS = 3 * PROTOCOL_PERIOD_MS;
/** Three days. */
export const DEPARTURE_MS = 259_200_000;
export const EXPIRE_MS = 500;
export const GOSSIP_MS = 1000;
/** How long a message waits for the connection to an unreachable member; the next one then waits as long again. */
export const SEND_TIMEOUT_MS = 500;
/** How often the outbound thread looks into its queue of Acks. */
export const ACK_POLL_MS = 10;
export const MAIN_LOOP_MS = 1000;

/** Members asked to ping in our stead. */
export const PING_REQ_RELAYS = 5;
/** Hot memberships beside a message; the target's own record comes on top. */
export const PIGGYBACK = 5;
/** Members pushed to at a time. */
export const PUSH_SLICE = 5;
/** Members told of an orderly end. */
export const LEAVE_FAN_OUT = 10;
