// How the calls of a client are made: what all files that hold calls share.
import type { DepotRequest } from "./connection.ts";

/** The ways to send a request. All throw DepotFailure for every status the request does not accept. */
export interface Calls {
  /** Sends something that changes nothing twice: it may be tried again. */
  ask(request: DepotRequest): Promise<Response>;
  /** Sends it once and gives the answer, whose body is the caller's. */
  send(request: DepotRequest): Promise<Response>;
  /** Sends a change, once; true when it was done, false for the other accepted status. */
  change(request: DepotRequest, done: readonly number[]): Promise<boolean>;
}

/** The body of a request in JSON, with the header that says so. */
export function jsonBody(value: unknown): Pick<DepotRequest, "headers" | "body"> {
  return { headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) };
}
