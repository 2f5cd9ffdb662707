// Waiting until services are ready, for scripts: `hab svc status --wait ready`. Beyond the original.
import { type CtlReplies, ctlErrors } from "../../ctl/index.ts";
import { HabError, isKind } from "../../error/index.ts";
import { formatServiceGroup } from "../../supervisor/index.ts";
import { cliErrors } from "../errors.ts";

type ServiceStatus = CtlReplies["ServiceStatus"];

export interface WaitOptions {
  /** The services, with `notReady`. */
  readonly ask: () => Promise<ServiceStatus[]>;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

const PAUSE_MS = 200;

/**
 * Asks until all services are ready and answers them. A Supervisor that is not there yet is waited for, too. Throws
 * `notReady` after the timeout, with what is missing.
 */
export async function waitUntilReady({ ask, timeoutSeconds, signal }: WaitOptions): Promise<ServiceStatus[]> {
  const deadline = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    let missing: string[];
    try {
      const found = await ask();
      missing = found.flatMap(missingOf);
      if (missing.length === 0) return found;
    } catch (error) {
      if (!isKind(error, ctlErrors.notReachable) && !isKind(error, ctlErrors.connectionLost)) throw error;
      missing = [error.message];
    }
    if (performance.now() >= deadline)
      throw new HabError(
        cliErrors.notReady,
        `Not ready after ${timeoutSeconds} seconds: ${missing.join("; ")}`,
      );
    await Bun.sleep(PAUSE_MS);
    signal.throwIfAborted();
  }
}

function missingOf({ serviceGroup, notReady, desiredState }: ServiceStatus): string[] {
  if (notReady === "" || (notReady === undefined && desiredState !== 1)) return [];
  const reasons = notReady?.split("\n") ?? ["this Supervisor does not tell whether it is ready"];
  return [`${formatServiceGroup(serviceGroup)}: ${reasons.join(", ")}`];
}
