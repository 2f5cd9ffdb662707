// `hab bldr channel wait`: for a job that may go on only when a promotion has taken effect. The depot tells; where the
// connection to it breaks, it is asked again.
import { type DepotClient, DepotFailure, type PromotionRequest } from "../../../depot-client/index.ts";
import { defineCommand, option } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { integer } from "../../values.ts";
import { formatRequest, progressOf, requestArgument } from "./request-text.ts";

/** Exit codes by how a request ended; documented in docs/promote-releases.md. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  approved: 0,
  rejected: 3,
  expired: 4,
  withdrawn: 5,
  failed: 6,
};
const TIMED_OUT = 7;

/** Between two questions where the depot does not tell by itself. */
const ASK_INTERVAL_MS = 10_000;

export const command = defineCommand({
  summary: "Wait until a request for a promotion is decided",
  description:
    "Exit codes: 0 it took effect, 3 rejected, 4 expired, 5 withdrawn, 6 failed (a package is gone), 7 not decided in time.",
  examples: [
    { command: "hab bldr channel wait 3240000000000000000 -o acme", explains: "as long as it takes" },
    {
      command: "hab bldr channel wait 3240000000000000000 -o acme --timeout 3600",
      explains: "an hour at most",
    },
  ],
  args: { request: requestArgument() },
  options: {
    timeout: option({
      long: "timeout",
      value: "SECONDS",
      help: "How long to wait at most (default: until the request expires)",
      type: integer(),
    }),
    url: channelUrlOption(),
    origin: originOption(),
    auth: authOption(),
  },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, ui, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    const deadline = options.timeout === undefined ? undefined : AbortSignal.timeout(options.timeout * 1000);
    const until = deadline === undefined ? signal : AbortSignal.any([signal, deadline]);
    const first = await depot.promotionRequest(origin, args.request, signal);
    if (first.state === "open") ui.info(`Waiting for request ${first.id}, with ${progressOf(first)}.`);
    const request = first.state === "open" ? await decided(depot, first, until) : first;
    signal.throwIfAborted();
    if (json) printJson(request);
    if (request.state === "open")
      ui.warn(`Request ${request.id} is not decided, with ${progressOf(request)}.`);
    else ui.info(formatRequest(request).trimEnd());
    return EXIT_CODES[request.state] ?? TIMED_OUT;
  },
});

/** The request when it is open no more, or as it stands when the signal aborts. */
async function decided(
  depot: DepotClient,
  first: PromotionRequest,
  until: AbortSignal,
): Promise<PromotionRequest> {
  let request = first;
  while (!until.aborted) {
    // Heard or not, it is asked for after each event and each pause, so nothing that is told can be missed.
    await nextDecision(depot, request, until);
    request = await depot.promotionRequest(first.origin, first.id);
    if (request.state !== "open") return request;
  }
  return request;
}

/** Ends with a decision about the request, after a while, when the request expires, or when the signal aborts. */
async function nextDecision(
  depot: DepotClient,
  request: PromotionRequest,
  until: AbortSignal,
): Promise<void> {
  const untilExpired = Math.max(0, Date.parse(request.expires_at) - Date.now()) + 1000;
  const pause = new AbortController();
  const timer = setTimeout(() => pause.abort(), Math.min(untilExpired, ASK_INTERVAL_MS));
  const life = AbortSignal.any([until, pause.signal]);
  try {
    await depot.listen({
      origins: [request.origin],
      kinds: ["decision"],
      onPlace: () => undefined,
      onEvent({ data }) {
        const { request_id } = (data ?? {}) as { request_id?: unknown };
        if (request_id === request.id) pause.abort();
      },
      signal: life,
    });
  } catch (error) {
    if (!life.aborted && !(error instanceof DepotFailure)) throw error;
    // A depot that does not tell, or does not answer, is asked when the pause is over.
    if (!life.aborted)
      await new Promise<void>((resolve) => life.addEventListener("abort", () => resolve(), { once: true }));
  } finally {
    clearTimeout(timer);
  }
}
