// What was read from the server, by address: shared by everything on the page, kept while the reader goes about, read
// again when it may have changed. Knows nothing of React; hooks.ts joins the two.
import type { Problem } from "./problem.ts";
import { isAbort, problemIn } from "./request.ts";

/** A thing as it is known. With both data and problem, the data is of before. */
export interface Known<Data> {
  readonly data: Data | undefined;
  readonly problem: Problem | undefined;
  /** A request is under way. */
  readonly isLoading: boolean;
  /** Milliseconds since 1970 when the data came; 0 before. */
  readonly at: number;
}

/** Whether nothing is known of a thing yet, neither it nor why it is not to be had. */
export function isAwaited({ data, problem }: Known<unknown>): boolean {
  return data === undefined && problem === undefined;
}

export type Load<Data> = (signal: AbortSignal) => Promise<Data>;

interface Entry {
  known: Known<unknown>;
  load: Load<unknown>;
  readonly listeners: Set<() => void>;
  controller: AbortController | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
  usedAt: number;
}

export interface CacheOptions {
  readonly now: () => number;
  /** Waits before the second, third, … attempt, in milliseconds. */
  readonly retryDelaysMs: readonly number[];
}

/** Attempts after a failure that may pass; together under three seconds, then the reader is asked. */
export const RETRY_DELAYS_MS: readonly number[] = [250, 750, 1500];

/** Data older than this is read again when a page asks for it. */
const FRESH_MS = 5_000;
/** Entries that nobody shows; the longest unused go first. */
const MAX_UNUSED = 100;

const UNKNOWN: Known<unknown> = { data: undefined, problem: undefined, isLoading: false, at: 0 };

export class ResourceCache {
  readonly #entries = new Map<string, Entry>();
  readonly #staleListeners = new Set<() => void>();
  readonly #options: CacheOptions;

  constructor(options: CacheOptions = { now: Date.now, retryDelaysMs: RETRY_DELAYS_MS }) {
    this.#options = options;
  }

  /** What is known now; the same object until it changes. */
  peek<Data>(key: string): Known<Data> {
    return (this.#entries.get(key)?.known ?? UNKNOWN) as Known<Data>;
  }

  /** Begins to use a thing: it is read if it is unknown or old. Returns how to end; the last to end aborts the request. */
  use<Data>(key: string, load: Load<Data>, listener: () => void): () => void {
    const entry = this.#entry(key, load);
    entry.listeners.add(listener);
    entry.usedAt = this.#options.now();
    const isOld = entry.known.at === 0 || this.#options.now() - entry.known.at > FRESH_MS;
    if (isOld && entry.controller === undefined) this.#read(entry, 0);
    return () => {
      entry.listeners.delete(listener);
      if (entry.listeners.size > 0) return;
      this.#stop(entry);
      this.#set(entry, { isLoading: false });
      if (entry.known.problem !== undefined) this.#tellStale();
      this.#dropUnused();
    };
  }

  /** Why something that is shown may be out of date: it could not be read again. */
  staleProblem(): Problem | undefined {
    for (const { known, listeners } of this.#entries.values())
      if (listeners.size > 0 && known.data !== undefined && known.problem !== undefined) return known.problem;
    return undefined;
  }

  /** Hears when `staleProblem` may give something else. Returns how to end. */
  listenStale(listener: () => void): () => void {
    this.#staleListeners.add(listener);
    return () => this.#staleListeners.delete(listener);
  }

  /** Reads again what is shown and passes the test, and forgets the rest that does. */
  refresh(test: (key: string) => boolean = () => true): void {
    for (const [key, entry] of this.#entries) {
      if (!test(key)) continue;
      if (entry.listeners.size === 0) this.#entries.delete(key);
      else this.#read(entry, 0);
    }
  }

  /** Reads again what is shown and has failed in a way that may pass. */
  retryFailed(): void {
    for (const entry of this.#entries.values())
      if (entry.listeners.size > 0 && entry.known.problem?.mayPass === true) this.#read(entry, 0);
  }

  /** Puts in what is known from elsewhere, such as the answer to a write. */
  put<Data>(key: string, data: Data): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#stop(entry);
    this.#set(entry, { data, problem: undefined, isLoading: false, at: this.#options.now() });
  }

  #entry(key: string, load: Load<unknown>): Entry {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.load = load;
      return known;
    }
    const entry: Entry = {
      ...{ known: UNKNOWN, load, listeners: new Set<() => void>() },
      ...{ controller: undefined, timer: undefined, usedAt: 0 },
    };
    this.#entries.set(key, entry);
    return entry;
  }

  #read(entry: Entry, attempt: number): void {
    this.#stop(entry);
    const controller = new AbortController();
    entry.controller = controller;
    this.#set(entry, { isLoading: true });
    entry.load(controller.signal).then(
      (data) => {
        if (entry.controller !== controller) return;
        entry.controller = undefined;
        this.#set(entry, { data, problem: undefined, isLoading: false, at: this.#options.now() });
      },
      (error: unknown) => {
        if (entry.controller !== controller || isAbort(error)) return;
        const problem = problemIn(error);
        const delay = this.#options.retryDelaysMs[attempt];
        if (problem.mayPass && delay !== undefined) {
          entry.timer = setTimeout(() => this.#read(entry, attempt + 1), problem.retryAfterMs ?? delay);
          return;
        }
        entry.controller = undefined;
        // Gone is gone: what is no longer there is not shown on as if it were.
        const isGone =
          problem.kind === "missing" || problem.kind === "signed-out" || problem.kind === "forbidden";
        this.#set(entry, { problem, isLoading: false, ...(isGone ? { data: undefined, at: 0 } : {}) });
      },
    );
  }

  #stop(entry: Entry): void {
    clearTimeout(entry.timer);
    entry.timer = undefined;
    const { controller } = entry;
    entry.controller = undefined;
    controller?.abort();
  }

  #set(entry: Entry, change: Partial<Known<unknown>>): void {
    const { problem } = entry.known;
    entry.known = { ...entry.known, ...change };
    for (const listener of entry.listeners) listener();
    if (entry.known.problem !== problem) this.#tellStale();
  }

  #tellStale(): void {
    for (const listener of this.#staleListeners) listener();
  }

  #dropUnused(): void {
    const unused = [...this.#entries].filter(([, entry]) => entry.listeners.size === 0);
    unused.sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [key] of unused.slice(0, Math.max(0, unused.length - MAX_UNUSED))) this.#entries.delete(key);
  }
}
