// Answers to anonymous and member reads, kept in memory until anything is written anywhere in the depot. Writes are
// rare beside reads, so one counter for all is enough, and no answer can be stale: the database's version is asked for
// with each request, which also notices commits of other processes, on this machine or another.
import { MAX_CACHED_ANSWERS, MAX_CACHED_BYTES } from "./limits.ts";

export interface CachedAnswer {
  readonly status: number;
  readonly body: string;
}

/** A bounded cache whose whole content belongs to one version of the database. */
export class AnswerCache {
  readonly #version: () => string | Promise<string>;
  readonly #answers = new Map<string, CachedAnswer>();
  #bytes = 0;
  #filledAt = "";

  constructor(version: () => string | Promise<string>) {
    this.#version = version;
  }

  /** The answer for `key`, computed if it is not known. Two that ask at once may both compute. */
  async get(key: string, compute: () => Promise<CachedAnswer>): Promise<CachedAnswer> {
    const version = await this.#version();
    // Answers to the same question may arrive in another order than it was asked: then the cache is emptied once more.
    if (version !== this.#filledAt) this.#empty(version);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = await compute();
    // A write may have been committed while we read: then the answer is given, but not kept.
    if ((await this.#version()) === version && this.#filledAt === version) this.#keep(key, answer);
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
