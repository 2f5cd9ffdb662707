// The patience with the last hook of a service, `post-stop`, when the Supervisor ends: that may be said before the hook begins,
// and is then its limit, or while it runs.

export class LastHook {
  readonly #over = new AbortController();
  #limitMs = Number.POSITIVE_INFINITY;
  #running = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Aborts when the Supervisor ends while the hook runs, and it has had its time since. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** The Supervisor ends. */
  hurry(milliseconds: number): void {
    this.#limitMs = milliseconds;
    if (this.#running) this.#timer ??= setTimeout(() => this.#over.abort(), milliseconds);
  }

  /** The hook begins, with a limit of its own or none; answers the limit that holds, if any. */
  begin(ownLimitMs: number | undefined): number | undefined {
    this.#running = true;
    const limitMs = Math.min(ownLimitMs ?? Number.POSITIVE_INFINITY, this.#limitMs);
    return Number.isFinite(limitMs) ? limitMs : undefined;
  }

  end(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }
}
