// `hab studio record`, which the profile of a studio calls: a command with its output on the screen and in a log
// (reference/plan-build.md §14.5). On a terminal the command has one too; in a pipe it has pipes.
import { chownSync, createWriteStream, mkdirSync, statSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { isatty } from "node:tty";
import { inheritedEnvironment, makeRaw, startProcess } from "../../host/index.ts";
import { LOG_VARIABLE } from "../log.ts";
import { copyTerminal } from "./relay.ts";

export interface Recording {
  /** What the log is named after. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs the command to its end and resolves to its exit status, 128 + n after signal n. */
export async function recordCommand({ name, command, env }: Recording): Promise<number> {
  const directory = env["LOGDIR"] || "/src/results/logs";
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${safeName(name)}.${timeStamp(new Date())}.log`);
  const log = createWriteStream(path, { flags: "a", mode: 0o644 });
  // A build that fails inside names this log, unless somebody outside keeps another.
  const environment = inheritedEnvironment({ [LOG_VARIABLE]: path, ...env });
  try {
    return isatty(1) ? await onTerminal(command, environment, log) : await inPipes(command, environment, log);
  } finally {
    await new Promise<void>((resolve) => log.end(resolve));
    shareWithOwner(["/src/results", directory, path]);
  }
}

/** `2026-11-27-143005`, UTC. */
export function timeStamp(time: Date): string {
  return time.toISOString().slice(0, 19).replace("T", "-").replaceAll(":", "");
}

/** A plan may name itself anything; the log stays in its directory. */
function safeName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_.-]/g, "_").replace(/^\.+/, "") || "unknown";
}

const FORWARDED = ["SIGTERM", "SIGHUP", "SIGQUIT"] as const;

async function onTerminal(
  command: readonly [string, ...string[]],
  env: Record<string, string>,
  log: WriteStream,
): Promise<number> {
  const child = Bun.spawn([...command], {
    env,
    terminal: {
      cols: process.stdout.columns || 80,
      rows: process.stdout.rows || 24,
      data: (_terminal, bytes) => {
        process.stdout.write(bytes);
        log.write(bytes);
      },
    },
  });
  const { terminal } = child;
  const restore = isatty(0) ? makeRaw(0) : () => {};
  const resize = () => terminal?.resize(process.stdout.columns || 80, process.stdout.rows || 24);
  process.on("SIGWINCH", resize);
  const forward = FORWARDED.map((signal) => {
    const send = () => child.kill(signal);
    process.on(signal, send);
    return () => process.off(signal, send);
  });
  // Ends with this program: a read that waits for keys cannot be called off.
  if (isatty(0)) void copyTerminal(0, (bytes) => void terminal?.write(bytes));
  try {
    await child.exited;
    return child.signalCode === null ? (child.exitCode ?? 1) : 128 + signalNumberOf(child.signalCode);
  } finally {
    process.off("SIGWINCH", resize);
    for (const forget of forward) forget();
    terminal?.close();
    restore();
  }
}

async function inPipes(
  command: readonly [string, ...string[]],
  env: Record<string, string>,
  log: WriteStream,
): Promise<number> {
  const child = await startProcess({ command, env, stdout: "pipe", stderr: "pipe", name: "the build" });
  const forget = FORWARDED.map((signal) => {
    const send = () => process.kill(-child.pid, signal);
    process.on(signal, send);
    return () => process.off(signal, send);
  });
  const copy = async (from: AsyncIterable<Uint8Array>, to: NodeJS.WriteStream) => {
    for await (const bytes of from) {
      log.write(bytes);
      if (!to.write(bytes)) await new Promise<void>((resolve) => to.once("drain", () => resolve()));
    }
  };
  const outputs = [copy(child.stdout.chunks(), process.stdout), copy(child.stderr.chunks(), process.stderr)];
  const { code, signal } = await child.exited;
  await Promise.all(outputs);
  for (const each of forget) each();
  return code ?? 128 + signalNumberOf(signal ?? "SIGKILL");
}

function signalNumberOf(name: string | number): number {
  if (typeof name === "number") return name;
  const { signals } = process.getBuiltinModule("node:os").constants;
  return (signals as Readonly<Record<string, number>>)[name] ?? 0;
}

/** Best effort: what lies in /src belongs to whom /src belongs. */
function shareWithOwner(paths: readonly string[]): void {
  try {
    const { uid, gid } = statSync("/src");
    for (const path of paths) chownSync(path, uid, gid);
  } catch {
    // Not ours to give away.
  }
}
