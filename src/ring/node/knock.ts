// Whether a member's host and process are there, by the kernel's answer to a connection (reference/butterfly.md §20: TCP
// fallback). Also tells what a failed connection meant, which Bun does not.
import { beginConnecting, type ConnectAttempt } from "../../host/index.ts";
import type { Address } from "../protocol.ts";

export type KnockAnswer = "open" | "refused" | "silent";

/** The kernel is asked after 1, 2, 4 … ms, then so often. */
const LONGEST_PAUSE_MS = 32;

export interface Knock {
  readonly answer: Promise<KnockAnswer>;
  /** Answers "silent" at once. */
  giveUp(): void;
}

/** Answers within the time given. A host or network that cannot be reached is silent, whatever a router says of it. */
export function knockAt({ host, port }: Address, withinMs: number): Knock {
  let attempt: ConnectAttempt;
  try {
    attempt = beginConnecting(host, port);
  } catch {
    return { answer: Promise.resolve("silent"), giveUp: () => {} };
  }
  const { promise, resolve } = Promise.withResolvers<KnockAnswer>();
  const end = performance.now() + withinMs;
  let timer: Timer | undefined;
  let done = false;
  const finish = (answer: KnockAnswer): void => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    attempt.close();
    resolve(answer);
  };
  const look = (pauseMs: number): void => {
    const state = attempt.state();
    if (state === "open") finish("open");
    else if (state === "ECONNREFUSED") finish("refused");
    else if (state !== "pending" || performance.now() >= end) finish("silent");
    else timer = setTimeout(look, pauseMs, Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
  };
  look(1);
  return { answer: promise, giveUp: () => finish("silent") };
}
