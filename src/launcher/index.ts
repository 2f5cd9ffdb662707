// The launcher and the Supervisor's connection to it (ARCHITECTURE.md). Each half is loaded when it is used: the
// launcher stays small because it never loads the client.
import type { LauncherClient } from "./client.ts";
import type { Slots } from "./slots.ts";

export { becomeLauncher } from "./become.ts";
export type { LauncherClient, LauncherEvents, ServiceExit } from "./client.ts";
export { launcherErrors } from "./errors.ts";
export type { TailAnswer, TailLine } from "./line-tail.ts";
export type { Program, Refusal, ServiceProcess, ServiceSpec, SlotsReport } from "./protocol.ts";
export { PID_VARIABLE, PIPE_VARIABLE, PROGRAM_VARIABLE } from "./protocol.ts";
export { DONE_EXIT_CODE, FAILED_EXIT_CODE } from "./respawn.ts";

/** Runs the launcher until everything has ended; gives the exit code (see launcher.ts). */
export async function runLauncher(args: readonly string[]): Promise<number> {
  return (await import("./launcher.ts")).runLauncher(args);
}

/** Registers with the launcher that started this Supervisor (see client.ts). */
export async function connectToLauncher(): Promise<LauncherClient> {
  return (await import("./client.ts")).connectToLauncher();
}

/** Which programs there are for a Supervisor below this root, as last recorded; undefined where nothing is. */
export async function recordedSlots(root: string): Promise<Slots | undefined> {
  return (await import("./supervisor-slots.ts")).recordedSlots(root);
}

/** Stops what a launcher that is gone left running (see sweep.ts). */
export async function sweepLeftovers(): Promise<void> {
  return (await import("./sweep.ts")).sweep();
}

/** Has the launcher of this unit replace its Supervisor (see reload.ts). */
export async function reloadUnit(): Promise<void> {
  (await import("./reload.ts")).reload();
}
