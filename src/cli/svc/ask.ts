// Asking a Supervisor through its control gateway, and showing what it answers (reference/cli.md §10.12).
import { type CtlAnswer, type CtlRequest, ctlRequest } from "../../ctl/index.ts";
import { formatIdent, type PackageIdent } from "../../package/index.ts";
import { type Colour, coloursLines, paint, printable } from "../../ui/index.ts";
import type { BareContext, CommandContext } from "../command.ts";
import type { Address } from "../configuration.ts";

type AskContext = Pick<BareContext, "configuration" | "stdout" | "stderr" | "env" | "signal"> &
  Pick<CommandContext, "json">;

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
  const tls = await configuration.controlTls();
  yield* ctlRequest({
    ...(tls === undefined ? {} : { tls }),
    address: await configuration.controlAddress(remote),
    secret: await configuration.controlSecret(),
    request,
    signal,
    ...options,
  });
}

/** Sends a request and shows console lines until it is done; gives what they said, as it was sent. */
export async function tellSupervisor(
  context: AskContext,
  remote: Address | undefined,
  request: CtlRequest,
  options: AskOptions = {},
): Promise<string> {
  let said = "";
  for await (const reply of askSupervisor(context, remote, request, options)) said += show(context, reply);
  return said;
}

/** The same about one service; with `--json` prints the package and what the Supervisor said, a text a line. */
export async function tellOfService(
  context: AskContext & Pick<CommandContext, "printJson">,
  ident: PackageIdent,
  remote: Address | undefined,
  request: CtlRequest,
): Promise<void> {
  const said = await tellSupervisor(context, remote, request);
  if (!context.json) return;
  context.printJson({
    package: formatIdent(ident),
    messages: said.split("\n").filter((line) => line.trim() !== ""),
  });
}

/** Shows a reply that is meant for a person, and gives its text. With `--json` standard output is for the document. */
function show({ stdout, stderr, env, json }: AskContext, reply: CtlAnswer): string {
  if (reply.message !== "ConsoleLine") return "";
  const { color } = reply.fields;
  const line = printable(reply.fields.line);
  const name = color?.toLowerCase();
  (json ? stderr : stdout).write(
    name !== undefined && isColour(name) && coloursLines(env) ? paint(line, name) : line,
  );
  return reply.fields.line;
}

function isColour(name: string): name is Colour {
  return ["red", "green", "yellow", "magenta", "cyan"].includes(name);
}
