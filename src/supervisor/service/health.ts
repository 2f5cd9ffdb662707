// The health of one service: its health-check hook run in a loop, or, without one, its process (reference/services.md §10).
import type { HealthReport } from "../event-stream/report.ts";
import { criticalsAfter, type HealthResult } from "../plan/health.ts";
import { type HealthCheck, runHealthLoop, runHealthReports } from "./health-loop.ts";
import type { HookResult } from "./run-hook.ts";

export interface ServiceHealthOptions {
  readonly intervalMs: () => number;
  /** Whether the service is restarted after so many criticals in a row. */
  readonly isCounted: () => boolean;
  readonly random: () => number;
  /** Runs the hook; undefined where the package has none. */
  readonly check: ((signal: AbortSignal) => Promise<HookResult>) | undefined;
  readonly processUp: () => boolean;
  /** Something that is shown, or acted on, has changed. */
  readonly changed: () => void;
  /** For an event stream; absent where there is none. */
  readonly report: ((health: HealthReport) => void) | undefined;
  /** An exit code that means nothing. */
  readonly unrecognised: (code: number) => void;
  readonly stopped: () => void;
}

export class ServiceHealth {
  readonly #options: ServiceHealthOptions;
  #result: HealthResult = "Unknown";
  #criticals = 0;
  #loop: AbortController | undefined;

  constructor(options: ServiceHealthOptions) {
    this.#options = options;
  }

  /** What the last check said; without a hook, the process of an initialized service. */
  result(initialized: boolean): HealthResult {
    if (this.#options.check !== undefined || !initialized) return this.#result;
    return this.#options.processUp() ? "Ok" : "Critical";
  }

  /** Checks in a row that said critical. */
  get criticals(): number {
    return this.#criticals;
  }

  /** Begins the loop, or begins it anew: the first check is at once. */
  start(life: AbortSignal): void {
    this.#loop?.abort();
    const loop = new AbortController();
    this.#loop = loop;
    const signal = AbortSignal.any([loop.signal, life]);
    const { check, intervalMs, isCounted, random, report, stopped } = this.#options;
    if (check === undefined) {
      if (report !== undefined)
        void runHealthReports(intervalMs(), signal, (nextMs) =>
          report({ result: this.result(true), intervalMs: nextMs }),
        );
      return;
    }
    void runHealthLoop({
      intervalMs: intervalMs(),
      isCounted,
      signal,
      random,
      check: () => check(signal),
      report: (each) => this.#take(each),
    }).then(stopped);
  }

  #take({ result, unrecognisedCode, hook, nextMs }: HealthCheck): void {
    const { changed, report, unrecognised } = this.#options;
    if (unrecognisedCode !== undefined) unrecognised(unrecognisedCode);
    const isNews = this.#result !== result;
    this.#result = result;
    this.#criticals = criticalsAfter(this.#criticals, result);
    if (isNews || this.#criticals > 0) changed();
    const { exit, seconds, output } = hook;
    report?.({
      result,
      hook: {
        seconds,
        ...(exit.kind === "code" ? { exitStatus: exit.code } : {}),
        ...(output === undefined ? {} : { output }),
      },
      intervalMs: nextMs,
    });
  }
}
