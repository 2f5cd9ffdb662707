// Many seeds of a scenario, on all cores: each worker process (worker.ts) takes its share, and tells of each run in a line.
import { availableParallelism } from "node:os";
import { join } from "node:path";

export interface RunsOptions {
  readonly first: number;
  readonly count: number;
  readonly scenario?: string;
  readonly members?: number;
  readonly originals?: number;
  readonly minutes?: number;
  /** Default: as many as there are cores. */
  readonly workers?: number;
}

/** What a worker tells of a run. */
export interface RunResult {
  readonly seed: number;
  readonly ok: boolean;
  readonly members: number;
  readonly lengthMs: number;
  readonly steps: number;
  readonly fingerprint: string;
  /** What was broken, in words. */
  readonly broken: readonly string[];
}

/** Runs them all; `tell` hears of each as it ends. */
export async function runSeeds(options: RunsOptions, tell: (result: RunResult) => void): Promise<void> {
  const workers = Math.min(options.workers ?? availableParallelism(), options.count);
  await Promise.all(Array.from({ length: workers }, (_, share) => runShare(options, share, workers, tell)));
}

/** Every `of`th seed, beginning with the `share`th. */
async function runShare(
  options: RunsOptions,
  share: number,
  of: number,
  tell: (result: RunResult) => void,
): Promise<void> {
  const child = Bun.spawn({
    cmd: [process.execPath, join(import.meta.dir, "worker.ts"), JSON.stringify({ ...options, share, of })],
    stdout: "pipe",
    stderr: "inherit",
  });
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) tell(JSON.parse(line) as RunResult);
  }
  const code = await child.exited;
  if (code !== 0) throw new Error(`a worker ended with ${code}`);
}

/** The command that tells the story of a run. */
export function repeatCommand({ scenario, members, originals, minutes }: RunsOptions, seed: number): string {
  const options = { scenario, members, originals, minutes, seed };
  const words = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${value}`],
  );
  return `hab ring simulate ${words.join(" ")}`;
}
