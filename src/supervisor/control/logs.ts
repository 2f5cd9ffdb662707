// Lines that services printed, out of the launcher's memory to whoever asks (`hab svc logs`). Beyond the original.
import type { CtlReplyStream, CtlRequests } from "../../ctl/index.ts";
import type { TailAnswer, TailLine } from "../../launcher/index.ts";
import { satisfies } from "../../package/index.ts";
import { formatServiceGroup } from "../group.ts";
import { groupFields, identOf, notLoaded, shownIdent } from "./fields.ts";
import type { ControlOptions } from "./handlers.ts";

/** How long one look for new lines waits in the launcher. */
const LOOK_MS = 20_000;

/** Sends the lines that are kept, then, to who follows, those that come, until the client leaves. */
export async function sendLogs(
  fields: CtlRequests["SvcLogs"],
  options: ControlOptions,
  reply: CtlReplyStream,
): Promise<void> {
  const group = groupNamed(fields, options);
  const since = Number(fields.since ?? 0n);
  const kept: TailLine[] = [];
  let answer: TailAnswer;
  let after = 0;
  do {
    answer = await options.lines(group, after, 0);
    kept.push(...answer.lines.filter(({ at }) => at >= since));
    after = answer.next;
  } while (answer.lines.length > 0);
  const count = fields.lines ?? kept.length;
  for (const line of count === 0 ? [] : kept.slice(-count)) await send(reply, line, false);
  // Whoever closes the gateway waits for its requests: none may hang on in the launcher.
  const gone = new Promise<undefined>((resolve) => {
    reply.gone.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  while (fields.follow === true && !reply.gone.aborted) {
    const found = await Promise.race([options.lines(group, after, LOOK_MS), gone]);
    if (found === undefined) return;
    answer = found;
    after = answer.next;
    for (const [at, line] of answer.lines.entries()) await send(reply, line, answer.lost && at === 0);
  }
  await reply.complete({ message: "NetOk", fields: {} });
}

/** The group of the service that is named; undefined when all are meant. */
function groupNamed({ ident }: CtlRequests["SvcLogs"], options: ControlOptions): string | undefined {
  if (ident === undefined) return undefined;
  const wanted = identOf(ident);
  const found = options.services.list().find((service) => satisfies(shownIdent(service), wanted));
  if (found === undefined) throw notLoaded(wanted);
  return formatServiceGroup(groupFields(found, options));
}

function send(
  reply: CtlReplyStream,
  { group, stream, at, line }: TailLine,
  afterGap: boolean,
): Promise<void> {
  return reply.partial({
    message: "LogLine",
    fields: {
      serviceGroup: group,
      errorStream: stream === "stderr",
      at: BigInt(at),
      line,
      ...(afterGap ? { afterGap } : {}),
    },
  });
}
