// Answers to reads, kept in memory until anything is written anywhere in the depot. Writes are rare beside reads, so one
// counter for all is enough, and no answer can be stale: the database's version is asked for with each request, which
// also notices commits of other processes, on this machine or another.
import { empty, jsonText, NO_CACHE } from "./answers.ts";
import { MAX_CACHED_BYTES } from "./limits.ts";

/** What a map needs for an entry, about. */
const ENTRY_BYTES = 150;

/** JSON text, or 404 without a body. */
export interface CachedAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * A bounded cache whose whole content belongs to one version of the database. What has not been asked for since as much
 * again came in is forgotten first.
 */
export class AnswerCache {
  readonly #version: () => string | Promise<string>;
  #answers = new Map<string, CachedAnswer>();
  /** Of these the ones that are asked for move over to the others. */
  #older = new Map<string, CachedAnswer>();
  #bytes = 0;
  #filledAt = "";

  constructor(version: () => string | Promise<string>) {
    this.#version = version;
  }

  /**
   * The answer for `key`, computed if it is not known, and then also kept under `alias`, by which `known` finds it. Two
   * that ask at once may both compute.
   */
  async get(key: string, compute: () => Promise<CachedAnswer>, alias?: string): Promise<CachedAnswer> {
    // Asked before the reading: what is read is this version or a newer one, never older than it is said to be.
    const version = await this.#version();
    this.#turnTo(version);
    let answer = this.#find(key);
    if (answer === undefined) {
      answer = await compute();
      // Others may have seen a newer version meanwhile: then the answer is given, but not kept.
      if (this.#filledAt !== version) return answer;
      this.#keep(key, answer, answer.body.length);
    }
    if (alias !== undefined) this.#keep(alias, answer, 0);
    return answer;
  }

  /** The answer kept under this alias, if it is still true. */
  known(alias: string): CachedAnswer | undefined | Promise<CachedAnswer | undefined> {
    // Before anything is asked: most of what is not here needs no question.
    if (!this.#answers.has(alias) && !this.#older.has(alias)) return undefined;
    const version = this.#version();
    if (typeof version !== "string") return version.then((newest) => this.#knownAt(newest, alias));
    return this.#knownAt(version, alias);
  }

  #knownAt(version: string, alias: string): CachedAnswer | undefined {
    this.#turnTo(version);
    return this.#find(alias);
  }

  /** Answers to the question for the version may arrive in another order than it was asked: then we empty once more. */
  #turnTo(version: string): void {
    if (version === this.#filledAt) return;
    this.#answers.clear();
    this.#older.clear();
    this.#bytes = 0;
    this.#filledAt = version;
  }

  #find(key: string): CachedAnswer | undefined {
    const answer = this.#answers.get(key);
    if (answer !== undefined) return answer;
    const older = this.#older.get(key);
    if (older !== undefined) this.#keep(key, older, older.body.length);
    return older;
  }

  /** `bodyBytes` is 0 for a text that is kept under another name already. */
  #keep(key: string, answer: CachedAnswer, bodyBytes: number): void {
    const size = ENTRY_BYTES + key.length + bodyBytes;
    if (this.#bytes + size > MAX_CACHED_BYTES / 2) {
      this.#older = this.#answers;
      this.#answers = new Map();
      this.#bytes = 0;
    }
    if (this.#answers.has(key)) return;
    this.#answers.set(key, answer);
    this.#bytes += size;
  }
}

/** What a handler needs of its call to answer from the cache. */
interface CachingCall {
  readonly depot: { readonly cache: AnswerCache };
  /** See `Call`. */
  readonly openAddress: string | undefined;
}

/** The response for `key`, from the cache or computed. `key` holds all that the answer depends on besides the database. */
export async function cachedResponse(
  call: CachingCall,
  key: string,
  compute: () => Promise<CachedAnswer>,
): Promise<Response> {
  return responseOf(await call.depot.cache.get(key, compute, call.openAddress));
}

export function responseOf({ status, body }: CachedAnswer): Response {
  return status === 404 ? empty(404) : jsonText(status, body, NO_CACHE);
}
