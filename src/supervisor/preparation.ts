// What has to be done before a service can be started and may take long (a download, an install hook): it can be cut short, one
// by one or all at the end, so that nothing of it holds up an unload or outlives the Supervisor.
import { pause } from "./service/pause.ts";

/** How long it may take to be cut short: a hook that is ended has less than this. */
const CUT_SHORT_MS = 5_000;

export class Preparation {
  readonly #life = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  /** Does the work; its signal aborts with `cut` and when all is ended. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>, cut?: AbortSignal): Promise<T> {
    const { signal } = this.#life;
    const running = work(cut === undefined ? signal : AbortSignal.any([signal, cut]));
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Cuts everything short, for good. Resolves when it has ended, or does not. */
  async end(): Promise<void> {
    this.#life.abort();
    const patience = new AbortController();
    await Promise.race([Promise.allSettled(this.#running), pause(CUT_SHORT_MS, patience.signal)]);
    patience.abort();
  }
}
