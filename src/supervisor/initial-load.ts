// The service given to `hab sup run PKG`: loaded once a launcher (reference/supervisor.md §5 steps 9 and 12).
import type { CtlReply, CtlReplyStream } from "../ctl/index.ts";
import { HabError } from "../error/index.ts";
import { environmentValue, processStartTime, readTextIfPresent, writeFileWhole } from "../host/index.ts";
import { PID_VARIABLE } from "../launcher/index.ts";
import { Console } from "./control/console.ts";
import type { ControlHandler } from "./control/handlers.ts";
import { supervisorErrors } from "./errors.ts";
import type { Installer } from "./install.ts";
import type { SupervisorOptions } from "./options.ts";
import type { Output } from "./output.ts";

export interface InitialLoadOptions {
  readonly load: SupervisorOptions["load"];
  /** Names the launcher whose load has been carried out. */
  readonly marker: string;
  readonly handle: ControlHandler;
  readonly installer: Installer;
  readonly output: Output;
}

/**
 * Carries out the load unless a Supervisor of this same launcher has done it already: the next one must not undo what was
 * said to the service since (unloaded, stopped, another strategy). Its failure ends the start. Throws `loadFailed`.
 */
export async function loadAtStart(options: InitialLoadOptions): Promise<void> {
  const { marker } = options;
  if (readTextIfPresent(marker) === launcherIdentity()) return;
  await carryOut(options);
  writeFileWhole(marker, launcherIdentity(), { mode: 0o600 });
}

/** The launcher's pid and start time, which together name it for good. */
function launcherIdentity(): string {
  const pid = Number(environmentValue(PID_VARIABLE));
  return `${pid} ${processStartTime(pid) ?? 0}`;
}

async function carryOut({ load, handle, installer, output }: InitialLoadOptions): Promise<void> {
  if (load === undefined) return;
  let fields = load.fields;
  if (load.artifact !== undefined) {
    const ident = await installer.file(load.artifact, new Console(silentReply(), output));
    fields = { ...fields, ident: { ...ident } };
  }
  let refusal: string | undefined;
  await handle(
    { message: "SvcLoad", fields },
    {
      ...silentReply(),
      complete: async (reply: CtlReply) => {
        if (reply.message === "NetErr") refusal = reply.fields.msg;
      },
    },
  );
  if (refusal !== undefined) {
    const [message = refusal, ...rest] = refusal.split("\n");
    throw new HabError(
      supervisorErrors.loadFailed,
      message,
      rest.length === 0 ? {} : { next: rest.join("\n") },
    );
  }
}

/** A client that is not there: what is said to it is on the Supervisor's output already. */
export function silentReply(): CtlReplyStream {
  return {
    partial: async () => {},
    complete: async () => {},
    gone: new AbortController().signal,
  };
}
