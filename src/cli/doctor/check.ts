// What a section of `hab doctor` gets and gives. A section only looks: it changes nothing on the machine.
import { existsSync } from "node:fs";
import { dirname } from "node:path";

export type CheckState = "ok" | "warning" | "failure";

/** One thing that was looked at. */
export interface Check {
  readonly section: string;
  readonly name: string;
  readonly state: CheckState;
  /** What was found, in a few words. */
  readonly found: string;
  /** What to do about it. */
  readonly next?: string;
}

/** Space of a file system, as statfs tells it. */
export interface Space {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly freeInodes: number;
  /** 0 where the file system does not count them. */
  readonly totalInodes: number;
}

/** The machine as the sections see it; tests give another one. */
export interface DoctorContext {
  /** FS_ROOT, or `/`. */
  readonly root: string;
  /** Effective user id. */
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Where /proc is mounted. */
  readonly proc: string;
  readonly keyCache: string;
  readonly cliConfig: string;
  /** Release of the kernel (`6.1.0-18-amd64`). */
  readonly kernel: string;
  /** Version of glibc that is in use; undefined for another C library. */
  readonly glibc: string | undefined;
  /** Whether we may write to a directory that exists. */
  canWrite(path: string): boolean;
  space(path: string): Space;
  hasUser(name: string): boolean;
  hasGroup(name: string): boolean;
  /** The Date of a depot's answer, in ms since 1970; undefined without one. Throws HAB-CLT-002, -003, -004. */
  depotTime(url: string): Promise<number | undefined>;
}

export type Section = (context: DoctorContext) => readonly Check[] | Promise<readonly Check[]>;

/** Makes the checks of one section. */
export function checksOf(section: string) {
  return {
    ok: (name: string, found: string): Check => ({ section, name, state: "ok", found }),
    warning: (name: string, found: string, next: string): Check => ({
      section,
      name,
      state: "warning",
      found,
      next,
    }),
    failure: (name: string, found: string, next: string): Check => ({
      section,
      name,
      state: "failure",
      found,
      next,
    }),
  };
}

/** `path`, or the nearest directory above it that exists. */
export function nearestExisting(path: string): string {
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

/** A variable that is set and not empty. */
export function variable(context: DoctorContext, name: string): string | undefined {
  const value = context.env[name];
  return value === "" ? undefined : value;
}

/** Permission bits as people write them: `0644`. */
export function formatMode(mode: number): string {
  return `0${(mode & 0o777).toString(8).padStart(3, "0")}`;
}
