// How the calls of a client are made: what all files that hold calls share.
import type { DepotRequest } from "./connection.ts";

/** The ways to send a request. Both throw DepotFailure for every status the request does not accept. */
export interface Calls {
  /** Sends something that changes nothing twice: it may be tried again. */
  ask(request: DepotRequest): Promise<Response>;
  /** Sends a change, once; true when it was done, false for the other accepted status. */
  change(request: DepotRequest, done: readonly number[]): Promise<boolean>;
}
