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
import { type HartDigest, type LockMode, LockSlot } from "./records/build-lock.ts";
import { RecordKeeper } from "./records/keeper.ts";
import { sourceDateEpoch } from "./records/release.ts";
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
  /** Which releases are taken for dependencies; any that fit when not given. */
  readonly lock?: LockMode;
  /** Digest of a release's hart, to be locked; without it none can be told. */
  readonly hartDigest?: HartDigest;
}

const OWN_STREAMS: BuildStreams = { stdin: 0, stdout: 1, stderr: 2 };
/** Signals that are for the build. SIGINT reaches it from the terminal, as the whole foreground group does. */
const FORWARDED = ["SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/**
 * Builds the plan and resolves to the exit status of reference/plan-build.md §9. The plan has printed why when it is
 * not 0. Throws HAB-BLD-001.
 */
export async function buildPlan(options: BuildOptions): Promise<number> {
  const given = inheritedEnvironment(options.environment);
  const epochSeconds = sourceDateEpoch(given["SOURCE_DATE_EPOCH"], options.release);
  const environment = { ...given, ...sameEverywhere(given, epochSeconds) };
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
    const root = habRoot(environment);
    const { target, version, hartDigest = async () => undefined } = options;
    const context = {
      root,
      keyCacheDirectory: environment["HAB_CACHE_KEY_PATH"] || join(rootPath, "cache", "keys"),
      epochSeconds,
      install: options.install,
      stderr: streams.stderr,
      records: new RecordKeeper({
        isOn: environment["HAB_BUILD_RECORDS"] !== "off",
        root,
        target,
        version,
        epochSeconds,
        builder: environment["HAB_BUILDER_ID"] || undefined,
      }),
      lock: new LockSlot(options.lock ?? { kind: "none" }, { root, target, hartDigest }),
    };
    await serveRequests(bash.channel, (request) => serveRequest(request, context));
    const status = await bash.exited;
    if (status === 0) context.lock.current?.finish();
    return status;
  } finally {
    for (const each of forget) each();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What holds `hab/pkgs`: `/`, or the parent of HAB_ROOT_PATH. */
export function habRoot(environment: Readonly<Record<string, string | undefined>>): string {
  const path = environment["HAB_ROOT_PATH"] || "/hab";
  return basename(path) === "hab" ? dirname(path) : path;
}

/**
 * What the same plan needs to give the same bytes: the time of SOURCE_DATE_EPOCH, and locale, time zone and hash order that
 * are the same on every machine. The studio of the original has the first two of them like this, too.
 */
function sameEverywhere(
  given: Readonly<Record<string, string>>,
  epochSeconds: number,
): Readonly<Record<string, string>> {
  return {
    SOURCE_DATE_EPOCH: String(epochSeconds),
    LC_ALL: "POSIX",
    TZ: "UTC",
    PYTHONHASHSEED: given["PYTHONHASHSEED"] ?? "0",
    PERL_HASH_SEED: given["PERL_HASH_SEED"] ?? "0",
  };
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
