// The machine this program runs on, as `hab doctor` looks at it.
import { accessSync, constants, statfsSync } from "node:fs";
import { release } from "node:os";
import { cliConfigPath, fsRoot, keyCachePath, lookupGroup, lookupUser } from "../../host/index.ts";
import type { DoctorContext } from "./check.ts";

/** How long a depot may take to tell the time. */
const DEPOT_TIMEOUT_MS = 2000;

/** This machine, with the environment of the command. */
export function thisMachine(env: DoctorContext["env"], signal: AbortSignal): DoctorContext {
  return {
    root: fsRoot(),
    uid: process.geteuid?.() ?? 0,
    env,
    nowMs: Date.now(),
    proc: "/proc",
    keyCache: env["HAB_CACHE_KEY_PATH"] || keyCachePath(),
    cliConfig: cliConfigPath(),
    kernel: release(),
    glibc: glibcVersion(),
    canWrite(path) {
      try {
        accessSync(path, constants.W_OK | constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
    space(path) {
      const { bsize, bavail, blocks, ffree, files } = statfsSync(path);
      return {
        freeBytes: bavail * bsize,
        totalBytes: blocks * bsize,
        freeInodes: ffree,
        totalInodes: files,
      };
    },
    hasUser: (name) => lookupUser(name) !== undefined,
    hasGroup: (name) => lookupGroup(name) !== undefined,
    async depotTime(url) {
      const { depotDate } = await import("../../depot-client/index.ts");
      return depotDate(url, AbortSignal.any([signal, AbortSignal.timeout(DEPOT_TIMEOUT_MS)]));
    },
  };
}

function glibcVersion(): string | undefined {
  const report: unknown = process.report?.getReport();
  if (typeof report !== "object" || report === null || !("header" in report)) return undefined;
  const { header } = report;
  if (typeof header !== "object" || header === null || !("glibcVersionRuntime" in header)) return undefined;
  return typeof header.glibcVersionRuntime === "string" ? header.glibcVersionRuntime : undefined;
}
