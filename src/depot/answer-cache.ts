// Answers to reads, kept in memory until anything is written anywhere in the depot. Writes are rare beside reads, so one
// counter for all is enough, and no answer can be stale: the database's version is asked for with each request, which
// also notices commits of other processes, on this machine or another.
import { MAX_CACHED_BYTES } from "./limits.ts";

/** What a map needs for an entry, about. */
const ENTRY_BYTES = 150;

/**
 * A bounded cache whose whole content belongs to one version of the database. What has not been asked for since as much
 * again came in is forgotten first.
 */
export class AnswerCache<Answer extends object> {
  readonly #version: () => string | Promise<string>;
  readonly #sizeOf: (answer: Answer) => number;
  #answers = new Map<string, Answer>();
  /** Of these the ones that are asked for move over to the others. */
  #older = new Map<string, Answer>();
  #bytes = 0;
  #filledAt = "";

  /** `sizeOf` says what an answer takes in memory, about, in bytes. */
  constructor(version: () => string | Promise<string>, sizeOf: (answer: Answer) => number) {
    this.#version = version;
    this.#sizeOf = sizeOf;
  }

  /**
   * The answer for `key`, computed if it is not known, and then also kept under `alias`, by which `known` finds it. Two
   * that ask at once may both compute.
   */
  async get(key: string, compute: () => Promise<Answer>, alias?: string): Promise<Answer> {
    // Asked before the reading: what is read is this version or a newer one, never older than it is said to be.
    const version = await this.#version();
    this.#turnTo(version);
    let answer = this.#find(key);
    if (answer === undefined) {
      answer = await compute();
      // Others may have seen a newer version meanwhile: then the answer is given, but not kept.
      if (this.#filledAt !== version) return answer;
      this.#keep(key, answer, this.#sizeOf(answer));
    }
    if (alias !== undefined) this.#keep(alias, answer, 0);
    return answer;
  }

  /** The answer kept under this alias, if it is still true. */
  known(alias: string): Answer | undefined | Promise<Answer | undefined> {
    // Before anything is asked: most of what is not here needs no question.
    if (!this.#answers.has(alias) && !this.#older.has(alias)) return undefined;
    const version = this.#version();
    if (typeof version !== "string") return version.then((newest) => this.#knownAt(newest, alias));
    return this.#knownAt(version, alias);
  }

  #knownAt(version: string, alias: string): Answer | undefined {
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

  #find(key: string): Answer | undefined {
    const answer = this.#answers.get(key);
    if (answer !== undefined) return answer;
    const older = this.#older.get(key);
    if (older !== undefined) this.#keep(key, older, this.#sizeOf(older));
    return older;
  }

  /** `answerBytes` is 0 for one that is kept under another name already. */
  #keep(key: string, answer: Answer, answerBytes: number): void {
    const size = ENTRY_BYTES + key.length + answerBytes;
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
