// Builds a package from a plan: tells the bash program what to build, serves its requests, hands on its status
// (reference/plan-build.md). The build happens in the root it is started in, which may be that of a studio. What serves the
// requests is loaded while bash reads its program (docs/decisions/0043-build-speed.md).
import { accessSync, closeSync, constants, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { describeError, type ErrorKind, HabError, systemErrorCode } from "../error/index.ts";
import { inheritedEnvironment, isPresent, stopBeingSubreaper } from "../host/index.ts";
import type { PackageIdent, Target } from "../package/index.ts";
import { serveRequests, tellToBegin } from "./channel.ts";
import { buildErrors, isFullDisk } from "./errors.ts";
import { keepLog, LOG_VARIABLE, sayWhere } from "./log.ts";
import { adoptOrphans, endLeftProcesses, forwardSignals } from "./processes.ts";
import type { HartDigest } from "./records/build-lock.ts";
import type { LockMode } from "./records/lock-slot.ts";
import { sourceDateEpoch } from "./records/release.ts";
import type { DependencyInstaller, RequestContext } from "./requests.ts";
import {
  type BuildStreams,
  type ProgramStart,
  programFor,
  type StartedProgram,
  sameEverywhere,
} from "./start-program.ts";

export type { BuildStreams } from "./start-program.ts";

/** Write to standard output and standard error of the build. */
export interface BuildOutput {
  readonly say: (text: string) => void;
  readonly complain: (text: string) => void;
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
  /** Where the log of a failed build is kept; without it none is. */
  readonly logDirectory?: string;
  /** Gets dependencies; without it only what is installed can be used. */
  readonly install?: DependencyInstaller;
  /** Makes an installed package visible that is not yet (in a studio); says which release it was. */
  readonly show?: (ident: PackageIdent) => Promise<string | undefined>;
  /** Which releases are taken for dependencies; any that fit when not given. */
  readonly lock?: LockMode;
  /** Digest of a release's hart, to be locked; without it none can be told. */
  readonly hartDigest?: HartDigest;
}

const OWN_STREAMS: BuildStreams = { stdin: 0, stdout: 1, stderr: 2 };

/** Exit status of a program that SIGKILL has ended. */
const KILLED_STATUS = 137;

/**
 * Builds the plan and resolves to the exit status of reference/plan-build.md §9. The plan has printed why when it is
 * not 0. What the plan has started has ended by then. Throws HAB-BLD-001 and HAB-BLD-013.
 */
export async function buildPlan(options: BuildOptions): Promise<number> {
  const given = inheritedEnvironment(options.environment);
  const epochSeconds = sourceDateEpoch(given["SOURCE_DATE_EPOCH"], options.release);
  const environment: Record<string, string> = {
    ...given,
    ...sameEverywhere(given),
    SOURCE_DATE_EPOCH: String(epochSeconds),
  };
  const streams = options.streams ?? OWN_STREAMS;
  requireWritable(environment["HAB_ROOT_PATH"] || "/hab");
  const keptElsewhere = environment[LOG_VARIABLE] ?? "";
  const hasLog = options.logDirectory !== undefined && keptElsewhere === "";
  const bash = startedProgram({ cwd: options.cwd, streams, hasLog, environment });
  const umask = process.umask(0o022);
  const { log } = bash;
  const before = adoptOrphans(bash.pid);
  const stopForwarding = forwardSignals(bash.pid);
  const ended = new AbortController();
  const output: BuildOutput = {
    say: log?.say ?? ((text: string) => void writeSync(streams.stdout, text)),
    complain: log?.complain ?? ((text: string) => void writeSync(streams.stderr, text)),
  };
  let context: RequestContext | undefined;
  try {
    // While it goes on with that, what serves it is loaded.
    const unsent = tellToBegin(bash.channel.socket, beginning(options, environment, bash.environment));
    const { prepare, requestContext, serveRequest } = await import("./serving.ts");
    const served = requestContext(options, { environment, epochSeconds, output, signal: ended.signal });
    context = served;
    const serve = (request: readonly string[]) => serveRequest(request, served);
    const lost = () => complain(buildErrors.channelLost, output);
    const channel = await serveRequests(bash.channel, serve, lost, unsent);
    void prepare();
    const status = await bash.exited;
    ended.abort();
    channel.close();
    // Whatever it is in the middle of, an archive above all, is given up before we go.
    await channel.idle();
    if (status === KILLED_STATUS) complain(buildErrors.buildKilled, output);
    const left = await endLeftProcesses(before, bash.guard());
    if (left.length > 0)
      output.complain(`   The plan left processes running; they were ended: ${left.join(", ")}\n`);
    if (status === 0) served.lock.current?.finish();
    await log?.ended();
    if (status !== 0 && keptElsewhere !== "") sayWhere(keptElsewhere, streams.stderr);
    else if (status !== 0 && log !== undefined && options.logDirectory !== undefined)
      keepLog(log.path, options.logDirectory, streams.stderr);
    return status;
  } finally {
    stopForwarding();
    context?.place?.end();
    log?.close();
    closeSync(bash.channel.replies);
    stopBeingSubreaper();
    process.umask(umask);
  }
}

function startedProgram(start: ProgramStart): StartedProgram {
  try {
    return programFor(start);
  } catch (cause) {
    if (isFullDisk(cause))
      throw new HabError(buildErrors.diskFull, `${tmpdir()}: ${describeError(cause)}`, { cause });
    if (systemErrorCode(cause) !== "ENOENT") throw cause;
    throw new HabError(buildErrors.bashMissing, "bash was not found on PATH", { cause });
  }
}

/** What `main.bash` expects: positions, then what it has to export. */
function beginning(
  { planContext, target, release, version, habBinary, lock }: BuildOptions,
  environment: Readonly<Record<string, string>>,
  itHas: Readonly<Record<string, string>>,
): string[] {
  const hasLock = lock !== undefined && lock.kind !== "none";
  const exports = Object.entries(environment).filter(([name, value]) => itHas[name] !== value);
  return [
    ...[planContext, target, release, version, habBinary, hasLock ? "yes" : ""],
    ...exports.map(([name, value]) => `${name}=${value}`),
  ];
}

function complain(kind: ErrorKind, output: BuildOutput): void {
  output.complain(`   ${kind.title}\n   ${kind.remedy}\n`);
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
