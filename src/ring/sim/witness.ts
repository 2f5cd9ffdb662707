// Who looks on while a world runs: what is judged, measured and told of a run hears of it here.
import type { RingEffect, RingEvent } from "../protocol.ts";
import type { Action } from "./action.ts";
import type { Host } from "./host.ts";

export interface Witness {
  /** Before it is done. */
  acted?(action: Action): void;
  /** A process started; its machine has seen nothing yet. */
  started?(host: Host): void;
  ended?(host: Host): void;
  stepped?(host: Host, event: RingEvent, effects: readonly RingEffect[]): void;
  /** A machine did what none may do. */
  misbehaved?(host: Host, what: string): void;
}
