// The time in which a Supervisor on trial has to prove itself: it comes to serve, has taken over what ran, and answers for as
// long as asked. Whoever runs it ends it when it has failed.
import { environmentValue } from "../host/index.ts";
import { PROBATION_MS, SERVING_PROBATIONS, TRIAL_WATCHDOG_MS } from "./timing.ts";
import { Vigil } from "./vigil.ts";

export interface ProbationOptions {
  /** Asks it for a sign of life; false when it cannot be asked. */
  readonly ask: () => boolean;
  readonly proved: () => void;
  /** It is given up, for this reason. */
  readonly failed: (reason: string) => void;
}

export class Probation {
  readonly #options: ProbationOptions;
  readonly #lengthMs = probationMs();
  readonly #vigil: Vigil;
  #timer: ReturnType<typeof setTimeout>;
  #isServing = false;
  /** Its time is over; only an answer is missing. */
  #isDue = false;
  #isOver = false;

  constructor(options: ProbationOptions) {
    this.#options = options;
    const servingMs = SERVING_PROBATIONS * this.#lengthMs;
    this.#timer = setTimeout(
      () => this.#fail(`it did not come to serve within ${servingMs / 1000} s`),
      servingMs,
    );
    this.#vigil = new Vigil({
      watchdogMs: Math.min(TRIAL_WATCHDOG_MS, this.#lengthMs),
      ask: options.ask,
      alive: () => {},
      hung: () => this.#fail("it hung"),
    });
  }

  /** Whether it has come to serve. */
  get isServing(): boolean {
    return this.#isServing;
  }

  /** It has answered. */
  answered(): void {
    this.#vigil.answered();
    if (this.#isDue) this.#prove();
  }

  /** It serves, but for these service groups. */
  serving(untaken: readonly string[]): void {
    if (this.#isOver || this.#isServing) return;
    if (untaken.length > 0) {
      this.#fail(`it did not take over ${untaken.join(", ")}`);
      return;
    }
    this.#isServing = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isDue = true;
      // It may hang just now.
      if (!this.#vigil.isWaiting) this.#prove();
    }, this.#lengthMs);
  }

  #prove(): void {
    if (this.#isOver) return;
    this.close();
    this.#options.proved();
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#vigil.close();
  }

  #fail(reason: string): void {
    if (this.#isOver) return;
    this.close();
    this.#options.failed(reason);
  }
}

function probationMs(): number {
  const seconds = Number(environmentValue("HAB_LAUNCH_SUP_PROBATION_SECS"));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : PROBATION_MS;
}
