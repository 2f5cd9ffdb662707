// `hab svc logs`: what services printed. Beyond the original.
import type { CtlReplies } from "../../ctl/index.ts";
import { printable } from "../../ui/index.ts";
import { defineCommand, flag, option, optionalArgument } from "../command.ts";
import { identType } from "../ident-types.ts";
import { remoteSupOption } from "../shared-options.ts";
import { integer } from "../values.ts";
import { askSupervisor } from "./ask.ts";

type LogLine = CtlReplies["LogLine"];

export const command = defineCommand({
  summary: "Show what services printed",
  description:
    "The launcher keeps the last 10,000 lines of each service, at most 1 MiB of them, in memory: they outlive a restart of " +
    "the service and of the Supervisor, not that of the launcher. Without a service those of all are shown, each with its group " +
    "and O or E for the stream it came from.",
  examples: [
    { command: "hab svc logs core/redis", explains: "the last 100 lines of one service" },
    {
      command: "hab svc logs -f core/redis --since 10m",
      explains: "of the last ten minutes, and what comes",
    },
    { command: "hab svc logs -f --json", explains: "all services, a JSON object a line" },
  ],
  args: {
    ident: optionalArgument({
      value: "PKG_IDENT",
      help: "A package (core/redis)",
      completes: "loaded-service",
      type: identType,
    }),
  },
  options: {
    follow: flag({ short: "f", long: "follow", help: "Go on with what is printed from now on" }),
    lines: option({
      short: "n",
      long: "lines",
      value: "LINES",
      help: "Only the last so many lines (else 100, or all since the moment of --since)",
      type: integer(),
    }),
    since: option({
      long: "since",
      value: "SINCE",
      help: "Only lines from this moment on: a time (2026-11-27T10:00:00Z) or how long ago (90s, 10m, 2h, 1d)",
      type: moment,
    }),
    remoteSup: remoteSupOption(),
  },
  json: true,
  async run(context) {
    const { args, options, json, printJson, stdout, ui } = context;
    const lines = options.lines ?? (options.since === undefined ? DEFAULT_LINES : undefined);
    const request = {
      message: "SvcLogs",
      fields: {
        ...(args.ident === undefined ? {} : { ident: { ...args.ident } }),
        ...(lines === undefined ? {} : { lines }),
        ...(options.since === undefined ? {} : { since: BigInt(options.since) }),
        follow: options.follow,
      },
    } as const;
    const found: LogLine[] = [];
    for await (const reply of untilInterrupted(context, askSupervisor(context, options.remoteSup, request))) {
      if (reply.message !== "LogLine") continue;
      const line = reply.fields;
      if (line.afterGap === true) ui.warn("Lines are missing here: more was printed than could be sent");
      if (json && !options.follow) found.push(line);
      else if (json) stdout.write(`${JSON.stringify(lineJson(line))}\n`);
      else stdout.write(lineText(line, args.ident === undefined, stdout.isTerminal));
    }
    if (json && !options.follow) printJson(found.map(lineJson));
    const { aborted, reason } = context.signal;
    if (!aborted) return 0;
    return reason === "SIGTERM" ? 143 : 130;
  },
});

const DEFAULT_LINES = 100;

/** To be interrupted is how following ends: no error to tell. */
async function* untilInterrupted<T>(
  { signal }: { readonly signal: AbortSignal },
  replies: AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  try {
    yield* replies;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** A line of a service is data, but it must not steer the terminal. */
function lineText({ serviceGroup, errorStream, line }: LogLine, named: boolean, isTerminal: boolean): string {
  const text = isTerminal ? printable(line) : line;
  return named ? `${serviceGroup}(${errorStream ? "E" : "O"}): ${text}\n` : `${text}\n`;
}

function lineJson({ serviceGroup, errorStream, at, line }: LogLine) {
  return {
    at: new Date(Number(at)).toISOString(),
    service_group: serviceGroup,
    stream: errorStream ? "stderr" : "stdout",
    line,
  };
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Epoch milliseconds. */
function moment(text: string): number {
  const [, count, unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const at = count === undefined ? Date.parse(text) : Date.now() - Number(count) * (UNITS_MS[unit] ?? 0);
  if (Number.isNaN(at)) throw new Error("neither a time nor how long ago (90s, 10m, 2h, 1d)");
  return Math.max(0, at);
}
