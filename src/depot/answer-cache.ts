// Answers to anonymous and member reads, kept in memory until anything is written anywhere in the depot. Writes are
// rare beside reads, so one counter for all is enough, and no answer can be stale: the database's version is looked at
// for each request, which also notices commits of other processes.
import { MAX_CACHED_ANSWERS, MAX_CACHED_BYTES } from "./limits.ts";

export interface CachedAnswer {
  readonly status: number;
  readonly body: string;
}

/** A bounded cache whose whole content belongs to one version of the database. */
export class AnswerCache {
  readonly #version: () => string;
  readonly #answers = new Map<string, CachedAnswer>();
  #bytes = 0;
  #filledAt = "";

  constructor(version: () => string) {
    this.#version = version;
  }

  /** The answer for `key`, computed if it is not known. Two that ask at once may both compute. */
  async get(key: string, compute: () => Promise<CachedAnswer>): Promise<CachedAnswer> {
    const version = this.#version();
    if (version !== this.#filledAt) this.#empty(version);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = await compute();
    // A write may have been committed while we read: then the answer is given, but not kept.
    if (this.#version() === version) this.#keep(key, answer);
    return answer;
  }

  #keep(key: string, answer: CachedAnswer): void {
    const size = key.length + answer.body.length;
    if (this.#answers.size >= MAX_CACHED_ANSWERS || this.#bytes + size > MAX_CACHED_BYTES)
      this.#empty(this.#filledAt);
    this.#answers.set(key, answer);
    this.#bytes += size;
  }

  #empty(version: string): void {
    this.#answers.clear();
    this.#bytes = 0;
    this.#filledAt = version;
  }
}
