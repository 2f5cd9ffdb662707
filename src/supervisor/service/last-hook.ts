// The patience with the last hook of a service, `post-stop`, when the Supervisor ends: it may be said before the hook begins or
// while it runs, and counts from the later of both.

export class LastHook {
  readonly #over = new AbortController();
  #limitMs: number | undefined;
  #running = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Aborts when the hook has had its time. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  limit(milliseconds: number): void {
    this.#limitMs = milliseconds;
    this.#arm();
  }

  begin(): void {
    this.#running = true;
    this.#arm();
  }

  end(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    if (!this.#running || this.#limitMs === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#over.abort(), this.#limitMs);
  }
}
