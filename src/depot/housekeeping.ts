// What a running depot does by the clock: ends requests whose time is over, and forgets old events and deliveries. Every
// process looks, and writes only when there is something to write.
import { describeError } from "../error/index.ts";
import { OPERATOR } from "./accounts.ts";
import { expireRequests } from "./promotion/decide.ts";
import type { Depot } from "./route.ts";
import { timestampOf } from "./store/database.ts";
import { forgetEvents, hasEventsBefore } from "./store/events.ts";
import { overdueRequests } from "./store/promotion-requests.ts";
import { forgetDeliveries, hasDeliveriesBefore } from "./store/webhooks.ts";

/** Between two looks. */
const LOOK_MS = 60_000;

/** Requests ended in one transaction. */
const REQUESTS_A_TRANSACTION = 100;

const MS_PER_DAY = 86_400_000;

/** Events are kept for who was away so long. */
const EVENTS_DAYS = 7;
/** Deliveries are kept for who looks for one that went wrong. */
const DELIVERIES_DAYS = 30;

type Kept = Pick<Depot, "database" | "now" | "log">;

/** Does once what is to be done. */
export async function keepHouse({ database, now }: Kept): Promise<void> {
  const { db } = database;
  const ago = (days: number): string => timestampOf(now() - days * MS_PER_DAY);
  while ((await overdueRequests(db, timestampOf(now()), 1)).length > 0)
    await database.write((writing) => expireRequests(writing, OPERATOR, REQUESTS_A_TRANSACTION));
  if (await hasEventsBefore(db, ago(EVENTS_DAYS)))
    await database.write((writing) => forgetEvents(writing, ago(EVENTS_DAYS)));
  if (await hasDeliveriesBefore(db, ago(DELIVERIES_DAYS)))
    await database.write((writing) => forgetDeliveries(writing, ago(DELIVERIES_DAYS)));
}

/** Does it now and every minute; gives what ends it. */
export function startHousekeeping(depot: Kept): () => Promise<void> {
  let running: Promise<void> | undefined;
  const look = (): void => {
    running ??= keepHouse(depot)
      .catch((error: unknown) => depot.log(`housekeeping failed: ${describeError(error)}`))
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  look();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
