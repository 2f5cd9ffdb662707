// What happens, as it happens: for pages, scripts and Supervisors, which then need not ask again and again.
import { z } from "zod";
import { NO_CACHE, Refusal } from "../answers.ts";
import { eventStream } from "../events/stream.ts";
import { MAX_STREAM_SECONDS } from "../limits.ts";
import { channelName, eventNumber, eventNumberQuery, listOf, originName } from "../names.ts";
import { type Route, route } from "../route.ts";
import { EVENT_KINDS } from "../store/schema-promotion.ts";

export const streamRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/stream",
    summary: "Events as server-sent events; after those heard before, where Last-Event-ID says which",
    access: "anyone",
    answers: { 200: "events", 503: "text" },
    params: z.object({}),
    query: z.object({
      origin: listOf(originName).optional().describe("Origins, separated by commas; else all"),
      channel: listOf(channelName).optional(),
      event: listOf(z.enum(EVENT_KINDS)).optional(),
      after: eventNumberQuery.describe("As Last-Event-ID, for who cannot send a header"),
      seconds: z
        .string()
        .regex(/^[0-9]{1,5}$/)
        .transform(Number)
        .pipe(z.number().max(MAX_STREAM_SECONDS))
        .optional()
        .describe("Ends after this time; 0: after what there is already"),
    }),
    handle(call) {
      const { depot, query, request } = call;
      const place = depot.listeners.take(call.address);
      if (place === undefined) throw new Refusal(503, "Too many listeners", { "Retry-After": "60" });
      const heard = eventNumber.safeParse(request.headers.get("last-event-id"));
      call.liftIdleLimit();
      const { origin, channel, event: kinds } = query;
      const stream = eventStream({
        feed: depot.events,
        wants: (event) =>
          (origin === undefined || origin.includes(event.origin)) &&
          (channel === undefined || channel.includes(event.channel)) &&
          (kinds === undefined || kinds.includes(event.kind)),
        view: (event) => depot.eventViews(event, { headers: request.headers, client: call.client }),
        after: heard.success ? heard.data : query.after,
        seconds: query.seconds,
        signal: request.signal,
        ended: () => place.leave(),
      });
      return new Response(stream, {
        headers: {
          "Content-Type": "text/event-stream",
          "Cache-Control": NO_CACHE,
          // nginx would keep events back until it has a buffer full of them.
          "X-Accel-Buffering": "no",
        },
      });
    },
  }),
];
