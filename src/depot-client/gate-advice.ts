// What to do about a promotion that a gate refuses. The depot answers 403 and names the option that asks for approval
// (src/depot/promotion/gate.ts); a higher role, which is what other refusals want, would not help.
import { DepotFailure } from "./failure.ts";

/** Waits for a promotion; where a gate refuses it, the failure says to ask for approval with `command`. */
export async function withGateAdvice<Result>(command: string, promotion: Promise<Result>): Promise<Result> {
  try {
    return await promotion;
  } catch (error) {
    if (!(error instanceof DepotFailure) || error.status !== 403 || !error.message.includes("--request"))
      throw error;
    throw new DepotFailure(error.kind, error.message, {
      status: error.status,
      cause: error.cause,
      next: `Ask for approval: ${command}`,
    });
  }
}
