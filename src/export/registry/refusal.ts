// What a registry says instead of doing what it was asked, and whether it may do it later.
import { HabError } from "../../error/index.ts";
import { exportErrors } from "../errors.ts";

const SHOWN_OF_AN_ANSWER_BYTES = 2_000;

/** A refusal that another try may not meet. */
export class PassingRefusal extends HabError {}

/** Whether another try may get another answer than one of this status. */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}

/** What a registry said instead of doing what it was asked. */
export async function refusal(response: Response, doing: string): Promise<HabError> {
  const text = (await textUpTo(response, SHOWN_OF_AN_ANSWER_BYTES)).replaceAll(/[^\x20-\x7e]+/g, " ").trim();
  const said = `${response.status}${text === "" ? "" : ` ${text}`}, ${doing}`;
  return isPassing(response.status)
    ? new PassingRefusal(exportErrors.registryFailed, `the registry answered ${said}`)
    : new HabError(exportErrors.registryRefused, `the registry answered ${said}`);
}

/** The beginning of a body; the rest is not read. */
export async function textUpTo(response: Response, bytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let read = 0;
  if (response.body !== null)
    for await (const piece of response.body) {
      pieces.push(piece);
      read += piece.length;
      if (read >= bytes) break;
    }
  return Buffer.concat(pieces).subarray(0, bytes).toString("utf8");
}
