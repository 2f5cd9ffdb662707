// Builds a package from a plan: starts the bash program, serves its requests, hands on its status
// (reference/plan-build.md). The build happens in the root it is started in, which may be that of a studio. What serves the
// requests is loaded while bash reads its program (docs/decisions/0043-build-speed.md).
import {
  accessSync,
  closeSync,
  constants,
  mkdtempSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type ErrorKind, HabError, systemErrorCode } from "../error/index.ts";
import { inheritedEnvironment, isPresent, stopBeingSubreaper } from "../host/index.ts";
import type { PackageIdent, Target } from "../package/index.ts";
import { serveRequests } from "./channel.ts";
import { buildErrors } from "./errors.ts";
import { keepLog, LOG_VARIABLE, sayWhere, startLog } from "./log.ts";
import { adoptOrphans, endLeftProcesses, forwardSignals } from "./processes.ts";
import { PROGRAM_NAME, PROGRAM_TEXT } from "./program.ts";
import type { HartDigest, LockMode } from "./records/build-lock.ts";
import { sourceDateEpoch } from "./records/release.ts";
import type { DependencyInstaller, RequestContext } from "./requests.ts";

/** Where the build's streams go: file descriptors of this process. */
export interface BuildStreams {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
}

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
  const environment = { ...given, ...sameEverywhere(given, epochSeconds) };
  const rootPath = environment["HAB_ROOT_PATH"] || "/hab";
  const streams = options.streams ?? OWN_STREAMS;
  requireWritable(rootPath);
  const before = adoptOrphans();
  const program = new ProgramFile();
  const umask = process.umask(0o022);
  const ended = new AbortController();
  const keptElsewhere = environment[LOG_VARIABLE] ?? "";
  const isKept = options.logDirectory !== undefined && keptElsewhere === "";
  const log = isKept ? startLog(options.logDirectory, streams) : undefined;
  const output: BuildOutput = {
    say: log?.say ?? ((text: string) => void writeSync(streams.stdout, text)),
    complain: log?.complain ?? ((text: string) => void writeSync(streams.stderr, text)),
  };
  let context: RequestContext | undefined;
  try {
    const bash = startBash(program.path, options, environment, { ...streams, ...log?.streams });
    log?.started(() => signalIfThere(bash.pid, "SIGPIPE"));
    const stopForwarding = forwardSignals(bash.pid);
    const { prepareToPack, requestContext, serveRequest } = await import("./serving.ts");
    const served = requestContext(options, { environment, epochSeconds, output, signal: ended.signal });
    context = served;
    const serve = (request: readonly string[]) => {
      // The first thing that the program says, and nothing it waits for.
      if (request[0] !== "opened") return serveRequest(request, served);
      program.remove();
      return undefined;
    };
    const channel = await serveRequests(bash.channel, serve, () => complain(buildErrors.channelLost, output));
    // While the plan does its work.
    void prepareToPack();
    const status = await bash.exited;
    ended.abort();
    channel.close();
    // Whatever it is in the middle of, an archive above all, is given up before we go.
    await channel.idle();
    stopForwarding();
    if (status === KILLED_STATUS) complain(buildErrors.buildKilled, output);
    const left = await endLeftProcesses(before, bash.guard());
    if (left.length > 0)
      output.complain(`   The plan left processes running; they were ended: ${left.join(", ")}\n`);
    if (status === 0) served.lock.current?.finish();
    await log?.ended();
    if (status !== 0 && keptElsewhere !== "") sayWhere(keptElsewhere, streams.stderr);
    else if (status !== 0 && log !== undefined) keepLog(log.path, log.directory, streams.stderr);
    return status;
  } finally {
    context?.place?.end();
    log?.close();
    stopBeingSubreaper();
    process.umask(umask);
    program.remove();
  }
}

/** The bash program as a file, for as long as it takes bash to open it. */
class ProgramFile {
  readonly path: string;
  #isThere = true;

  constructor() {
    this.path = join(mkdtempSync(join(tmpdir(), "hab-build-")), PROGRAM_NAME);
    writeFileSync(this.path, PROGRAM_TEXT, { mode: 0o600 });
  }

  /** Once bash has it open, nothing needs to be there any more, and nothing can be left there. */
  remove(): void {
    if (this.#isThere) rmSync(dirname(this.path), { recursive: true, force: true });
    this.#isThere = false;
  }
}

function complain(kind: ErrorKind, output: BuildOutput): void {
  output.complain(`   ${kind.title}\n   ${kind.remedy}\n`);
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended in the meantime.
  }
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
  readonly pid: number;
  /** Our end of the socket pair. */
  readonly channel: number;
  readonly exited: Promise<number>;
  /** The process that ends the build should we be killed; 0 before it has told who it is. */
  guard(): number;
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
        // Requests, and what tells the guard of the program that we are there.
        stdio: [streams.stdin, streams.stdout, streams.stderr, "pipe", "pipe"],
      },
    );
    const [, , , channel = -1, life = -1] = process.stdio as unknown as number[];
    return { pid: process.pid, channel, exited: process.exited, guard: () => readGuard(life) };
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
    throw new HabError(buildErrors.bashMissing, "bash was not found on PATH", { cause: error });
  }
}

/** The pid that the guard has told, the first thing it does. Closes our end: the guard is about to go. */
function readGuard(life: number): number {
  const line = Buffer.alloc(16);
  try {
    return Number(line.toString("latin1", 0, readSync(life, line)).split("\n")[0]);
  } catch {
    // Nothing there: it had no time to begin.
    return 0;
  } finally {
    closeSync(life);
  }
}
