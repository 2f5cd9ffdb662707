// Gives an image to the engine of this machine, so that it can be run there (reference/plan-build.md §17.3).
import { HabError } from "../error/index.ts";
import { exportErrors } from "./errors.ts";

export type Engine = "docker" | "buildah" | "podman";

/** Whether the engine's program is on PATH. */
export function hasEngine(engine: Engine): boolean {
  return Bun.which(engine) !== null;
}

/** Loads an archive of an image under its names. Throws HAB-EXP-009 with what the engine said. */
export async function loadIntoEngine(
  engine: Engine,
  archive: string,
  identifiers: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (engine !== "buildah") await run([engine, "load", "--input", archive], signal);
  else {
    const [first = ""] = identifiers;
    await run(["buildah", "pull", `docker-archive:${archive}:${first}`], signal);
  }
}

async function run(command: string[], signal: AbortSignal): Promise<void> {
  const child = Bun.spawn(command, {
    env: process.env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    signal,
  });
  const [, errors, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status === 0) return;
  const said = errors.trim().split("\n").slice(-3).join("; ");
  throw new HabError(
    exportErrors.engineFailed,
    `${command.slice(0, 2).join(" ")} ended with ${status}${said === "" ? "" : `: ${said}`}`,
  );
}
