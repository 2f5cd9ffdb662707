// What happens in the depot, for who listens in this process. A listener is a place in the sequence of events and nothing
// else: it reads on when it has room, so a slow one costs no memory, and one that was away goes on where it was. New events
// of ours are noticed at once; those of other processes by a question now and then, asked only while somebody listens.
import { describeError } from "../../error/index.ts";
import type { DepotDatabase } from "../store/database.ts";
import { type EventRow, eventsAfter, newestEvent, oldestEvent } from "../store/events.ts";

/** Between two looks for what other processes did. */
const LOOK_INTERVAL_MS = 500;

/** Events kept in memory, so that many listeners at the same place read the database once. */
const RECENT_EVENTS = 500;

/** Between two signs of life: proxies cut connections that are silent for a minute. */
const HEARTBEAT_MS = 25_000;

export interface FeedListener {
  /** There are new events: read on. */
  wake(): void;
  heartbeat(): void;
  /** The depot stops. */
  end(): void;
}

export class EventFeed {
  readonly #database: Pick<DepotDatabase, "db" | "onWrite">;
  readonly #log: (line: string) => void;
  readonly #listeners = new Set<FeedListener>();
  /** Consecutive, up to `#newest`. */
  #recent: EventRow[] = [];
  #newest = 0;
  #stop: (() => void) | undefined;
  #looking = false;
  #again = false;
  #closed = false;

  constructor(database: Pick<DepotDatabase, "db" | "onWrite">, log: (line: string) => void) {
    this.#database = database;
    this.#log = log;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Adds a listener; gives what removes it. */
  listen(listener: FeedListener): () => void {
    if (this.#closed) {
      listener.end();
      return () => undefined;
    }
    this.#listeners.add(listener);
    if (this.#stop === undefined) this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#stop?.();
      this.#stop = undefined;
      this.#recent = [];
    };
  }

  /** Events after `seq`, oldest first: all of them, or the first hundreds. */
  async after(seq: number, limit: number): Promise<readonly EventRow[]> {
    const [first] = this.#recent;
    if (first !== undefined && seq + 1 >= first.seq)
      return this.#recent.slice(seq + 1 - first.seq, seq + 1 - first.seq + limit);
    return await eventsAfter(this.#database.db, seq, limit);
  }

  /**
   * Where a listener that has heard everything up to `seq` goes on: there, or with `missed` at the oldest event that is
   * still kept when it was away for too long (or the depot is another one by now). Undefined begins with what comes next.
   */
  async placeAfter(seq: number | undefined): Promise<{ readonly seq: number; readonly missed: boolean }> {
    const { db } = this.#database;
    const newest = await newestEvent(db);
    if (seq === undefined) return { seq: newest, missed: false };
    if (seq > newest) return { seq: newest, missed: true };
    const oldest = (await oldestEvent(db)) ?? newest + 1;
    return seq + 1 < oldest ? { seq: oldest - 1, missed: true } : { seq, missed: false };
  }

  /** Ends all listeners. */
  close(): void {
    this.#closed = true;
    this.#stop?.();
    this.#stop = undefined;
    for (const listener of this.#listeners) listener.end();
    this.#listeners.clear();
  }

  #start(): void {
    const look = (): void => void this.#look();
    const endWrites = this.#database.onWrite(look);
    const looking = setInterval(look, LOOK_INTERVAL_MS);
    const beating = setInterval(() => {
      for (const listener of this.#listeners) listener.heartbeat();
    }, HEARTBEAT_MS);
    for (const timer of [looking, beating]) timer.unref();
    this.#stop = () => {
      endWrites();
      clearInterval(looking);
      clearInterval(beating);
    };
    this.#newest = 0;
    look();
  }

  async #look(): Promise<void> {
    this.#again = true;
    if (this.#looking) return;
    this.#looking = true;
    try {
      while (this.#again && !this.#closed) {
        this.#again = false;
        await this.#readOn();
      }
    } catch (error) {
      // The next look comes by itself, and nothing is lost: places are kept by the listeners.
      if (!this.#closed) this.#log(`looking for events failed: ${describeError(error)}`);
    } finally {
      this.#looking = false;
    }
  }

  async #readOn(): Promise<void> {
    const { db } = this.#database;
    const newest = await newestEvent(db);
    if (newest === this.#newest) return;
    const from = Math.max(this.#newest, newest - RECENT_EVENTS);
    const rows = await eventsAfter(db, from, RECENT_EVENTS);
    const last = rows.at(-1);
    if (last === undefined) this.#recent = [];
    else {
      const known = this.#recent.at(-1)?.seq === (rows[0]?.seq ?? 0) - 1 ? this.#recent : [];
      this.#recent = [...known, ...rows].slice(-RECENT_EVENTS);
      // A row that was forgotten meanwhile would leave a hole, by which places could not be reckoned.
      if (last.seq - (this.#recent[0]?.seq ?? 0) !== this.#recent.length - 1) this.#recent = [];
    }
    this.#newest = last?.seq ?? newest;
    if (this.#newest < newest) this.#again = true;
    for (const listener of this.#listeners) listener.wake();
  }
}
