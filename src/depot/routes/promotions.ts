// Promoting a set of packages in one transaction, and going back to an earlier state. Into a channel with a gate, the set
// becomes a request (promotion/decide.ts).
import { z } from "zod";
import { askedAnswer, promotedAnswer, rollbackAnswer } from "../answer-schemas-promotion.ts";
import { json, Refusal } from "../answers.ts";
import { MAX_COMMENT_LENGTH, MAX_LISTED_IDENTS, MAX_NAME_LENGTH } from "../limits.ts";
import { channelName, fullIdentText, originName } from "../names.ts";
import { changeChannel } from "../promotion/change-channel.ts";
import { makeRequest, notYetIn } from "../promotion/decide.ts";
import { choosePackages } from "../promotion/package-set.ts";
import { planRollback, refuseUnlessApprover, rollBack } from "../promotion/rollback.ts";
import { callerOf, type Route, route } from "../route.ts";
import { requestShape } from "../shapes-promotion.ts";
import { recordAudit } from "../store/audit.ts";
import { type PackageRef, stateNumber } from "../store/channel-changes.ts";
import { findGate } from "../store/gates.ts";
import { findChannel, insertChannel } from "../store/origins.ts";

const setBody = z.strictObject({
  from: channelName.optional().describe("Promotes what this channel holds, or what is listed of it"),
  to: channelName,
  idents: z.array(fullIdentText).min(1).max(MAX_LISTED_IDENTS).optional(),
  target: z.string().min(1).max(MAX_NAME_LENGTH).optional().describe("Only packages of this target"),
  comment: z.string().max(MAX_COMMENT_LENGTH).default("").describe("For who approves it"),
});

const rollbackBody = z.strictObject({
  to: z.number().int().min(1).max(999_999_999).describe("A state of the channel's history"),
  dry_run: z.boolean().default(false),
  without_gone: z
    .boolean()
    .default(false)
    .describe("Goes back as far as possible where packages of that state are no longer in the depot"),
  expected_state: z.number().int().min(1).optional().describe("Only if the channel is still in this state"),
});

function releases(packages: readonly PackageRef[]): { ident: string; target: string }[] {
  return packages
    .map(({ ident, target }) => ({ ident, target }))
    .sort((one, other) => (`${one.ident} ${one.target}` < `${other.ident} ${other.target}` ? -1 : 1));
}

export const promotionRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/depot/channels/:origin/promotions",
    summary: "Promote a set of packages, all of it or nothing; where the channel has a gate, ask for that",
    access: { role: "maintainer" },
    verb: "promote",
    answers: { 200: promotedAnswer, 202: askedAnswer, 400: "text", 404: "text", 409: "text", 422: "text" },
    params: z.object({ origin: originName }),
    query: z.object({}),
    body: setBody,
    async handle(call) {
      const { origin } = call.params;
      const { from: source, to, idents, target, comment } = await call.json();
      if (to === "unstable") throw new Refusal(422, "unstable takes uploads, and no promotions");
      if (source === to) throw new Refusal(422, "A channel cannot be promoted to itself");
      if (source === undefined && idents === undefined)
        throw new Refusal(422, "Say what to promote: idents, or the channel they are in");
      if (idents?.some((ident) => !ident.startsWith(`${origin}/`)) === true)
        throw new Refusal(422, `A channel of ${origin} takes packages of ${origin}`);
      const [actor, caller] = [call.actor(), callerOf(call)];
      return await call.depot.database.write(async (writing) => {
        const { db, at } = writing;
        const from = source === undefined ? undefined : await findChannel(db, origin, source);
        if (source !== undefined && from === undefined)
          throw new Refusal(404, `There is no channel ${source}`);
        const chosen = await choosePackages(db, { origin, from, idents, target });
        const name = { origin, channel: to };
        const missing = await notYetIn(db, name, chosen);
        const gate = await findGate(db, name);
        if (gate !== undefined && missing.length > 0) {
          const request = await makeRequest(writing, actor, gate, {
            from: source ?? "",
            target: target ?? "",
            comment,
            packages: missing,
          });
          return json(202, { request: await requestShape(db, request, caller, at) });
        }
        const channel =
          (await findChannel(db, origin, to)) ?? (await insertChannel(writing, actor, origin, to));
        const { added } = await changeChannel(writing, actor, channel, {
          action: "set-promote",
          add: missing,
          from: source,
        });
        if (added.length > 0)
          await recordAudit(writing, actor, {
            operation: "set-promote",
            subject: source ?? "",
            origin,
            channel: to,
            details: { idents: [...new Set(added.map(({ ident }) => ident))].sort() },
          });
        return json(200, {
          origin,
          from: source ?? null,
          to,
          state: await stateNumber(db, name),
          promoted: releases(added),
          present: chosen.length - added.length,
        });
      });
    },
  }),
  route({
    method: "PUT",
    path: "/depot/channels/:origin/:channel/rollback",
    summary:
      "Bring a channel back to an earlier state, as a change of its own; or say what that would change",
    access: { role: "maintainer" },
    verb: "promote",
    answers: { 200: rollbackAnswer, 404: "text", 409: "text", 422: "text" },
    params: z.object({ origin: originName, channel: channelName }),
    query: z.object({}),
    body: rollbackBody,
    async handle(call) {
      const { depot, params } = call;
      const { to, dry_run: dryRun, without_gone: withoutGone, expected_state } = await call.json();
      if (params.channel === "unstable")
        throw new Refusal(422, "unstable holds every upload, and cannot be rolled back");
      const caller = callerOf(call);
      const { db } = depot.database;
      if (dryRun) {
        if ((await findChannel(db, params.origin, params.channel)) === undefined) throw new Refusal(404);
        await refuseUnlessApprover(db, params, caller);
      }
      const plan = dryRun
        ? await planRollback(db, params, to)
        : await depot.database.write((writing) =>
            rollBack(writing, caller, call.actor(), params, {
              to,
              withoutGone,
              expectedState: expected_state,
            }),
          );
      return json(200, {
        origin: params.origin,
        channel: params.channel,
        back_to: to,
        state: plan.state,
        added: releases(plan.add),
        removed: releases(plan.remove),
        gone: releases(plan.gone),
        dry_run: dryRun,
      });
    },
  }),
];
