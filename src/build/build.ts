// Builds a package from a plan: starts the bash program, serves its requests, hands on its status
// (reference/plan-build.md). There is no studio here: the build happens in the root it is started in.
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { HabError, systemErrorCode } from "../error/index.ts";
import { inheritedEnvironment, isPresent } from "../host/index.ts";
import type { Target } from "../package/index.ts";
import { serveRequests } from "./channel.ts";
import { buildErrors } from "./errors.ts";
import { PROGRAM_NAME, PROGRAM_TEXT } from "./program.ts";
import { type DependencyInstaller, serveRequest } from "./requests.ts";

/** Where the build's streams go: file descriptors of this process. */
export interface BuildStreams {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
}

export interface BuildOptions {
  /** Directory of a plan, or one with `habitat/plan.sh`; relative to `cwd`. */
  readonly planContext: string;
  readonly target: Target;
  /** `YYYYMMDDhhmmss`, UTC. The same release of the same plan and dependencies gives the same artifact. */
  readonly release: string;
  /** The program's own version, for `$HAB_PLAN_BUILD`. */
  readonly version: string;
  /** The `hab` that plans may call, for `$HAB_BIN`. */
  readonly habBinary: string;
  /** Settings of reference/plan-build.md §2, and what the plan sees. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly streams?: BuildStreams;
  /** Gets dependencies; without it only what is installed can be used. */
  readonly install?: DependencyInstaller;
}

const OWN_STREAMS: BuildStreams = { stdin: 0, stdout: 1, stderr: 2 };
/** Signals that are for the build. SIGINT reaches it from the terminal, as the whole foreground group does. */
const FORWARDED = ["SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/**
 * Builds the plan and resolves to the exit status of reference/plan-build.md §9. The plan has printed why when it is
 * not 0. Throws HAB-BLD-001.
 */
export async function buildPlan(options: BuildOptions): Promise<number> {
  const environment = inheritedEnvironment(options.environment);
  const rootPath = environment["HAB_ROOT_PATH"] || "/hab";
  const streams = options.streams ?? OWN_STREAMS;
  requireWritable(rootPath);
  const directory = mkdtempSync(join(tmpdir(), "hab-build-"));
  const program = join(directory, PROGRAM_NAME);
  const umask = process.umask(0o022);
  const forget: (() => void)[] = [() => process.umask(umask)];
  try {
    writeFileSync(program, PROGRAM_TEXT, { mode: 0o600 });
    const bash = startBash(program, options, environment, streams);
    for (const signal of FORWARDED) {
      const forward = () => bash.kill(signal);
      process.on(signal, forward);
      forget.push(() => process.off(signal, forward));
    }
    const ignore = () => undefined;
    process.on("SIGINT", ignore);
    forget.push(() => process.off("SIGINT", ignore));
    const context = {
      root: basename(rootPath) === "hab" ? dirname(rootPath) : rootPath,
      keyCacheDirectory: environment["HAB_CACHE_KEY_PATH"] || join(rootPath, "cache", "keys"),
      epochSeconds: epochSeconds(environment["SOURCE_DATE_EPOCH"], options.release),
      install: options.install,
      stdout: streams.stdout,
      stderr: streams.stderr,
    };
    await serveRequests(bash.channel, (request) => serveRequest(request, context));
    return await bash.exited;
  } finally {
    for (const each of forget) each();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A build writes packages and caches below the root: better said before the plan runs than in the middle of it. */
function requireWritable(rootPath: string): void {
  let place = rootPath;
  while (!isPresent(place) && dirname(place) !== place) place = dirname(place);
  try {
    accessSync(place, constants.W_OK);
  } catch (error) {
    throw new HabError(
      buildErrors.rootNotWritable,
      `${rootPath} cannot be written (${systemErrorCode(error)} at ${place})`,
      {
        cause: error,
      },
    );
  }
}

interface RunningBash {
  /** Our end of the socket pair. */
  readonly channel: number;
  readonly exited: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

function startBash(
  program: string,
  options: BuildOptions,
  environment: Record<string, string>,
  streams: BuildStreams,
): RunningBash {
  const { planContext, target, release, version, habBinary } = options;
  try {
    const process = Bun.spawn(
      ["bash", "--noprofile", "--norc", program, planContext, target, release, version, habBinary],
      {
        cwd: options.cwd,
        env: environment,
        stdio: [streams.stdin, streams.stdout, streams.stderr, "pipe"],
      },
    );
    return {
      channel: (process.stdio as unknown as number[])[3] ?? -1,
      exited: process.exited,
      kill: (signal) => process.kill(signal),
    };
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
    throw new HabError(buildErrors.bashMissing, "bash was not found on PATH", { cause: error });
  }
}

/** SOURCE_DATE_EPOCH (reproducible-builds.org) when given, else the time that the release names. */
function epochSeconds(given: string | undefined, release: string): number {
  if (given !== undefined && /^[0-9]+$/.test(given)) return Number(given);
  const parts = release.match(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/);
  if (parts === null) return 0;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}
