// One listener's connection: server-sent events (WHATWG HTML §9.2), read on from its place in the feed as fast as it takes
// them and no faster.
import type { EventRow } from "../store/events.ts";
import type { EventFeed } from "./feed.ts";
import type { ReaderView } from "./view.ts";

export interface StreamOptions {
  readonly feed: EventFeed;
  /** Which events are asked for. */
  readonly wants: (event: EventRow) => boolean;
  readonly view: (event: EventRow) => Promise<ReaderView>;
  /** The last event that was heard; undefined begins with what comes next. */
  readonly after: number | undefined;
  /** Ends by itself after this time; 0 after what there is already. */
  readonly seconds: number | undefined;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** Called at its end, perhaps more than once. */
  readonly ended: () => void;
}

/** Events looked at in one go. */
const EVENTS_A_STEP = 100;

/** How long a browser waits before it connects again. */
const RETRY_MS = 2000;

/** The stream of one listener. It ends when the client goes, its token ends, or the depot stops. */
export function eventStream(options: StreamOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const bell = new Bell();
  const hangUp = (): void => {
    bell.ring("end");
    options.ended();
  };
  options.signal.addEventListener("abort", hangUp, { once: true });
  if (options.signal.aborted) hangUp();
  const pieces = piecesOf(options, bell);
  return new ReadableStream<Uint8Array>(
    {
      // Called when the client has taken what was sent before.
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        hangUp();
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

type Ring = "events" | "heartbeat" | "end";

/** What a listener waits for. The weightiest of what rang since it was last asked counts. */
class Bell {
  readonly #rung = new Set<Ring>();
  #waiting: (() => void) | undefined;

  ring(why: Ring): void {
    this.#rung.add(why);
    this.#waiting?.();
  }

  async next(): Promise<Ring> {
    if (this.#rung.size === 0)
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    this.#waiting = undefined;
    for (const why of ["end", "events", "heartbeat"] as const) {
      if (!this.#rung.has(why)) continue;
      if (why !== "end") this.#rung.delete(why);
      return why;
    }
    return "end";
  }

  get hasEnded(): boolean {
    return this.#rung.has("end");
  }
}

async function* piecesOf(options: StreamOptions, bell: Bell): AsyncGenerator<string, void> {
  const { feed, seconds, view, wants } = options;
  const timer =
    seconds === undefined || seconds === 0 ? undefined : setTimeout(() => bell.ring("end"), seconds * 1000);
  const leave = feed.listen({
    wake: () => bell.ring("events"),
    heartbeat: () => bell.ring("heartbeat"),
    end: () => bell.ring("end"),
  });
  try {
    const { seq, missed } = await feed.placeAfter(options.after);
    let place = seq;
    yield `retry: ${RETRY_MS}\nid: ${place}\n\n`;
    // What happened meanwhile is not known any more: whoever listens has to look at everything anew.
    if (missed) yield `id: ${place}\nevent: reset\ndata: {}\n\n`;
    while (!bell.hasEnded) {
      const events = await feed.after(place, EVENTS_A_STEP);
      for (const event of events) {
        place = event.seq;
        if (!wants(event)) continue;
        const seen = await view(event);
        if (seen.kind === "refused") return;
        if (seen.kind === "shown") yield `id: ${event.seq}\nevent: ${event.kind}\ndata: ${seen.data}\n\n`;
        if (bell.hasEnded) return;
      }
      if (events.length > 0) continue;
      if (seconds === 0) return;
      // With its place, so that what was passed over need not be looked at again after a reconnection.
      if ((await bell.next()) === "heartbeat") yield `id: ${place}\n\n`;
    }
  } finally {
    clearTimeout(timer);
    leave();
    options.ended();
  }
}
