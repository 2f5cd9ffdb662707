// What a hook prints: copied line by line to its two log files and to the Supervisor's output, and the beginning of it kept
// (reference/services.md §6).
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { environmentValue, type ProcessOutput, type StartedProcess } from "../../host/index.ts";
import type { ServicePackage } from "./package.ts";

/** Bytes of each stream that are kept of a hook's output, where the variable does not say otherwise. */
const KEPT_OUTPUT_BYTES = 1024;

/** How long after a hook's end its output may still come from a child it left behind, before we go on without. */
const TRAILING_OUTPUT_MS = 200;

/** Paths of a hook's two log files. */
export function hookLogs(
  pkg: ServicePackage,
  hook: string,
): { readonly stdout: string; readonly stderr: string } {
  const path = (stream: string) => join(pkg.paths.logs, `${hook}.${stream}.log`);
  return { stdout: path("stdout"), stderr: path("stderr") };
}

/** The output of one run of a hook, from its start on. */
export class HookOutput {
  readonly #stdout: Stream;
  readonly #stderr: Stream;
  readonly #dropped = new AbortController();

  constructor(
    { stdout, stderr }: Pick<StartedProcess, "stdout" | "stderr">,
    logs: ReturnType<typeof hookLogs>,
    print: (line: string) => void,
  ) {
    const { signal } = this.#dropped;
    this.#stdout = new Stream(stdout, logs.stdout, print, signal);
    this.#stderr = new Stream(stderr, logs.stderr, print, signal);
  }

  /** Resolves when nobody can print to it any more. */
  get copied(): Promise<unknown> {
    return Promise.all([this.#stdout.copied, this.#stderr.copied]);
  }

  /** Listens to nobody any more. */
  drop(): void {
    this.#dropped.abort();
  }

  get lastLine(): string {
    return this.#stdout.lastLine;
  }

  /** The beginning of it. */
  get kept(): { readonly stdout: string; readonly stderr: string } {
    return { stdout: this.#stdout.kept, stderr: this.#stderr.kept };
  }

  /**
   * The hook has ended: waits a little for what is still on its way. A child it left behind may print on, which is shown and
   * no longer logged, because the files belong to the next run.
   */
  async ended(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, TRAILING_OUTPUT_MS);
    });
    await Promise.race([this.copied, patience]);
    clearTimeout(timer);
    await Promise.all([this.#stdout.closeLog(), this.#stderr.closeLog()]);
  }
}

class Stream {
  lastLine = "";
  kept = "";
  /** Resolves at the end of the stream. Never rejects. */
  readonly copied: Promise<void>;
  #room = keptBytes();
  #log: Promise<FileHandle | undefined> | undefined;

  constructor(source: ProcessOutput, logPath: string, print: (line: string) => void, dropped: AbortSignal) {
    // A log that cannot be written is done without.
    this.#log = open(logPath, "w", 0o644).catch(() => undefined);
    this.copied = this.#copy(source, print, dropped);
  }

  async #copy(source: ProcessOutput, print: (line: string) => void, dropped: AbortSignal): Promise<void> {
    try {
      for await (const lines of source.lineBatches(dropped)) {
        for (const line of lines) {
          this.lastLine = line;
          this.#keep(line);
          print(line);
        }
        const log = await this.#log;
        await log?.write(`${lines.join("\n")}\n`).catch(() => {});
      }
    } catch {
      // A stream that breaks has ended.
    }
  }

  #keep(line: string): void {
    if (this.#room === 0) return;
    const part = Buffer.from(`${line}\n`).subarray(0, this.#room);
    // A character cut in two is left out.
    this.kept += new TextDecoder().decode(part, { stream: true });
    this.#room -= part.length;
  }

  async closeLog(): Promise<void> {
    const log = this.#log;
    this.#log = undefined;
    await (await log)?.close().catch(() => {});
  }
}

/** HAB_HOOK_STANDARD_STREAM_BYTE_LIMIT, or what holds without. */
function keptBytes(): number {
  const given = Number(environmentValue("HAB_HOOK_STANDARD_STREAM_BYTE_LIMIT") ?? KEPT_OUTPUT_BYTES);
  return Number.isSafeInteger(given) && given >= 0 ? given : KEPT_OUTPUT_BYTES;
}

/** Outputs of one service that children of hooks may keep open. A hook that leaves one at each run must not fill the table of files. */
const MAX_LEFT_OPEN = 32;

/** The outputs that children of hooks have left open; the oldest is let go when there are too many. */
export class OpenOutputs {
  readonly #open = new Set<HookOutput>();

  add(output: HookOutput): void {
    this.#open.add(output);
    void output.copied.then(() => this.#open.delete(output));
    const [oldest] = this.#open;
    if (oldest !== undefined && this.#open.size > MAX_LEFT_OPEN) {
      this.#open.delete(oldest);
      oldest.drop();
    }
  }
}
