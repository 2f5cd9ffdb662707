// Programs that benchmarks run to their end, with the most memory they took.
export interface Spawned {
  readonly milliseconds: number;
  /** Processor time of it and of all it waited for. */
  readonly cpuMilliseconds: number;
  /** Of the process itself, as the kernel counted it (VmHWM). */
  readonly peakBytes: number;
}

export type Variables = Readonly<Record<string, string>>;

/** Runs a program to its end. Throws when it ends with another code than `expected`. */
export function spawned(cmd: readonly string[], env: Variables, expected = 0): Spawned {
  const begin = Bun.nanoseconds();
  const { exitCode, resourceUsage, stderr } = Bun.spawnSync({
    cmd: [...cmd],
    env: { ...env },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const milliseconds = (Bun.nanoseconds() - begin) / 1e6;
  if (exitCode !== expected) throw new Error(`${cmd.join(" ")}: exit ${exitCode}: ${stderr}`);
  const cpuMilliseconds = Number(resourceUsage?.cpuTime.total ?? 0) / 1000;
  return { milliseconds, cpuMilliseconds, peakBytes: resourceUsage?.maxRSS ?? 0 };
}

/** The same for `hab`, giving its standard output. */
export function output(cmd: readonly string[], env: Variables): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync({ cmd: [...cmd], env: { ...env }, stdin: "ignore" });
  if (exitCode !== 0) throw new Error(`${cmd.join(" ")}: exit ${exitCode}: ${stderr}`);
  return stdout.toString().trim();
}

/** `28 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
