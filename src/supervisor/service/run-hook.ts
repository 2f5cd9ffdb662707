// Running a hook other than `run`: as the service's user, output copied line by line to the log files and to the
// Supervisor's output (reference/services.md §6).
import { type FileHandle, open } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { describeError } from "../../error/index.ts";
import {
  environmentForServices,
  environmentValue,
  type ProcessOutput,
  startProcess,
  terminateGroup,
} from "../../host/index.ts";
import { serviceIdentity } from "../../package/index.ts";
import type { Output } from "../output.ts";
import type { HookExit } from "../plan/health.ts";
import type { ServiceHook } from "../plan/service.ts";
import type { ServicePackage } from "./package.ts";

export interface HookRequest {
  readonly hook: ServiceHook;
  readonly group: string;
  readonly pkg: ServicePackage;
  readonly output: Output;
  /** Aborting ends the hook with all it has started. */
  readonly signal: AbortSignal;
}

export interface HookResult {
  readonly exit: HookExit | { readonly kind: "abandoned" };
  readonly lastLine: string;
  readonly seconds: number;
  /** The beginning of what it printed; absent when it could not be started. */
  readonly output?: { readonly stdout: string; readonly stderr: string };
}

/** Bytes of each stream that are kept of a hook's output, where the variable does not say otherwise. */
const KEPT_OUTPUT_BYTES = 1024;

/** How long after a hook's end its output may still come from a child it left behind, before we go on without. */
const TRAILING_OUTPUT_MS = 200;

/** How long a hook that nobody waits for any more may take to end before it is killed. */
const ABANDONED_HOOK_MS = 2_000;

/** Paths of a hook's two log files. */
export function hookLogs(
  pkg: ServicePackage,
  hook: string,
): { readonly stdout: string; readonly stderr: string } {
  const path = (stream: string) => join(pkg.paths.logs, `${hook}.${stream}.log`);
  return { stdout: path("stdout"), stderr: path("stderr") };
}

/** Runs a rendered hook to its end. Never rejects: a hook that cannot be started is a result, too. */
export async function runHook(request: HookRequest): Promise<HookResult> {
  const { hook, group, pkg, output, signal } = request;
  const started = performance.now();
  let lastLine = "";
  const result = (exit: HookResult["exit"]): HookResult => ({
    exit,
    lastLine,
    seconds: (performance.now() - started) / 1000,
  });
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
    const logs = hookLogs(pkg, hook);
    const kept = { stdout: new KeptOutput(), stderr: new KeptOutput() };
    const print = (line: string) => output.line(`${group} hook[${hook}]:`, "HK", line);
    const copies = Promise.all([
      copyLines(child.stdout, logs.stdout, (line) => {
        lastLine = line;
        kept.stdout.add(line);
        print(line);
      }),
      copyLines(child.stderr, logs.stderr, (line) => {
        kept.stderr.add(line);
        print(line);
      }),
    ]);
    const ended = await Promise.race([child.exited, aborted(signal)]);
    if (ended === undefined) {
      await terminateGroup(child.pid, {
        signal: "SIGTERM",
        timeoutMs: ABANDONED_HOOK_MS,
        startTime: child.startTime,
      });
      return result({ kind: "abandoned" });
    }
    await Promise.race([copies, Bun.sleep(TRAILING_OUTPUT_MS)]);
    const exit: HookExit =
      ended.signal === null
        ? { kind: "code", code: ended.code ?? 0 }
        : { kind: "signal", signal: ended.signal };
    return { ...result(exit), output: { stdout: kept.stdout.text, stderr: kept.stderr.text } };
  } catch (error) {
    const message = describeError(error);
    output.line(group, "HK", `Hook failed to run, ${hook}, ${message}`);
    return result({ kind: "failed", message });
  }
}

/** The beginning of a stream, up to the limit of HAB_HOOK_STANDARD_STREAM_BYTE_LIMIT. */
class KeptOutput {
  #room = keptBytes();
  text = "";

  add(line: string): void {
    if (this.#room === 0) return;
    const bytes = Buffer.from(`${line}\n`);
    const part = bytes.subarray(0, this.#room);
    // A character cut in two is left out.
    this.text += new TextDecoder().decode(part, { stream: true });
    this.#room -= part.length;
  }
}

function keptBytes(): number {
  const given = Number(environmentValue("HAB_HOOK_STANDARD_STREAM_BYTE_LIMIT") ?? KEPT_OUTPUT_BYTES);
  return Number.isSafeInteger(given) && given >= 0 ? given : KEPT_OUTPUT_BYTES;
}

/** Copies lines to a log file and to `print` until the stream ends. A log that cannot be written is done without. */
async function copyLines(
  stream: ProcessOutput,
  logPath: string,
  print: (line: string) => void,
): Promise<void> {
  const log = await open(logPath, "w", 0o644).catch(() => undefined);
  try {
    for await (const lines of stream.lineBatches()) {
      for (const line of lines) print(line);
      await append(log, `${lines.join("\n")}\n`);
    }
  } catch {
    // A stream that breaks has ended.
  } finally {
    await log?.close().catch(() => {});
  }
}

async function append(log: FileHandle | undefined, text: string): Promise<void> {
  await log?.write(text).catch(() => {});
}

function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));
}

/** What the original prints after a hook that did not succeed; undefined after success. */
export function describeHookFailure(hook: ServiceHook, exit: HookResult["exit"]): string | undefined {
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
  "post-stop": "Post stop failed!",
  reconfigure: "Reconfiguration failed!",
  "file-updated": "File update failed!",
  suitability: "Suitability failed!",
};
