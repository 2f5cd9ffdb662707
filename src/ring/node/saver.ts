// When a member's state goes to disk: the own incarnation at once, the rest at most once a second after it changed, never
// while something waits for it (reference/butterfly.md §14). A disk that fails is told about once and tried again.
import { describeError, type HabError } from "../../error/index.ts";
import type { RingStorage } from "../storage.ts";
import { MAX_SAVE_INTERVAL_MS, SAVE_INTERVAL_MS, SAVE_PAUSE_FACTOR, SAVE_RETRY_MS } from "./limits.ts";

export interface SaverOptions {
  readonly storage: RingStorage;
  readonly now: () => number;
  readonly report: (line: string) => void;
}

export class Saver {
  readonly #options: SaverOptions;
  #unsaved = false;
  #incarnationUnsaved = false;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #notBefore = 0;
  #failure: string | undefined;
  #stopped = false;

  constructor(options: SaverOptions) {
    this.#options = options;
  }

  /** Why the last attempt failed; undefined when it did not. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Whether something is not on disk yet. */
  get behind(): boolean {
    return this.#unsaved || this.#incarnationUnsaved || this.#running !== undefined;
  }

  /** The state changed. */
  touch(): void {
    this.#unsaved = true;
    this.#schedule();
  }

  /** The own incarnation rose. */
  touchIncarnation(): void {
    this.#incarnationUnsaved = true;
    this.#schedule();
  }

  /** Everything is to be written now, without the usual pause. */
  hurry(): void {
    this.#notBefore = 0;
    this.touch();
  }

  /** Writes what is not written yet. Resolves when that is done or has failed. */
  async finish(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    if (this.#unsaved || this.#incarnationUnsaved) await this.#attempt(() => this.#saveAll());
  }

  #schedule(): void {
    if (this.#stopped || this.#running !== undefined) return;
    clearTimeout(this.#timer);
    const delay = Math.max(0, this.#notBefore - this.#options.now());
    if (this.#incarnationUnsaved && this.#failure === undefined) this.#start(() => this.#saveIncarnation());
    else if (delay === 0) this.#start(() => this.#saveAll());
    else this.#timer = setTimeout(() => this.#start(() => this.#saveAll()), delay);
  }

  #start(save: () => Promise<void>): void {
    this.#timer = undefined;
    this.#running = this.#attempt(save).then(() => {
      this.#running = undefined;
      if (this.#unsaved || this.#incarnationUnsaved) this.#schedule();
    });
  }

  async #saveIncarnation(): Promise<void> {
    this.#incarnationUnsaved = false;
    try {
      await this.#options.storage.saveIncarnationInBackground();
    } catch (error) {
      this.#incarnationUnsaved = true;
      throw error;
    }
  }

  async #saveAll(): Promise<void> {
    this.#unsaved = false;
    this.#incarnationUnsaved = false;
    const begun = this.#options.now();
    try {
      await this.#options.storage.saveInBackground();
    } catch (error) {
      this.#unsaved = true;
      throw error;
    }
    const ended = this.#options.now();
    const pause = Math.max(SAVE_INTERVAL_MS, (ended - begun) * SAVE_PAUSE_FACTOR);
    this.#notBefore = ended + Math.min(pause, MAX_SAVE_INTERVAL_MS);
  }

  async #attempt(save: () => Promise<void>): Promise<void> {
    try {
      await save();
      if (this.#failure !== undefined) this.#options.report("The Supervisor's state is saved again");
      this.#failure = undefined;
    } catch (error) {
      const why = describeError(error);
      if (this.#failure === undefined)
        this.#options.report(`${(error as HabError).code ?? ""} ${why}`.trim());
      this.#failure = why;
      this.#notBefore = this.#options.now() + SAVE_RETRY_MS;
    }
  }
}
