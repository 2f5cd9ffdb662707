// What was done: promotions and demotions as everyone may see them (reference/depot-api.md §9), and the whole audit of an
// origin for its members, which the original keeps but does not show.
import { z } from "zod";
import { parseIdent } from "../../package/index.ts";
import { auditAnswer, eventAnswer, pageOf } from "../answer-schemas.ts";
import { jsonText, NO_CACHE, page, pageOffset, Refusal } from "../answers.ts";
import { PAGE_SIZE } from "../limits.ts";
import { channelName, dayQuery, originName, rangeQuery, searchText } from "../names.ts";
import { type Route, route } from "../route.ts";
import { termsOf } from "../search-words.ts";
import { identShape, timeShape } from "../shapes.ts";
import { timestampOf } from "../store/database.ts";
import { listAudit, listEvents } from "../store/history.ts";
import { findOrigin } from "../store/origins.ts";

const MS_PER_DAY = 86_400_000;
const events = pageOf(eventAnswer);
const audit = pageOf(auditAnswer);

export const historyRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/events",
    summary: "Promotions and demotions between two days, newest first",
    access: "anyone",
    answers: { 200: events, 206: events },
    params: z.object({}),
    query: z.object({
      range: rangeQuery,
      from_date: dayQuery,
      to_date: dayQuery,
      channel: channelName.optional(),
      query: searchText.optional(),
    }),
    async handle({ depot, query, account }) {
      const offset = pageOffset(query.range);
      const filter = {
        from: timestampOf(query.from_date),
        until: timestampOf(query.to_date + MS_PER_DAY),
        channel: query.channel,
        terms: termsOf(query.query ?? ""),
      };
      const window = { offset, limit: PAGE_SIZE };
      const { total, items } = await listEvents(depot.database.db, filter, account, window);
      const { status, body } = page(
        query.range,
        total,
        items.map((row) => ({
          operation: row.operation === "promote" ? "Promote" : "Demote",
          created_at: timeShape(row.at),
          origin: row.origin,
          channel: row.channel,
          package_ident: identShape(parseIdent(row.subject)),
        })),
      );
      return jsonText(status, body, NO_CACHE);
    },
  }),
  route({
    method: "GET",
    path: "/depot/origins/:origin/audit",
    summary: "Everything that was changed in an origin: who, when, from where",
    access: { role: "readonly_member" },
    answers: { 200: audit, 206: audit },
    params: z.object({ origin: originName }),
    query: z.object({ range: rangeQuery }),
    async handle({ depot, params, query }) {
      const { db } = depot.database;
      const origin = await findOrigin(db, params.origin);
      if (origin === undefined) throw new Refusal(403);
      const start = Math.max(query.range, 0);
      const window = { offset: start, limit: PAGE_SIZE };
      const { total, items } = await listAudit(db, origin.name, origin.created_at, window);
      const { status, body } = page(
        start,
        total,
        items.map((row) => ({
          id: row.id,
          at: timeShape(row.at),
          account_id: row.account_id,
          account_name: row.account_name,
          operation: row.operation,
          subject: row.subject,
          channel: row.channel === "" ? null : row.channel,
          details: JSON.parse(row.details) as unknown,
          trigger: row.trigger,
          address: row.address,
        })),
      );
      return jsonText(status, body, NO_CACHE);
    },
  }),
];
