// How many files this process may have open: each connection, and each file that is sent or received, is one.
import { readFileSync } from "node:fs";
import { MAX_RUNNING_REQUESTS } from "./limits.ts";

/** What to tell the operator at the start, when the limit is lower than what the depot would serve at once. */
export function lowFileLimit(limits: string = readFileSync("/proc/self/limits", "utf8")): string | undefined {
  const limit = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  if (limit === undefined || Number(limit) >= MAX_RUNNING_REQUESTS) return undefined;
  return (
    `this process may have ${limit} files open, and each connection is one: ` +
    "more clients than that are turned away (raise it by LimitNOFILE= in the unit, or ulimit -n)"
  );
}

/** Whether an error says that the limit, or that of the machine, is reached. */
export function isOutOfFiles(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "EMFILE" || code === "ENFILE";
}
