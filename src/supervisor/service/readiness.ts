// Whether a service says that it can do its work: its `readiness` hook, run again and again while its process is up (beyond the
// original; docs/run-a-service.md).
import {
  afterReadinessRun,
  NOT_READY,
  nextReadinessDelayMs,
  type ReadinessState,
} from "../plan/readiness.ts";
import { pause } from "./pause.ts";
import { type HookResult, succeeded } from "./run-hook.ts";

export interface ReadinessSettings {
  readonly intervalMs: number;
  /** In a row, until a ready service is not ready. */
  readonly failures: number;
}

export interface ServiceReadinessOptions {
  /** Asked for before each run, so that a changed spec counts from the next one on. */
  readonly settings: () => ReadinessSettings;
  readonly run: (signal: AbortSignal) => Promise<HookResult>;
  readonly changed: (ready: boolean) => void;
}

/** Longest text of a hook that is shown as the reason. */
const MAX_REASON_LENGTH = 200;

export class ServiceReadiness {
  readonly #options: ServiceReadinessOptions;
  #state: ReadinessState = NOT_READY;
  #reason = "it has not run yet";
  #loop: AbortController | undefined;

  constructor(options: ServiceReadinessOptions) {
    this.#options = options;
  }

  get ready(): boolean {
    return this.#state.ready;
  }

  /** Why it is not ready. */
  get reason(): string {
    return this.#reason;
  }

  /** The process is up. `readyBefore`: it was when another Supervisor had it, and counts as that until the hook has run. */
  start(life: AbortSignal, readyBefore: boolean): void {
    this.#loop?.abort();
    const loop = new AbortController();
    this.#loop = loop;
    this.#take({ ready: readyBefore, failures: 0 });
    void this.#run(AbortSignal.any([loop.signal, life]));
  }

  /** The process is gone. */
  stop(): void {
    this.#loop?.abort();
    this.#loop = undefined;
    this.#reason = "its process is down";
    this.#take(NOT_READY);
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const result = await this.#options.run(signal);
      if (signal.aborted || result.exit.kind === "abandoned") return;
      const { intervalMs, failures } = this.#options.settings();
      this.#reason = reasonOf(result);
      this.#take(afterReadinessRun(this.#state, succeeded(result), failures));
      await pause(nextReadinessDelayMs(this.#state, intervalMs), signal);
    }
  }

  #take(state: ReadinessState): void {
    const changed = this.#state.ready !== state.ready;
    this.#state = state;
    if (changed) this.#options.changed(state.ready);
  }
}

/** What a hook that says no printed last, else how it ended. */
function reasonOf({ exit, lastLine }: HookResult): string {
  const said = lastLine.trim().slice(0, MAX_REASON_LENGTH);
  if (said !== "" && exit.kind === "code") return said;
  switch (exit.kind) {
    case "code":
      return `exit code ${exit.code}`;
    case "signal":
      return `ended by ${exit.signal}`;
    case "timeout":
      return `it did not end within ${exit.seconds} s`;
    case "failed":
      return exit.message;
    case "abandoned":
      return "its run was cut short";
  }
}
