// Builds a package from a plan: starts the bash program, serves its requests, hands on its status
// (reference/plan-build.md). There is no studio here: the build happens in the root it is started in.
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
import { basename, dirname, join } from "node:path";
import { type ErrorKind, HabError, systemErrorCode } from "../error/index.ts";
import { inheritedEnvironment, isPresent } from "../host/index.ts";
import type { Target } from "../package/index.ts";
import { serveRequests } from "./channel.ts";
import { buildErrors } from "./errors.ts";
import { adoptOrphans, endLeftProcesses, forwardSignals } from "./processes.ts";
import { PROGRAM_NAME, PROGRAM_TEXT } from "./program.ts";
import { type DependencyInstaller, type RequestContext, serveRequest } from "./requests.ts";

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

/** Exit status of a program that SIGKILL has ended. */
const KILLED_STATUS = 137;

/**
 * Builds the plan and resolves to the exit status of reference/plan-build.md §9. The plan has printed why when it is
 * not 0. What the plan has started has ended by then. Throws HAB-BLD-001 and HAB-BLD-013.
 */
export async function buildPlan(options: BuildOptions): Promise<number> {
  const environment = inheritedEnvironment(options.environment);
  const rootPath = environment["HAB_ROOT_PATH"] || "/hab";
  const streams = options.streams ?? OWN_STREAMS;
  requireWritable(rootPath);
  const before = adoptOrphans();
  const program = new ProgramFile();
  const umask = process.umask(0o022);
  const ended = new AbortController();
  const context: RequestContext = {
    root: basename(rootPath) === "hab" ? dirname(rootPath) : rootPath,
    keyCacheDirectory: environment["HAB_CACHE_KEY_PATH"] || join(rootPath, "cache", "keys"),
    epochSeconds: epochSeconds(environment["SOURCE_DATE_EPOCH"], options.release),
    install: options.install,
    stderr: streams.stderr,
    signal: ended.signal,
  };
  try {
    const bash = startBash(program.path, options, environment, streams);
    const stopForwarding = forwardSignals(bash.pid);
    const serve = (request: readonly string[]) => {
      // The first thing that the program says, and nothing it waits for.
      if (request[0] !== "opened") return serveRequest(request, context);
      program.remove();
      return undefined;
    };
    const channel = await serveRequests(bash.channel, serve, () =>
      complain(buildErrors.channelLost, streams),
    );
    const status = await bash.exited;
    ended.abort();
    channel.close();
    // Whatever it is in the middle of, an archive above all, is given up before we go.
    await channel.idle();
    stopForwarding();
    if (status === KILLED_STATUS) complain(buildErrors.buildKilled, streams);
    const left = await endLeftProcesses(before, bash.guard());
    if (left.length > 0)
      writeSync(streams.stderr, `   The plan left processes running; they were ended: ${left.join(", ")}\n`);
    return status;
  } finally {
    context.place?.end();
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

function complain(kind: ErrorKind, { stderr }: BuildStreams): void {
  writeSync(stderr, `   ${kind.title}\n   ${kind.remedy}\n`);
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

/** SOURCE_DATE_EPOCH (reproducible-builds.org) when given, else the time that the release names. */
function epochSeconds(given: string | undefined, release: string): number {
  if (given !== undefined && /^[0-9]+$/.test(given)) return Number(given);
  const parts = release.match(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/);
  if (parts === null) return 0;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}
