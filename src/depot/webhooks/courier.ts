// Sends what is in the outbox of webhooks. Any number of processes may do so on one database: each takes what is due for
// itself for a while, so nothing is sent twice, and what a crashed one had taken is taken by another when that time is over.
import { Secret } from "../../crypto/index.ts";
import { describeError } from "../../error/index.ts";
import type { Depot } from "../route.ts";
import { timestampOf } from "../store/database.ts";
import {
  type DeliveryResult,
  finishDelivery,
  isAnyLeasable,
  type LeasedDelivery,
  leaseDue,
  nextDue,
  postponeDeliveries,
} from "../store/webhooks.ts";
import { SEND_MS, sendDelivery } from "./send.ts";
import type { WebhookTargets } from "./targets.ts";

/** Sent at the same time, each to another webhook. */
const PARALLEL = 32;

/** Much longer than an attempt, so that a slow process does not lose what it is at. */
const LEASE_MS = SEND_MS + 50_000;

/** Waits before the second, third, … attempt: two days in all, so that a weekend's outage is survived. */
const RETRY_DELAYS_MS = [10, 60, 300, 1800, 7200, 6 * 3600, 12 * 3600, 24 * 3600].map((s) => s * 1000);

/** Where a receiver is down, all that waits for it waits so long at most: it may be back before the first is tried again. */
const MAX_POSTPONED_MS = 300_000;

/** A share of the wait, so that what failed together does not come back together. */
const JITTER = 0.2;

/** How often to look for what other processes put into the outbox and did not send. */
const LOOK_MS = 30_000;

/** Text of an error that is kept. */
const MAX_ERROR_LENGTH = 300;

export interface CourierOptions {
  readonly depot: Pick<Depot, "database" | "secrets" | "now" | "log">;
  readonly targets: WebhookTargets;
  /** In [0, 1). */
  readonly random?: () => number;
}

export interface Courier {
  /** Lets what is being sent end, and sends nothing more. */
  stop(): Promise<void>;
}

/** Begins to send. It looks when something was written, when something is due, and now and then. */
export function startCourier({ depot, targets, random = Math.random }: CourierOptions): Courier {
  const { database, secrets, log } = depot;
  const atWork = new Set<Promise<void>>();
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  let looking: Promise<void> | undefined;

  const send = async (delivery: LeasedDelivery): Promise<void> => {
    let result: Pick<DeliveryResult, "status" | "error">;
    try {
      const secret = new Secret(await secrets.open(delivery.secret));
      const status = await sendDelivery({ ...delivery, secret }, targets, depot.now());
      result = { status, error: status >= 200 && status < 300 ? "" : `answered ${status}` };
    } catch (error) {
      result = { status: null, error: describeError(error).slice(0, MAX_ERROR_LENGTH) };
    }
    const isDown = result.status === null || result.status >= 500;
    const delay = RETRY_DELAYS_MS[delivery.attempts - 1];
    const waitMs = (delay ?? 0) * (1 + random() * JITTER);
    const state = result.error === "" ? "delivered" : delay === undefined ? "failed" : "pending";
    const dueAt = timestampOf(depot.now() + waitMs);
    await database.write(async (writing) => {
      await finishDelivery(writing, delivery, { ...result, state, dueAt });
      const until = timestampOf(depot.now() + Math.min(waitMs, MAX_POSTPONED_MS));
      if (isDown && state === "pending") await postponeDeliveries(writing, delivery.webhookId, until);
    });
  };

  /** The result is written, or the lease ends and somebody sends it again. */
  const begin = (delivery: LeasedDelivery): void => {
    const work = send(delivery)
      .catch((error: unknown) => log(`the result of a webhook is lost: ${describeError(error)}`))
      .finally(() => {
        atWork.delete(work);
        look();
      });
    atWork.add(work);
  };

  /** Takes what is due, and says when to look again. */
  const round = async (): Promise<void> => {
    while (!stopped && atWork.size < PARALLEL) {
      const due = await nextDue(database.db);
      if (due === undefined) return schedule(LOOK_MS);
      const waitMs = Date.parse(`${due}Z`) - depot.now();
      if (waitMs > 0) return schedule(Math.min(waitMs + 1, LOOK_MS));
      // What is due may wait for another delivery to the same receiver, by us or by another process.
      if (!(await isAnyLeasable(database.db, timestampOf(depot.now())))) return schedule(SEND_MS);
      const until = timestampOf(depot.now() + LEASE_MS);
      const leased = await database.write((writing) => leaseDue(writing, until, PARALLEL - atWork.size));
      leased.forEach(begin);
    }
  };

  function look(): void {
    again = true;
    if (looking !== undefined || stopped) return;
    looking = (async () => {
      try {
        while (again && !stopped) {
          again = false;
          await round();
        }
      } catch (error) {
        if (!stopped) log(`sending webhooks failed: ${describeError(error)}`);
        schedule(LOOK_MS);
      } finally {
        looking = undefined;
      }
    })();
  }

  const schedule = (ms: number): void => {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(look, ms);
    timer.unref();
  };

  const endWrites = database.onWrite(look);
  look();
  return {
    async stop() {
      stopped = true;
      endWrites();
      clearTimeout(timer);
      await looking;
      await Promise.all(atWork);
    },
  };
}
