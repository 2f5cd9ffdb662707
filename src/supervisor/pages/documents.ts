// The documents that pages show, each with the number of its last change: whoever has seen all up to a number is told what
// has changed since, however often that was in between. What is kept is bounded by the number of documents. Pure.

/** One change: the document as it is now, or that it is gone. */
export interface DocumentChange {
  readonly key: string;
  readonly version: number;
  /** JSON; undefined where there is no such document any more. */
  readonly json: string | undefined;
}

export class Documents {
  readonly #maxRemovals: number;
  readonly #current = new Map<string, DocumentChange>();
  /** Changes in the order of their numbers; those that are not in `#current` any more are passed over. */
  #log: DocumentChange[] = [];
  #removals = 0;
  #version = 0;
  #horizon = 0;
  #dropped = 0;

  constructor(maxRemovals: number) {
    this.#maxRemovals = maxRemovals;
  }

  /** The number of the last change. */
  get version(): number {
    return this.#version;
  }

  /** Who has seen less than this may have missed removals, and has to begin anew. */
  get horizon(): number {
    return this.#horizon;
  }

  /** Who comes back and has seen less than this may have missed even more. */
  get dropped(): number {
    return Math.max(this.#dropped, this.#horizon);
  }

  /** The JSON of a document; undefined where there is none. */
  get(key: string): string | undefined {
    return this.#current.get(key)?.json;
  }

  /** Sets a document, or with undefined removes it; whether that changed anything. */
  put(key: string, json: string | undefined): boolean {
    const known = this.#current.get(key);
    if (known === undefined ? json === undefined : known.json === json) return false;
    this.#version += 1;
    const change = { key, version: this.#version, json };
    if (known !== undefined && known.json === undefined) this.#removals -= 1;
    this.#current.set(key, change);
    this.#log.push(change);
    if (json === undefined) this.#removals += 1;
    if (this.#removals > this.#maxRemovals) this.#forgetRemovals();
    if (this.#log.length > 2 * this.#current.size + 100) this.#compact();
    return true;
  }

  /** Removes all documents whose key `isOf` and is not one of `keys`. */
  retain(isOf: (key: string) => boolean, keys: ReadonlySet<string>): void {
    const gone = [...this.#current.values()].filter(
      ({ key, json }) => json !== undefined && isOf(key) && !keys.has(key),
    );
    for (const { key } of gone) this.put(key, undefined);
  }

  /** Forgets documents without telling anybody: who comes back after that begins anew. */
  drop(isOf: (key: string) => boolean): void {
    for (const { key, json } of [...this.#current.values()]) {
      if (!isOf(key)) continue;
      if (json === undefined) this.#removals -= 1;
      this.#current.delete(key);
    }
    this.#version += 1;
    this.#dropped = this.#version;
    this.#compact();
  }

  /** What has changed after a number, in order: each document once, as it is now. */
  *after(version: number): Generator<DocumentChange> {
    // Also a reader that stops for a while in the midst of it sees each document, or a later change of it.
    const log = this.#log;
    for (let index = this.#firstAfter(version); index < log.length; index++) {
      const change = log[index];
      if (change !== undefined && this.#current.get(change.key) === change) yield change;
    }
  }

  /** The older half of the removals: their keys are forgotten. */
  #forgetRemovals(): void {
    const removed = this.#log.filter(
      (change) => change.json === undefined && this.#current.get(change.key) === change,
    );
    for (const { key, version } of removed.slice(0, Math.ceil(removed.length / 2))) {
      this.#current.delete(key);
      this.#removals -= 1;
      this.#horizon = version;
    }
    this.#compact();
  }

  #compact(): void {
    this.#log = this.#log.filter((change) => this.#current.get(change.key) === change);
  }

  #firstAfter(version: number): number {
    let low = 0;
    let high = this.#log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#log[middle]?.version ?? 0) <= version) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
