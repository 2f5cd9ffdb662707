// A host's disk as far as a Supervisor uses it: the state file and the incarnation, in every version a crash might bring
// back. A write is there when it is completed; a disk that lies loses the last completed ones when the power goes.

interface Version<Content> {
  readonly completedAt: number;
  readonly content: Content;
}

/** So far back may a lying disk go. */
export const LIE_WINDOW_MS = 10_000;

export class Disk {
  #state: Version<Uint8Array>[] = [];
  #incarnation: Version<bigint>[] = [];

  /** The state file, as a reader finds it; undefined where there is none. */
  get state(): Uint8Array | undefined {
    return this.#state.at(-1)?.content;
  }

  get incarnation(): bigint {
    return this.#incarnation.at(-1)?.content ?? 0n;
  }

  writeState(content: Uint8Array, completedAt: number): void {
    this.#state = written(this.#state, { completedAt, content });
  }

  writeIncarnation(content: bigint, completedAt: number): void {
    this.#incarnation = written(this.#incarnation, { completedAt, content });
  }

  /** What was being written is not there; of a lying disk neither is what was completed in the last `lieMs`. */
  crash(now: number, lieMs = 0): void {
    this.#state = this.#state.filter(({ completedAt }) => completedAt <= now - lieMs);
    this.#incarnation = this.#incarnation.filter(({ completedAt }) => completedAt <= now - lieMs);
  }

  eraseState(): void {
    this.#state = [];
  }

  erase(): void {
    this.#state = [];
    this.#incarnation = [];
  }
}

/** With one more version, and without those no crash can bring back any more. */
function written<Content>(
  versions: readonly Version<Content>[],
  added: Version<Content>,
): Version<Content>[] {
  const oldest = added.completedAt - 2 * LIE_WINDOW_MS;
  const firstKept = versions.findLastIndex(({ completedAt }) => completedAt <= oldest);
  return [...versions.slice(Math.max(firstKept, 0)), added];
}
