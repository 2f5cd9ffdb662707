// Running a hook other than `run`, as the service's user (reference/services.md §6). One whose time is over, or whose service
// stops, is ended with all it has started.
import { constants } from "node:os";
import { join } from "node:path";
import { describeError } from "../../error/index.ts";
import { endOf, environmentForServices, startProcess } from "../../host/index.ts";
import { type EndingHook, hookEnd, serviceIdentity } from "../../package/index.ts";
import type { Output } from "../output.ts";
import type { HookExit } from "../plan/health.ts";
import type { ServiceHook } from "../plan/service.ts";
import { HookOutput, hookLogs, type OpenOutputs } from "./hook-output.ts";
import type { ServicePackage } from "./package.ts";

/** Hooks of a service that are meant to end. */
export type EndingServiceHook = ServiceHook & EndingHook;

export interface HookRequest {
  readonly hook: EndingServiceHook;
  readonly group: string;
  readonly pkg: ServicePackage;
  readonly output: Output;
  readonly outputs: OpenOutputs;
  /** Milliseconds it may take; undefined for as long as it likes. */
  readonly limitMs: number | undefined;
  /** Between SIGTERM and SIGKILL where we end it. */
  readonly graceMs: () => number;
  /** Aborting ends the hook. */
  readonly signal: AbortSignal;
}

export interface HookResult {
  readonly exit: HookExit | { readonly kind: "abandoned" };
  readonly lastLine: string;
  readonly seconds: number;
  /** The beginning of what it printed; absent when it could not be started, or nobody waits for it any more. */
  readonly output?: { readonly stdout: string; readonly stderr: string };
}

/** Runs a rendered hook to its end. Never rejects: a hook that cannot be started is a result, too. */
export async function runHook(request: HookRequest): Promise<HookResult> {
  const { hook, group, pkg, output, outputs, limitMs, graceMs, signal } = request;
  const started = performance.now();
  const result = (exit: HookResult["exit"], lastLine: string): HookResult => ({
    exit,
    lastLine,
    seconds: (performance.now() - started) / 1000,
  });
  if (signal.aborted) return result({ kind: "abandoned" }, "");
  try {
    const identity = serviceIdentity(pkg.account);
    const child = await startProcess({
      command: [join(pkg.paths.hooks, hook)],
      env: { ...environmentForServices(), ...Object.fromEntries(pkg.env) },
      ...(identity === undefined ? {} : { user: identity }),
      stdout: "pipe",
      stderr: "pipe",
      name: `${hook} hook of ${group}`,
    });
    const printed = new HookOutput(child, hookLogs(pkg, hook), (line) =>
      output.line(`${group} hook[${hook}]:`, "HK", line),
    );
    outputs.add(printed);
    const end = hookEnd(
      await endOf(child, { limitMs, signal, graceMs }),
      Math.round((limitMs ?? 0) / 100) / 10,
    );
    await printed.ended();
    const { kept, lastLine } = printed;
    return end.kind === "abandoned" ? result(end, lastLine) : { ...result(end, lastLine), output: kept };
  } catch (error) {
    const message = describeError(error);
    output.line(group, "HK", `Hook failed to run, ${hook}, ${message}`);
    return result({ kind: "failed", message }, "");
  }
}

/** Whether a hook did what it is there for. */
export function succeeded({ exit }: HookResult): boolean {
  return exit.kind === "code" && exit.code === 0;
}

/** What the original prints after a hook that did not succeed; undefined after success. */
export function describeHookFailure(hook: ServiceHook, exit: HookResult["exit"]): string | undefined {
  if (exit.kind === "timeout")
    return `The ${hook} hook did not end within ${exit.seconds} s and was ended, with all it had started`;
  if (exit.kind === "signal") {
    const signals: Readonly<Record<string, number>> = constants.signals;
    // Compat: the number as the original shows it.
    return `${hook} was terminated by signal Some(${signals[exit.signal] ?? exit.signal})`;
  }
  if (exit.kind !== "code" || exit.code === 0) return undefined;
  const title = FAILURE_TITLES[hook];
  return title === undefined ? undefined : `${title} '${hook}' exited with status code ${exit.code}`;
}

const FAILURE_TITLES: { readonly [hook in ServiceHook]?: string } = {
  init: "Initialization failed!",
  "post-run": "Post run failed!",
  "pre-stop": "Pre stop failed!",
  "post-stop": "Post stop failed!",
  reconfigure: "Reconfiguration failed!",
  "file-updated": "File update failed!",
  suitability: "Suitability failed!",
};
