// The hooks of one service that are meant to end: run with their limits, counted, and what went wrong with them remembered
// until they go well again.
import type { Metrics } from "../http/metrics.ts";
import type { Output } from "../output.ts";
import { countHook } from "./hook-metrics.ts";
import { OpenOutputs } from "./hook-output.ts";
import type { ServicePackage } from "./package.ts";
import {
  describeHookFailure,
  type EndingServiceHook,
  type HookResult,
  runHook,
  succeeded,
} from "./run-hook.ts";

export interface ServiceHooksOptions {
  readonly group: string;
  readonly pkg: ServicePackage;
  readonly has: (hook: EndingServiceHook) => boolean;
  /** Milliseconds; undefined for as long as it likes. */
  readonly limitMs: (hook: EndingServiceHook) => number | undefined;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: () => number;
  readonly output: Output;
  readonly metrics: Pick<Metrics, "count" | "observe">;
}

export interface HookRunOptions {
  /** Aborting ends the hook. */
  readonly signal: AbortSignal;
  /** Instead of what holds otherwise. */
  readonly limitMs?: number | undefined;
  readonly graceMs?: number;
}

/** The last run of a hook that has ended. */
export interface HookRun {
  readonly exit: HookResult["exit"];
  readonly seconds: number;
  /** Epoch milliseconds. */
  readonly endedAtMs: number;
}

export class ServiceHooks {
  readonly #options: ServiceHooksOptions;
  readonly #outputs = new OpenOutputs();
  readonly #running = new Map<Promise<HookResult>, EndingServiceHook>();
  /** What did not end in its time, and has not ended well since. */
  readonly #overdue = new Map<EndingServiceHook, string>();

  readonly #last = new Map<EndingServiceHook, HookRun>();

  constructor(options: ServiceHooksOptions) {
    this.#options = options;
  }

  has(hook: EndingServiceHook): boolean {
    return this.#options.has(hook);
  }

  limitMs(hook: EndingServiceHook): number | undefined {
    return this.#options.limitMs(hook);
  }

  lastRun(hook: EndingServiceHook): HookRun | undefined {
    return this.#last.get(hook);
  }

  get problems(): readonly string[] {
    return [...this.#overdue.values()];
  }

  /** Runs a hook if the package has it; a missing one counts as success. Never rejects. */
  async run(hook: EndingServiceHook, options: HookRunOptions): Promise<HookResult> {
    if (!this.has(hook)) return { exit: { kind: "code", code: 0 }, lastLine: "", seconds: 0 };
    const { group, pkg, output, graceMs: usualGraceMs } = this.#options;
    const { signal, graceMs, limitMs = this.limitMs(hook) } = options;
    const running = runHook({
      hook,
      group,
      pkg,
      output,
      outputs: this.#outputs,
      signal,
      limitMs,
      graceMs: graceMs === undefined ? usualGraceMs : () => graceMs,
    });
    this.#running.set(running, hook);
    const result = await running;
    this.#running.delete(running);
    this.#note(hook, result);
    return result;
  }

  /** Resolves when no hook runs any more, or none of these. */
  async settled(hooks?: readonly EndingServiceHook[]): Promise<void> {
    const running = () =>
      [...this.#running].flatMap(([run, hook]) => (hooks?.includes(hook) === false ? [] : [run]));
    for (let some = running(); some.length > 0; some = running()) await Promise.all(some);
  }

  #note(hook: EndingServiceHook, result: HookResult): void {
    const { group, pkg, output, metrics } = this.#options;
    const { exit, seconds } = result;
    countHook(metrics, { group, hook, exit, seconds });
    this.#last.set(hook, { exit, seconds, endedAtMs: Date.now() });
    const failure = describeHookFailure(hook, exit);
    if (failure !== undefined) output.line(pkg.ident.name, "HK", failure);
    if (exit.kind === "timeout")
      this.#overdue.set(hook, `its ${hook} hook did not end within ${exit.seconds} s`);
    else if (succeeded(result)) this.#overdue.delete(hook);
  }
}
