// Whether the Supervisor still answers: asked only where a service manager wants a watchdog (sd_watchdog_enabled(3)) and while
// a Supervisor is on trial, so that an idle launcher elsewhere never wakes up.
import { VIGIL_ASKS_PER_WATCHDOG, VIGIL_MISSED_ASKS } from "./timing.ts";

export interface VigilOptions {
  /** After so long without an answer it would be too late: the service manager restarts everything. */
  readonly watchdogMs: number;
  /** Asks the Supervisor for an answer; false when there is none that could be asked. */
  readonly ask: () => boolean;
  /** The Supervisor has answered. */
  readonly alive: () => void;
  /** It has not, for long: it is to be replaced while there is time before the service manager acts. */
  readonly hung: () => void;
}

export class Vigil {
  readonly #options: VigilOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  /** How many times it was looked for an answer to the question that is open; undefined when none is. */
  #unanswered: number | undefined;

  constructor(options: VigilOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), options.watchdogMs / VIGIL_ASKS_PER_WATCHDOG);
    this.#timer.unref();
  }

  /** Something was heard from the Supervisor that it says only while its event loop turns. */
  answered(): void {
    this.#unanswered = undefined;
    this.#options.alive();
  }

  /** Whether an answer is owed. */
  get isWaiting(): boolean {
    return this.#unanswered !== undefined;
  }

  /** There is no Supervisor now, or another one. */
  forget(): void {
    this.#unanswered = undefined;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    if (this.#unanswered === undefined) {
      if (this.#options.ask()) this.#unanswered = 0;
    } else if (++this.#unanswered >= VIGIL_MISSED_ASKS) {
      this.#unanswered = undefined;
      this.#options.hung();
    }
  }
}
