// The one timer of a member, and how late the event loop was at it.

const LAG_WINDOW_MS = 60_000;

export interface LoopLag {
  readonly lastMs: number;
  /** Of the last one to two minutes. */
  readonly worstMs: number;
}

export class Alarm {
  readonly #now: () => number;
  readonly #fired: () => void;
  #timer: Timer | undefined;
  #at = Number.POSITIVE_INFINITY;
  #lastMs = 0;
  #worstMs = 0;
  #worstBeforeMs = 0;
  #windowEnd = 0;

  constructor(now: () => number, fired: () => void) {
    this.#now = now;
    this.#fired = fired;
  }

  /** Fires once, at this time of the monotonic clock; an earlier order is forgotten. */
  arm(at: number): void {
    if (at === this.#at && this.#timer !== undefined) return;
    this.stop();
    this.#at = at;
    if (at === Number.POSITIVE_INFINITY) return;
    // A timer may fire a little early: rounded up, it is not armed twice for nothing.
    const delay = Math.min(Math.max(0, Math.ceil(at - this.#now())), 2 ** 31 - 1);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#fired();
    }, delay);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  noteLateness(lateMs: number): void {
    this.#turnWindow();
    this.#lastMs = lateMs;
    this.#worstMs = Math.max(this.#worstMs, lateMs);
  }

  get lag(): LoopLag {
    this.#turnWindow();
    return { lastMs: this.#lastMs, worstMs: Math.max(this.#worstMs, this.#worstBeforeMs) };
  }

  #turnWindow(): void {
    const now = this.#now();
    if (now < this.#windowEnd) return;
    this.#worstBeforeMs = now < this.#windowEnd + LAG_WINDOW_MS ? this.#worstMs : 0;
    this.#worstMs = 0;
    this.#windowEnd = now + LAG_WINDOW_MS;
  }
}
