// When a Supervisor that has just started knows what its ring knows. Before, it would take a group with a leader for one
// without, elect itself with its own vote alone, and might outdo the leader by its id (butterfly.md §13.4).
import type { RingNote, RingState } from "../../ring/index.ts";

export interface ArrivalTiming {
  /** With nobody there after so long, there is nobody to wait for. */
  readonly aloneMs: number;
  /** With somebody there, stores are compared within this, or hold the same. */
  readonly comparingMs: number;
  /** From the comparison until what was asked for has come. */
  readonly fetchingMs: number;
}

const TIMING: ArrivalTiming = { aloneMs: 5_000, comparingMs: 1_000, fetchingMs: 250 };

/** How far a Supervisor has come: each stage ends by itself, a later one before an earlier one. */
const STAGES = ["alone", "comparing", "fetching", "over"] as const;
type Stage = (typeof STAGES)[number];

export interface ArrivalOptions {
  readonly state: RingState;
  /** Whether there is anybody to join: peers given, or members remembered. */
  readonly expectsOthers: boolean;
  readonly timing?: ArrivalTiming;
}

export class Arrival {
  readonly #state: RingState;
  readonly #timing: ArrivalTiming;
  #stage: Stage = "alone";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listener: () => void = () => {};

  constructor({ state, expectsOthers, timing = TIMING }: ArrivalOptions) {
    this.#state = state;
    this.#timing = timing;
    if (expectsOthers) this.#timer = setTimeout(() => this.#end(), timing.aloneMs);
    else this.#stage = "over";
  }

  get isOver(): boolean {
    return this.#stage === "over";
  }

  /** Calls `listener` once, when it is over. */
  onOver(listener: () => void): void {
    this.#listener = listener;
  }

  /** The stores changed: somebody may be there now. */
  look(): void {
    if (this.#stage === "alone" && hasCompany(this.#state))
      this.#enter("comparing", this.#timing.comparingMs);
  }

  take(note: RingNote): void {
    if (note.kind === "synced") this.#enter("fetching", this.#timing.fetchingMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#listener = () => {};
  }

  #enter(stage: Stage, lengthMs: number): void {
    if (STAGES.indexOf(stage) <= STAGES.indexOf(this.#stage)) return;
    this.#stage = stage;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(), lengthMs);
  }

  #end(): void {
    this.#stage = "over";
    this.#listener();
  }
}

/** Whether another member is known to live. */
export function hasCompany({ members, self }: RingState): boolean {
  for (const [id, { health }] of members) if (id !== self && health === "alive") return true;
  return false;
}
