// A studio: made when it is not there, entered, built in, removed (reference/plan-build.md §14). One command at a time works
// in a studio's root; what it mounts exists only as long as it does.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { KeyCache } from "../../crypto/index.ts";
import { HabError, isKind } from "../../error/index.ts";
import {
  type FileLock,
  hasSubordinates,
  hostErrors,
  type IdMaps,
  idMapsFor,
  isRootUser,
  lockDirectory,
  type Room,
  type RoomStep,
  startRoom,
  withoutSubordinates,
} from "../../host/index.ts";
import { executionEnvironment, formatIdent, type InstalledPackage } from "../../package/index.ts";
import { buildErrors } from "../errors.ts";
import { ownerFilter, STUDIO_CAPABILITIES } from "./confine.ts";
import { keySteps } from "./keys.ts";
import { freshSteps, layoutSteps, toolSteps } from "./layout.ts";
import { formatMark, MARK_FILE, readMark, type StudioMark } from "./mark.ts";
import { checkSteps, type StudioKind, studioSteps } from "./mounts.ts";
import {
  backlineClosure,
  extraClosures,
  installedClosure,
  locate,
  type PackageSupply,
  unionOf,
} from "./packages.ts";
import { programCopy } from "./program-copy.ts";
import { relayTerminal } from "./relay.ts";
import { removeTree } from "./remove.ts";
import { openSupply } from "./supply.ts";
import { parseStudioType, STUDIO_TYPES, type StudioType } from "./types.ts";
import { studioVariables } from "./variables.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface StudioSettings {
  readonly root: string;
  /** The type asked for; that of a studio that is there wins. */
  readonly type: string | undefined;
  readonly kind: StudioKind;
  readonly ownNetwork: boolean;
  /** Directory shown as /src; none when absent. */
  readonly source: string | undefined;
  readonly artifacts: string | undefined;
  readonly certificates: string | undefined;
  /** Origins whose keys are brought. */
  readonly keys: readonly string[];
  /** A hart or the directory of a package, which is shown below CHECK_PLACE. */
  readonly checked?: { readonly path: string; readonly name: string };
  readonly keyCache: KeyCache;
  readonly backline: string | undefined;
  readonly installs: string;
  readonly supply: PackageSupply;
  /** Where copies of our program are kept. */
  readonly cache: string;
  /** The compiled hab. */
  readonly hab: string;
  readonly caller: Environment;
  /** Name of the user, for subordinate ids. */
  readonly user: string;
  /** Where what runs in the studio writes; 2 where standard output is for a JSON document. */
  readonly stdout: 1 | 2;
}

/** What a person is told while it happens. */
export interface StudioReport {
  creating(root: string, type: StudioType): void;
  entering(root: string): void;
  importing(origin: string, which: "secret" | "public"): void;
  withoutKeys(): void;
  exported(name: string, shown: string): void;
  /** A package that is shown, for those who want to know more. */
  showing(ident: string): void;
}

/** What to do in a studio. `words` of a command are handed to its shell as one line. */
export type StudioWork =
  | { readonly kind: "new" }
  | { readonly kind: "enter" }
  | { readonly kind: "run"; readonly line: string }
  | { readonly kind: "build"; readonly reuse: boolean; readonly words: readonly string[] };

/** How long a Supervisor and what else was left running may take to end after the command has. */
const GRACE_MS = 10_000;

/**
 * Does `work` and resolves to its exit status. Throws HAB-BLD-071 to -081, HAB-HST-010, HAB-HST-011, and what installing
 * the tools throws.
 */
export async function useStudio(
  settings: StudioSettings,
  work: StudioWork,
  report: StudioReport,
): Promise<number> {
  if (settings.kind === "chroot" && !isRootUser())
    throw new HabError(buildErrors.studioNeedsRoot, "a studio of the kind chroot must be made by root");
  const lock = lockStudio(settings.root);
  try {
    if (work.kind === "build" && !work.reuse) await clear(settings);
    return await useLocked(settings, work, report, lock);
  } finally {
    lock.release();
  }
}

/** Takes a studio away. Throws HAB-BLD-072, -076, -077. */
export async function removeStudio(settings: Pick<StudioSettings, "root" | "user">): Promise<void> {
  if (!existsSync(settings.root)) return;
  const lock = lockStudio(settings.root);
  try {
    requireStudio(settings.root);
    await removeTree(settings.root, idMapsOf(settings.user));
  } finally {
    lock.release();
  }
}

/** Takes the lock of a root, which is made if need be. Throws HAB-BLD-076. */
function lockStudio(root: string): FileLock {
  for (;;) {
    mkdirSync(root, { recursive: true, mode: 0o755 });
    const lock = lockDirectory(root);
    if (lock === undefined)
      throw new HabError(buildErrors.studioBusy, `the studio ${root} is in use by another command`);
    // Between the two somebody may have removed it.
    if (existsSync(root) && statSync(root).ino === Number(readInode(lock.descriptor))) return lock;
    lock.release();
  }
}

function readInode(descriptor: number): number {
  return statSync(`/proc/self/fd/${descriptor}`).ino;
}

/** Nothing but what a studio is may be filled or removed: an empty directory, or one with a mark. */
function requireStudio(root: string): void {
  if (readdirSync(root).length === 0 || isStudioLike(root)) return;
  throw new HabError(buildErrors.noStudio, `${root} is not a studio: it has no file ${MARK_FILE}`);
}

/** A mark, or what a start that was killed has left before it wrote one. */
function isStudioLike(root: string): boolean {
  if (existsSync(join(root, MARK_FILE))) return true;
  return readdirSync(root).every((name) => STARTED_WITH.includes(name));
}

const STARTED_WITH = [
  "dev",
  "proc",
  "sys",
  "run",
  "bin",
  "etc",
  "home",
  "lib",
  "mnt",
  "opt",
  "sbin",
  "var",
  "src",
  "root",
  "tmp",
  "usr",
  "hab",
  "lib64",
];

async function clear({ root, user }: StudioSettings): Promise<void> {
  requireStudio(root);
  await removeTree(root, idMapsOf(user), { keepRoot: true });
}

function idMapsOf(user: string): IdMaps | undefined {
  return isRootUser() ? undefined : idMapsFor(user);
}

async function useLocked(
  settings: StudioSettings,
  work: StudioWork,
  report: StudioReport,
  lock: FileLock,
): Promise<number> {
  const { root, supply } = settings;
  requireStudio(root);
  const before = readMark(root);
  const type = before?.type ?? parseStudioType(settings.type);
  if (work.kind === "build" && !STUDIO_TYPES[type].builds)
    throw new HabError(buildErrors.noBuildInType, `Studio type ${type} does not support \`build'`);
  const { mark, shown, tools } = await toolsOf(settings, type, before);
  const shell = shellOf(tools, STUDIO_TYPES[type].shell, supply.roots);
  const files: RoomStep[] = [];
  if (before === undefined) {
    report.creating(root, type);
    files.push(...layoutSteps(type));
  } else if (work.kind !== "new") report.entering(root);
  for (const each of shown) report.showing(`${each}`);
  files.push(...toolSteps(type, shell));
  files.push(...keySteps(settings.keys, settings.keyCache, report));
  files.push(...freshSteps(textOf("/etc/hosts"), textOf("/etc/resolv.conf")));
  files.push({ kind: "file", path: `/${MARK_FILE}`, text: formatMark(mark), mode: 0o644 });

  const { variables, exported } = studioVariables({
    caller: settings.caller,
    type,
    certificates: settings.certificates,
    enters: work.kind === "enter",
  });
  if (work.kind === "enter" || work.kind === "build")
    for (const [name, value] of exported) report.exported(name, value);
  const terminal = work.kind === "new" ? undefined : relayTerminal(settings.stdout);
  const nothing = work.kind === "new" ? openSync("/dev/null", "r+") : undefined;
  const stores = supply.roots
    .map((each) => join(each, "hab", "pkgs"))
    .filter((path) => existsSync(path))
    .map((path) => realpathSync(path));
  const supplied = openSupply(supply.roots, stores);
  let room: Room;
  try {
    room = await withIds(idMapsOf(settings.user), (ids) =>
      startRoom({
        ...(ids !== undefined && { ids }),
        ownNetwork: settings.ownNetwork,
        ownNames: settings.kind === "namespaces",
        steps: studioSteps({
          kind: settings.kind,
          root: realpathSync(root),
          program: realpathSync(programCopy(settings.hab, settings.cache)),
          source: real(settings.source),
          artifacts: real(settings.artifacts),
          certificates: real(settings.certificates),
          packages: shown.map((each) => ({ ident: `${each}`, directory: realpathSync(each.path) })),
          stores,
          ownNetwork: settings.ownNetwork,
          manyGroups: ids === undefined || hasSubordinates(ids),
          terminal: terminal === undefined ? undefined : readlinkSync(`/proc/self/fd/${terminal.slave}`),
          dockerSocket: existsSync("/var/run/docker.sock") ? realpathSync("/var/run/docker.sock") : undefined,
          files: [...files, ...supplied.steps, ...checkedSteps(settings.checked)],
        }),
        command: commandOf(work, shell),
        env: executionEnvironment(tools, variables),
        streams:
          nothing === undefined ? (terminal?.streams ?? [0, settings.stdout, 2]) : [nothing, nothing, 2],
        ...(terminal !== undefined && { terminal: terminal.slave }),
        capabilities: settings.kind === "chroot" ? "all" : STUDIO_CAPABILITIES,
        filter: ({ oneUser }) => (oneUser ? ownerFilter() : undefined),
        lock: lock.descriptor,
        graceMs: GRACE_MS,
      }),
    );
    supplied.attach(room);
    const forget = forwardSignals(room, { atTerminal: terminal !== undefined });
    terminal?.begin();
    try {
      return await room.exited;
    } finally {
      forget();
    }
  } finally {
    await terminal?.end();
    await supplied.close();
    if (nothing !== undefined) closeSync(nothing);
  }
}

function checkedSteps(checked: StudioSettings["checked"]): RoomStep[] {
  if (checked === undefined) return [];
  const path = realpathSync(checked.path);
  return checkSteps({ path, name: checked.name, isDirectory: statSync(path).isDirectory() });
}

/** Subordinate ids that are promised and not given are done without. */
async function withIds(
  ids: IdMaps | undefined,
  start: (ids: IdMaps | undefined) => Promise<Room>,
): Promise<Room> {
  try {
    return await start(ids);
  } catch (error) {
    if (ids === undefined || !isKind(error, hostErrors.idsRefused)) throw error;
    return start(withoutSubordinates(ids));
  }
}

interface Tools {
  readonly mark: StudioMark;
  readonly shown: readonly InstalledPackage[];
  readonly tools: InstalledPackage;
}

/** The packages that a studio shows: those it was made with while they are there, else the newest. */
async function toolsOf(
  settings: StudioSettings,
  type: StudioType,
  before: StudioMark | undefined,
): Promise<Tools> {
  const { supply } = settings;
  if (before !== undefined) {
    const shown = before.packages.map((ident) => locate(ident, supply.roots));
    const tools = locate(before.backline, supply.roots);
    if (tools !== undefined && shown.every((each) => each !== undefined))
      return { mark: before, shown, tools };
  }
  const { backline: usual, builds } = STUDIO_TYPES[type];
  const backline = (builds && settings.backline) || usual;
  const main = before === undefined ? undefined : installedClosure(before.backline, supply.roots);
  const closure = main ?? (await backlineClosure(backline, supply));
  const extra = builds ? await extraClosures(settings.installs, supply) : [];
  const shown = unionOf([closure, ...extra]);
  const mark = { type, backline: closure.main.ident, packages: shown.map(({ ident }) => ident) };
  return { mark, shown, tools: closure.main };
}

/** Path, in the studio, of the shell among the tools. Throws HAB-BLD-075. */
function shellOf(tools: InstalledPackage, name: string, roots: readonly string[]): string {
  const path = executionEnvironment(tools, {})["PATH"] ?? "";
  for (const directory of path.split(":"))
    for (const root of roots) {
      if (!existsSync(join(root, directory, name))) continue;
      return join(directory, name);
    }
  throw new HabError(buildErrors.noBackline, `${formatIdent(tools.ident)} brings no ${name}`);
}

function commandOf(work: StudioWork, shell: string): [string, ...string[]] {
  switch (work.kind) {
    case "new":
      return ["/hab/bin/hab", "--version"];
    case "enter":
      return [shell, "-l"];
    case "run":
      return [shell, "-lc", work.line];
    case "build":
      return [shell, "-lc", '_record_build "$@"', "build", "/hab/bin/build", ...work.words];
  }
}

const FORWARDED = ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT", "SIGUSR1", "SIGUSR2"] as const;

/** A shell that was about to wait for keys misses a hang-up, so it is told again. */
const HANG_UP_AGAIN_MS = 200;

/**
 * Signals are for the program inside; a second request to end is not waited for. What does not end when its terminal is gone
 * is ended.
 */
function forwardSignals(room: Room, { atTerminal }: { readonly atTerminal: boolean }): () => void {
  let asked = false;
  const timers: Timer[] = [];
  const hangUp = () => {
    timers.push(setInterval(() => room.signal("SIGHUP"), HANG_UP_AGAIN_MS));
    timers.push(setTimeout(() => room.kill(), GRACE_MS));
  };
  const forget = FORWARDED.map((signal) => {
    const forward = () => {
      if (asked && signal === "SIGTERM") room.kill();
      asked ||= signal === "SIGTERM";
      room.signal(signal);
      if (signal === "SIGHUP" && atTerminal && timers.length === 0) hangUp();
    };
    process.on(signal, forward);
    return () => process.off(signal, forward);
  });
  return () => {
    for (const each of forget) each();
    for (const each of timers) clearTimeout(each);
  };
}

function real(path: string | undefined): string | undefined {
  return path === undefined ? undefined : realpathSync(path);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
