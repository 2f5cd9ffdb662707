// How the calls of a client are made: what all files that hold calls share.
import type { DepotRequest } from "./connection.ts";
import type { Answer, AnswerName } from "./responses.ts";

/** The ways to send a request. Both throw DepotFailure for every status the request does not accept. */
export interface Calls {
  /** Sends something that changes nothing twice: it may be tried again. */
  ask(request: DepotRequest): Promise<Response>;
  /** Sends a change, once; true when it was done, false for the other accepted status. */
  change(request: DepotRequest, done: readonly number[]): Promise<boolean>;
}

/** Reads an answer by its name. Throws DepotFailure `badAnswer`. The parser of answers is loaded with the first one. */
export async function readAnswer<Name extends AnswerName>(
  what: string,
  response: Response,
  name: Name,
): Promise<Answer<Name>> {
  return await (await import("./responses.ts")).readAnswer(what, response, name);
}
