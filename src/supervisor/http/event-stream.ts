// Server-sent events (WHATWG HTML §9.2), for `/events` and for the Supervisor's pages. Beyond the original.

/** One event; `json` has no line ends. */
export interface StreamedEvent {
  readonly id: string;
  readonly kind: string;
  readonly json: string;
}

/** Where the events of one client come from. */
export interface Follower<Event extends StreamedEvent = StreamedEvent> {
  /** The next event; undefined when it was let go or has left. One waits at a time. */
  next(): Promise<Event | undefined>;
  leave(): void;
}

/** A line without meaning this often shows proxies that the connection lives, and us when it does not. */
const HEARTBEAT_MS = 15_000;

/** A client that takes nothing for this long is cut off; heartbeats see to it that there is something to take. */
const STALL_TIMEOUT_MS = 45_000;

/** How long a client waits before it comes back. */
const RETRY_MS = 2_000;

/** The stream of one client. `cutOff` is called when it takes nothing any more: its connection is to be closed. */
export function eventStream(follower: Follower, cutOff: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let waiting: Promise<StreamedEvent | undefined> | undefined;
  let stall: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
      },
      // Called when the client has taken what was sent before.
      async pull(controller) {
        clearTimeout(stall);
        waiting ??= follower.next();
        const event = await orHeartbeat(waiting);
        if (event !== HEARTBEAT) waiting = undefined;
        if (event === undefined) return controller.close();
        stall = setTimeout(cutOff, STALL_TIMEOUT_MS);
        controller.enqueue(encoder.encode(event === HEARTBEAT ? ":\n\n" : format(event)));
      },
      cancel() {
        clearTimeout(stall);
        follower.leave();
      },
    },
    { highWaterMark: 0 },
  );
}

const HEARTBEAT = Symbol("heartbeat");

async function orHeartbeat(
  event: ReturnType<Follower["next"]>,
): Promise<StreamedEvent | undefined | typeof HEARTBEAT> {
  const { promise, resolve } = Promise.withResolvers<typeof HEARTBEAT>();
  const timer = setTimeout(() => resolve(HEARTBEAT), HEARTBEAT_MS);
  try {
    return await Promise.race([event, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** JSON has no line ends, so one data line is enough. */
function format({ id, kind, json }: StreamedEvent): string {
  return `id: ${id}\nevent: ${kind}\ndata: ${json}\n\n`;
}
