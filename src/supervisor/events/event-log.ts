// The last events of a Supervisor and those who follow them. Both are bounded: old events are forgotten, and who does not
// keep up is let go, to come back with the id of the last event it has.
import type { Follower, StreamedEvent } from "../http/event-stream.ts";
import type { EventKind, SupervisorEvent } from "./event.ts";

/** Events kept for those who come back. */
export const KEPT_EVENTS = 1000;

/** Events one follower may be behind before it is let go. */
export const MAX_BEHIND = 1000;

/** Followers at once. */
export const MAX_FOLLOWERS = 64;

/** Its id names it for good: which run of the Supervisor, and a number in it. Its object has `at` and what the kind holds. */
export interface LoggedEvent extends StreamedEvent {
  readonly kind: EventKind | "missed";
}

export class EventLog {
  readonly #run: string;
  readonly #now: () => number;
  readonly #kept: LoggedEvent[] = [];
  readonly #followers = new Set<Queue>();
  #count = 0;

  /** `run` tells this run of the Supervisor from others. */
  constructor(run: string, now: () => number) {
    this.#run = run;
    this.#now = now;
  }

  tell({ kind, data }: SupervisorEvent): void {
    this.#count += 1;
    const event = this.#event(kind, this.#count, data);
    this.#kept.push(event);
    if (this.#kept.length > KEPT_EVENTS) this.#kept.shift();
    for (const queue of this.#followers) queue.push(event);
  }

  /**
   * Follows what happens from now on; with the id of an event, from after it. Where events between were lost (they are too
   * old, or another run of the Supervisor told them), the first one says so. Undefined when there are too many followers.
   */
  follow(lastId?: string): Follower<LoggedEvent> | undefined {
    if (this.#followers.size >= MAX_FOLLOWERS) return undefined;
    const queue = new Queue(() => this.#followers.delete(queue));
    if (lastId !== undefined) {
      const seen = this.#numberOf(lastId);
      const first = this.#count - this.#kept.length + 1;
      const lost = seen === undefined || seen + 1 < first;
      if (lost) queue.push(this.#event("missed", first - 1, {}));
      const from = lost ? 0 : seen + 1 - first;
      for (const event of this.#kept.slice(from)) queue.push(event);
    }
    this.#followers.add(queue);
    return queue;
  }

  #event(kind: LoggedEvent["kind"], number: number, data: object): LoggedEvent {
    const json = JSON.stringify({ at: new Date(this.#now()).toISOString(), ...data });
    return { id: `${this.#run}-${number}`, kind, json };
  }

  /** The number in an id of this run. */
  #numberOf(id: string): number | undefined {
    const number = id.startsWith(`${this.#run}-`) ? Number(id.slice(this.#run.length + 1)) : Number.NaN;
    return Number.isSafeInteger(number) && number >= 0 && number <= this.#count ? number : undefined;
  }
}

class Queue implements Follower<LoggedEvent> {
  readonly #left: () => void;
  #events: LoggedEvent[] = [];
  #wake: (() => void) | undefined;
  #open = true;

  constructor(left: () => void) {
    this.#left = left;
  }

  push(event: LoggedEvent): void {
    // The "missed" before a whole history may be one more.
    if (this.#events.length > MAX_BEHIND) {
      this.leave();
      return;
    }
    this.#events.push(event);
    this.#wake?.();
  }

  async next(): Promise<LoggedEvent | undefined> {
    while (this.#open && this.#events.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#open ? this.#events.shift() : undefined;
  }

  leave(): void {
    this.#open = false;
    this.#events = [];
    this.#left();
    this.#wake?.();
  }
}
