// Calls about histories, promotions of sets, gates, requests and webhooks. An original depot has none of these routes: it
// answers 404, which the caller hears.
import { decisionAdvice, rollbackAdvice, withAdvice } from "./advice.ts";
import { type Calls, jsonBody } from "./calls.ts";
import type { DepotRequest } from "./connection.ts";
import type {
  ChannelComparison,
  ChannelGate,
  ChannelHistoryEntry,
  ChannelRollback,
  NewWebhook,
  PromotedSet,
  PromotionRequest,
  Webhook,
  WebhookDelivery,
} from "./promotion-answers.ts";
import { type AnswerName, readAnswer } from "./responses.ts";

/** Some of a list, and how many there are. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

export interface GateWords {
  readonly approvals: number;
  readonly accounts: readonly string[];
  readonly roles: readonly string[];
  readonly own: boolean;
  readonly expiresAfterHours: number | undefined;
}

export interface SetWords {
  readonly origin: string;
  readonly from: string | undefined;
  readonly to: string;
  /** Full idents; undefined for all of `from`. */
  readonly idents: readonly string[] | undefined;
  readonly target?: string | undefined;
  readonly comment: string;
}

export interface RollbackWords {
  readonly to: number;
  readonly dryRun: boolean;
  readonly withoutGone: boolean;
  readonly expectedState: number | undefined;
}

/** Each throws DepotFailure when it fails. Lists give at most `limit` entries, newest first. */
export interface PromotionClient {
  channelHistory(
    origin: string,
    channel: string,
    limit: number,
    signal?: AbortSignal,
  ): Promise<Listed<ChannelHistoryEntry>>;
  compareChannels(
    origin: string,
    channel: string,
    query: { readonly with?: string; readonly at?: string; readonly with_at?: string },
    signal?: AbortSignal,
  ): Promise<ChannelComparison>;
  /** What was promoted, or the request for it where the channel has a gate. */
  promoteSet(
    words: SetWords,
    signal?: AbortSignal,
  ): Promise<{ readonly done: PromotedSet } | { readonly request: PromotionRequest }>;
  rollBackChannel(
    origin: string,
    channel: string,
    words: RollbackWords,
    signal?: AbortSignal,
  ): Promise<ChannelRollback>;
  /** Undefined where promotions take effect at once. */
  channelGate(origin: string, channel: string, signal?: AbortSignal): Promise<ChannelGate | undefined>;
  setChannelGate(
    origin: string,
    channel: string,
    words: GateWords,
    signal?: AbortSignal,
  ): Promise<ChannelGate>;
  /** False when there was none. */
  clearChannelGate(origin: string, channel: string, signal?: AbortSignal): Promise<boolean>;
  promotionRequests(
    origin: string,
    filter: { readonly state?: string; readonly channel?: string },
    limit: number,
    signal?: AbortSignal,
  ): Promise<Listed<PromotionRequest>>;
  promotionRequest(origin: string, id: string, signal?: AbortSignal): Promise<PromotionRequest>;
  decideRequest(
    origin: string,
    id: string,
    step: "approve" | "reject" | "withdraw",
    comment: string,
    signal?: AbortSignal,
  ): Promise<PromotionRequest>;
  webhooks(origin: string, limit: number, signal?: AbortSignal): Promise<Listed<Webhook>>;
  createWebhook(
    origin: string,
    url: string,
    events: readonly string[],
    signal?: AbortSignal,
  ): Promise<NewWebhook>;
  changeWebhook(
    origin: string,
    id: string,
    change: { readonly active: boolean },
    signal?: AbortSignal,
  ): Promise<Webhook>;
  deleteWebhook(origin: string, id: string, signal?: AbortSignal): Promise<void>;
  /** Id of the delivery. */
  pingWebhook(origin: string, id: string, signal?: AbortSignal): Promise<string>;
  webhookDeliveries(
    origin: string,
    id: string,
    limit: number,
    signal?: AbortSignal,
  ): Promise<Listed<WebhookDelivery>>;
}

export function promotionCalls({ ask, send }: Calls): PromotionClient {
  /** Reads pages until there are enough. */
  const pages = async <Item>(
    request: Omit<DepotRequest, "accept">,
    name: AnswerName,
    limit: number,
  ): Promise<Listed<Item>> => {
    const items: Item[] = [];
    for (;;) {
      const query = { ...request.query, range: String(items.length) };
      const response = await ask({ ...request, query, accept: [200, 206] });
      const answer = (await readAnswer(request.what, response, name)) as unknown as {
        total_count: number;
        data: Item[];
      };
      items.push(...answer.data);
      const more = response.status === 206 && answer.data.length > 0 && items.length < limit;
      if (!more) return { items: items.slice(0, limit), total: answer.total_count };
    }
  };

  const channelPath = (origin: string, channel: string, ...more: string[]): string[] => [
    ...["depot", "channels", origin, channel],
    ...more,
  ];
  const hookPath = (origin: string, ...more: string[]): string[] => [
    ...["depot", "origins", origin, "webhooks"],
    ...more,
  ];

  return {
    channelHistory(origin, channel, limit, signal) {
      const what = `cannot read the history of the channel ${channel} of ${origin}`;
      return pages({ what, path: channelPath(origin, channel, "history"), signal }, "changes", limit);
    },

    async compareChannels(origin, channel, query, signal) {
      const what = `cannot compare the channel ${channel} of ${origin}`;
      const path = channelPath(origin, channel, "compare");
      return await readAnswer(what, await ask({ what, path, query, accept: [200], signal }), "comparison");
    },

    async promoteSet({ origin, from, to, idents, target, comment }, signal) {
      const what = `cannot promote to the channel ${to} of ${origin}`;
      const response = await send({
        what,
        method: "POST",
        path: channelPath(origin, "promotions"),
        ...jsonBody({ from, to, idents, target, comment }),
        accept: [200, 202],
        signal,
      });
      return response.status === 202
        ? { request: (await readAnswer(what, response, "asked")).request }
        : { done: await readAnswer(what, response, "promotedSet") };
    },

    async rollBackChannel(origin, channel, { to, dryRun, withoutGone, expectedState }, signal) {
      const what = `cannot roll the channel ${channel} of ${origin} back to state ${to}`;
      const request = {
        what,
        method: "PUT",
        path: channelPath(origin, channel, "rollback"),
        ...jsonBody({ to, dry_run: dryRun, without_gone: withoutGone, expected_state: expectedState }),
        accept: [200],
        signal,
      } as const;
      const response = await withAdvice(send(request), rollbackAdvice(origin, channel, to));
      return await readAnswer(what, response, "rollback");
    },

    async channelGate(origin, channel, signal) {
      const what = `cannot ask for the gate of the channel ${channel} of ${origin}`;
      const path = channelPath(origin, channel, "gate");
      const response = await ask({ what, path, accept: [200, 404], signal });
      return response.status === 404 ? undefined : await readAnswer(what, response, "gate");
    },

    async setChannelGate(origin, channel, { approvals, accounts, roles, own, expiresAfterHours }, signal) {
      const what = `cannot set the gate of the channel ${channel} of ${origin}`;
      const response = await send({
        what,
        method: "PUT",
        path: channelPath(origin, channel, "gate"),
        ...jsonBody({
          approvals,
          approvers: { accounts, roles },
          own,
          expires_after_hours: expiresAfterHours,
        }),
        accept: [200],
        signal,
      });
      return await readAnswer(what, response, "gate");
    },

    async clearChannelGate(origin, channel, signal) {
      const response = await send({
        what: `cannot remove the gate of the channel ${channel} of ${origin}`,
        method: "DELETE",
        path: channelPath(origin, channel, "gate"),
        accept: [204, 404],
        signal,
      });
      await response.body?.cancel();
      return response.status === 204;
    },

    promotionRequests(origin, filter, limit, signal) {
      const what = `cannot list the requests for promotions of ${origin}`;
      const path = channelPath(origin, "requests");
      return pages({ what, path, query: { ...filter }, signal }, "requests", limit);
    },

    async promotionRequest(origin, id, signal) {
      const what = `cannot ask for the request ${id} of ${origin}`;
      const path = channelPath(origin, "requests", id);
      return await readAnswer(what, await ask({ what, path, accept: [200], signal }), "request");
    },

    async decideRequest(origin, id, step, comment, signal) {
      const what = `cannot ${step} the request ${id} of ${origin}`;
      const request = {
        what,
        method: "POST",
        path: channelPath(origin, "requests", id, step),
        ...jsonBody({ comment }),
        accept: [200],
        signal,
      } as const;
      const response = await withAdvice(send(request), decisionAdvice(origin));
      return await readAnswer(what, response, "request");
    },

    webhooks(origin, limit, signal) {
      const what = `cannot list the webhooks of ${origin}`;
      return pages({ what, path: hookPath(origin), signal }, "webhooks", limit);
    },

    async createWebhook(origin, url, events, signal) {
      const what = `cannot create a webhook of ${origin}`;
      const response = await send({
        what,
        method: "POST",
        path: hookPath(origin),
        ...jsonBody({ url, ...(events.length > 0 && { events }) }),
        accept: [201],
        signal,
      });
      return await readAnswer(what, response, "newWebhook");
    },

    async changeWebhook(origin, id, change, signal) {
      const what = `cannot change the webhook ${id} of ${origin}`;
      const path = hookPath(origin, id);
      const response = await send({
        what,
        method: "PATCH",
        path,
        ...jsonBody(change),
        accept: [200],
        signal,
      });
      return await readAnswer(what, response, "webhook");
    },

    async deleteWebhook(origin, id, signal) {
      const what = `cannot delete the webhook ${id} of ${origin}`;
      const path = hookPath(origin, id);
      await (await send({ what, method: "DELETE", path, accept: [204], signal })).body?.cancel();
    },

    async pingWebhook(origin, id, signal) {
      const what = `cannot try the webhook ${id} of ${origin}`;
      const path = hookPath(origin, id, "ping");
      const response = await send({ what, method: "POST", path, accept: [202], signal });
      return (await readAnswer(what, response, "deliveryId")).id;
    },

    webhookDeliveries(origin, id, limit, signal) {
      const what = `cannot list the deliveries of the webhook ${id} of ${origin}`;
      return pages({ what, path: hookPath(origin, id, "deliveries"), signal }, "deliveries", limit);
    },
  };
}
