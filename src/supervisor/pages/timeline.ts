// What has happened since this Supervisor runs, for the time line of its pages: the last events of services and groups, and apart
// from them the last of members. In memory only. Pure but for the clock.
import type { EventKind, SupervisorEvent } from "../events/event.ts";

export interface TimelineEvent {
  readonly number: number;
  readonly kind: EventKind;
  /** JSON object with `n`, `at` (epoch milliseconds), `kind` and what the kind holds. */
  readonly json: string;
}

export class Timeline {
  readonly #now: () => number;
  readonly #kept: number;
  readonly #services: TimelineEvent[] = [];
  readonly #members: TimelineEvent[] = [];
  readonly #listeners = new Set<() => void>();
  #count = 0;

  constructor(kept: number, now: () => number) {
    this.#kept = kept;
    this.#now = now;
  }

  /** The number of the last event. */
  get count(): number {
    return this.#count;
  }

  tell({ kind, data }: SupervisorEvent): void {
    this.#count += 1;
    const json = JSON.stringify({ n: this.#count, at: Math.round(this.#now()), kind, ...data });
    const lane = kind === "member" ? this.#members : this.#services;
    lane.push({ number: this.#count, kind, json });
    if (lane.length > this.#kept) lane.shift();
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` after each event until the answer is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** At most `limit` events after a number that are `wanted`, in order. */
  after(number: number, limit: number, wanted: (kind: EventKind) => boolean): TimelineEvent[] {
    const services = tail(this.#services, number).filter(({ kind }) => wanted(kind));
    const members = wanted("member") ? tail(this.#members, number) : [];
    return [...services, ...members].sort((a, b) => a.number - b.number).slice(0, limit);
  }
}

/** The events of a lane after a number: found from its end, where those are that are asked for most. */
function tail(lane: readonly TimelineEvent[], number: number): readonly TimelineEvent[] {
  let from = lane.length;
  while (from > 0 && (lane[from - 1]?.number ?? 0) > number) from--;
  return lane.slice(from);
}
