// Signing in without a browser on this machine, after RFC 8628: shows a code, and asks the depot until somebody who is
// signed in on its pages, on whatever machine, has approved it.
import {
  type BegunSignIn,
  type DepotClient,
  DepotFailure,
  isWorthRetrying,
  type NewToken,
  pause,
} from "../../depot-client/index.ts";
import { HabError } from "../../error/index.ts";
import type { Ui } from "../../ui/index.ts";
import { cliErrors } from "../errors.ts";

const AGAIN = "Try again with: hab user login --with-browser";

/**
 * Gives the token that a person has approved. A depot that does not answer for a while is asked again, as long as the code
 * holds. Throws HabError `signInRefused` or `signInExpired`.
 */
export async function tokenByBrowser(
  depot: DepotClient,
  begun: BegunSignIn,
  { ui, signal }: { readonly ui: Ui; readonly signal: AbortSignal },
): Promise<NewToken> {
  ui.info(`Open this address in a browser, on this or any other machine, and sign in:\n\n  ${begun.page}\n`);
  ui.info(`Approve there if the page shows this code:\n\n  ${begun.userCode}\n`);
  const minutes = Math.ceil(begun.expiresInSeconds / 60);
  ui.info(`Waiting for it, for ${minutes} minutes at most…`);
  const end = performance.now() + begun.expiresInSeconds * 1000;
  let seconds = begun.intervalSeconds;
  while (performance.now() < end) {
    await pause(seconds * 1000, signal);
    try {
      const answer = await depot.approvedToken(begun.deviceCode, signal);
      if (answer.kind === "token") return answer;
      seconds = answer.intervalSeconds;
    } catch (error) {
      if (!(error instanceof DepotFailure)) throw error;
      if (error.status === 403)
        throw new HabError(cliErrors.signInRefused, "The request was refused on the depot's page", {
          next: `If that was not you, somebody has seen the code. ${AGAIN}`,
        });
      if (error.status === 410) break;
      if (!isWorthRetrying(error)) throw error;
      seconds = Math.max(seconds, error.retryAfterSeconds ?? 0);
    }
  }
  throw new HabError(cliErrors.signInExpired, `Nobody approved the code ${begun.userCode} in time`, {
    next: AGAIN,
  });
}
