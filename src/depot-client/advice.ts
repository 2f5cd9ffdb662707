// What to do about a refusal where the general way out of its kind would mislead: a higher role does not help past a gate, nor a
// new name where somebody was faster. The depot's words tell the cases apart (src/depot/promotion).
import { DepotFailure } from "./failure.ts";

/** Waits for a call; a failure that `advise` knows a way out of says that one. */
export async function withAdvice<Result>(
  call: Promise<Result>,
  advise: (failure: DepotFailure) => string | undefined,
): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    const next = error instanceof DepotFailure ? advise(error) : undefined;
    if (!(error instanceof DepotFailure) || next === undefined) throw error;
    const { kind, message, status, cause } = error;
    throw new DepotFailure(kind, message, { ...(status !== undefined && { status }), cause, next });
  }
}

/** For promotions: where a gate refuses, `command` asks for approval. */
export function gateAdvice(command: string): (failure: DepotFailure) => string | undefined {
  return ({ status, message }) =>
    status === 403 && message.includes("--request") ? `Ask for approval: ${command}` : undefined;
}

/** For a rollback of a channel to a state. */
export function rollbackAdvice(
  origin: string,
  channel: string,
  to: number,
): (failure: DepotFailure) => string | undefined {
  return ({ status, message }) => {
    if (isGate(status, message))
      return `Have it done by one of the channel's approvers: hab bldr channel gate show ${channel} -o ${origin}`;
    if (status !== 409) return undefined;
    return message.includes(" by now")
      ? `Look at what became of it, then name the state it is in: hab bldr channel history ${channel} -o ${origin}`
      : `Go back as far as there are packages: hab bldr channel rollback ${channel} ${to} -o ${origin} --without-gone`;
  };
}

/** For a decision about a request. */
export function decisionAdvice(origin: string): (failure: DepotFailure) => string | undefined {
  return ({ status, message }) =>
    isGate(status, message)
      ? `Have one of the channel's approvers decide; hab bldr channel gate show CHANNEL -o ${origin} names them`
      : status === 409
        ? `See what is open: hab bldr channel requests -o ${origin}`
        : undefined;
}

/** Whether it is refused for want of an approver, not of a role in the origin. */
function isGate(status: number | undefined, message: string): boolean {
  return status === 403 && /approve/.test(message.slice(message.indexOf("[403")));
}
