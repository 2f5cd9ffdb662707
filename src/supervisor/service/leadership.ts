// A service of leader topology and its group's election (reference/services.md §14.3, butterfly.md §13): says how suitable
// this member is, and whether the service may act.
import type { ElectionStatus } from "../census/census.ts";
import type { HookResult } from "./run-hook.ts";

export interface LeadershipOptions {
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  /** Runs the suitability hook; undefined where the package has none. */
  readonly suitability: (() => Promise<HookResult>) | undefined;
  /** Takes part in the group's election. */
  readonly elect: (suitability: bigint) => void;
  /** The hook's word has changed since. */
  readonly changed: (suitability: bigint) => void;
  readonly say: (content: string) => void;
}

const LARGEST = 2n ** 64n - 1n;

/** Between two runs of the hook at least, whatever the interval of health checks is. */
const SHORTEST_INTERVAL_MS = 1_000;

export class Leadership {
  readonly #options: LeadershipOptions;
  #status: ElectionStatus = "None";
  #told: bigint | undefined;
  #asking: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }

  /** What was seen of the election last. */
  get status(): ElectionStatus {
    return this.#status;
  }

  /** Stands in the election with what the hook says, once the hook is rendered. Later calls do nothing. */
  async stand(): Promise<void> {
    if (this.#told === undefined) await this.#ask();
  }

  /** Whether hooks may run: only while the election is finished. Says so once for each status. */
  mayAct(status: ElectionStatus): boolean {
    const changed = status !== this.#status;
    this.#status = status;
    if (status === "ElectionFinished") return true;
    if (changed) {
      this.#options.say(`Waiting to execute hooks; ${ELECTION_TEXTS[status]}`);
      // An election is on: what the hook said may be as old as the interval.
      if (this.#told !== undefined) void this.#ask();
    }
    return false;
  }

  /** Runs the hook and hands on what it says. One run at a time, and another one after the interval. */
  #ask(): Promise<void> {
    this.#asking ??= this.#runHook().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #runHook(): Promise<void> {
    const { signal, suitability, elect, changed, intervalMs } = this.#options;
    clearTimeout(this.#timer);
    const value = suitability === undefined ? 0n : suitabilityOf(await suitability());
    if (signal.aborted) return;
    if (this.#told === undefined) elect(value);
    else if (this.#told !== value) changed(value);
    this.#told = value;
    // An election starts at once when a leader is gone: there is no time then to ask a hook.
    if (suitability !== undefined)
      this.#timer = setTimeout(() => void this.#ask(), Math.max(intervalMs, SHORTEST_INTERVAL_MS));
  }
}

/** The hook's answer: its last line as a number, else 0 (services.md §6). */
function suitabilityOf({ exit, lastLine }: HookResult): bigint {
  const text = lastLine.trim();
  if (exit.kind !== "code" || exit.code !== 0 || !/^\d{1,20}$/.test(text)) return 0n;
  const value = BigInt(text);
  return value > LARGEST ? 0n : value;
}

const ELECTION_TEXTS: Record<ElectionStatus, string> = {
  None: "no election has been held",
  ElectionInProgress: "election in progress.",
  ElectionNoQuorum: "election in progress, and we have no quorum.",
  ElectionFinished: "election finished",
};
