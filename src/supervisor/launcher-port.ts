// The launcher's connection as services use it: each process with a promise of its end.
import type { LauncherClient } from "../launcher/index.ts";
import type { LaunchedProcess, LauncherPort } from "./service/ports.ts";

export interface LauncherHandlers {
  /** The launcher asks for an orderly end. */
  readonly shutdown: () => void;
  /** The launcher was killed. */
  readonly lost: () => void;
  /** The Supervisor was on trial and has proved itself. */
  readonly proved: () => void;
}

/** Ends heard of before anyone asked for them are kept for so many processes. */
const MAX_EARLY_ENDS = 1024;

export function launcherPort(client: LauncherClient, handlers: LauncherHandlers): LauncherPort {
  const waiting = new Map<number, () => void>();
  // A process may end before the answer to its start has been read.
  const early = new Set<number>();

  client.listen({
    exited({ pid }) {
      const resolve = waiting.get(pid);
      waiting.delete(pid);
      if (resolve !== undefined) return resolve();
      if (early.size >= MAX_EARLY_ENDS) early.clear();
      early.add(pid);
    },
    shutdown: handlers.shutdown,
    lost: handlers.lost,
    proved: handlers.proved,
  });

  const launched = (pid: number): LaunchedProcess => {
    if (early.delete(pid)) return { pid, exited: Promise.resolve() };
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.set(pid, resolve);
    return { pid, exited: promise };
  };

  return {
    async spawn({ group, program, env, user, stopSignal, stopTimeoutMs }) {
      const { pid } = await client.spawn({
        group,
        command: [program],
        env: Object.fromEntries(env),
        ...(user === undefined ? {} : { user }),
        stopSignal,
        stopTimeoutMs,
      });
      return launched(pid);
    },
    async running(group) {
      const pid = await client.pidOf(group);
      return pid === undefined ? undefined : launched(pid);
    },
    terminate: (pid, signal, timeoutMs) => client.terminate(pid, signal, timeoutMs),
  };
}
