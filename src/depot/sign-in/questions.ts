// Anybody may begin a sign-in, and each costs a provider one or more questions: so they are counted by address.
import { Refusal } from "../answers.ts";
import type { Depot } from "../route.ts";
import type { Client } from "./client.ts";

/** Counts one. Refuses with 429. */
export function countQuestion({ signIn }: Depot, { address }: Client): void {
  const { questions } = signIn;
  if (!questions.take(address))
    throw new Refusal(429, "Too many requests", { "Retry-After": String(questions.retryAfterSeconds) });
}
