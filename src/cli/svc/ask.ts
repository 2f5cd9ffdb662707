// Asking a Supervisor through its control gateway, and showing what it answers (reference/cli.md §10.12).
import { type CtlAnswer, type CtlRequest, ctlRequest } from "../../ctl/index.ts";
import { type Colour, coloursLines, paint } from "../../ui/index.ts";
import type { BareContext } from "../command.ts";
import type { Address } from "../configuration.ts";

type AskContext = Pick<BareContext, "configuration" | "ui" | "stdout" | "env" | "signal">;

export interface AskOptions {
  readonly endWithoutReply?: "error" | "accept";
}

/** The replies to one request. Errors of the Supervisor are thrown. */
export async function* askSupervisor(
  context: AskContext,
  remote: Address | undefined,
  request: CtlRequest,
  options: AskOptions = {},
): AsyncGenerator<CtlAnswer, void, undefined> {
  const { configuration, signal } = context;
  yield* ctlRequest({
    address: await configuration.controlAddress(remote),
    secret: await configuration.controlSecret(),
    request,
    signal,
    ...options,
  });
}

/** Sends a request and shows console lines and progress until it is done. */
export async function tellSupervisor(
  context: AskContext,
  remote: Address | undefined,
  request: CtlRequest,
  options: AskOptions = {},
): Promise<void> {
  for await (const reply of askSupervisor(context, remote, request, options)) show(context, reply);
}

/** Shows a reply that is meant for a person. */
export function show({ stdout, env }: AskContext, reply: CtlAnswer): void {
  if (reply.message !== "ConsoleLine") return;
  const { line, color } = reply.fields;
  const name = color?.toLowerCase();
  stdout.write(name !== undefined && isColour(name) && coloursLines(env) ? paint(line, name) : line);
}

function isColour(name: string): name is Colour {
  return ["red", "green", "yellow", "magenta", "cyan"].includes(name);
}
