// What the bash program has done for it: everything that is faster or safer here than in a chain of commands.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { SecretKey } from "../crypto/index.ts";
import { describeError, HabError } from "../error/index.ts";
import { relocateProgram } from "../host/index.ts";
import {
  type FullIdent,
  findInstalled,
  formatIdent,
  installPath,
  isFullIdent,
  isPathSafe,
  LAST_METAFILE,
  type PackageIdent,
  packagesDirectory,
  ReleaseInPlace,
  removeTree,
  signHart,
} from "../package/index.ts";
import type { Reply } from "./channel.ts";
import { copyConfig, copyFile } from "./copy-config.ts";
import { buildErrors, isFullDisk } from "./errors.ts";
import { findLeaks } from "./hermetic.ts";
import { allNeeded, flagsOf } from "./installed-metadata.ts";
import { fixLibtoolScripts } from "./libtool.ts";
import { clampTimestamps } from "./records/clamp-timestamps.ts";
import { identOf, type RecordKeeper } from "./records/keeper.ts";
import { isAboutLock, type LockSlot, requireNoRelease } from "./records/lock-slot.ts";
import { packageSettings, resolvedDependencies, wishesOf } from "./records/requests.ts";
import { beginResults, deliver } from "./results.ts";
import { sha256OfFile } from "./sha256.ts";
import { listStrippable } from "./strippable.ts";
import { byteOrder } from "./walk.ts";

/** One dependency to install, with the policy the build decided on (reference/plan-build.md §6.1). */
export interface InstallRequest {
  readonly ident: PackageIdent;
  readonly channel: string;
  /** Ask the depot even when a newer release is installed. */
  readonly ignoreLocal: boolean;
  readonly ignoreInstallHook: boolean;
  /** BLAKE2b-256 of harts by their idents, for a build that is locked to them. */
  readonly hartDigests?: ReadonlyMap<string, string>;
}

/** Installs a dependency and answers which release that is. */
export type DependencyInstaller = (request: InstallRequest) => Promise<FullIdent>;

/** What requests of one build are served with. */
export interface RequestContext {
  /** What holds `hab/pkgs`: `/`, or the parent of HAB_ROOT_PATH. */
  readonly root: string;
  /** The newest secret key of an origin: the same one, once it has been read, until the build ends. */
  readonly signingKey: (origin: string) => SecretKey<"origin-secret">;
  /** Time stamp of everything in the artifact, seconds since 1970. */
  readonly epochSeconds: number;
  readonly install: DependencyInstaller | undefined;
  /** See `BuildOptions.show`. */
  readonly show?: ((ident: PackageIdent) => Promise<string | undefined>) | undefined;
  readonly records: RecordKeeper;
  readonly lock: LockSlot;
  /** Write to standard output and standard error of the build. */
  readonly say: (text: string) => void;
  readonly complain: (text: string) => void;
  /** Aborts when the build program has ended: nobody waits for an answer any more. */
  readonly signal: AbortSignal;
  /** The release that is being made, once its place is claimed. */
  place?: ReleaseInPlace | undefined;
}

type Handler = (
  args: readonly string[],
  context: RequestContext,
) => Promise<Reply["fields"]> | Reply["fields"];

/** Requests whose failure the program explains itself. */
const EXPLAINED_BY_PROGRAM = new Set(["find", "toml"]);

/** Serves one request. Never rejects: a failure is a status with its message as the only field. */
export async function serveRequest(request: readonly string[], context: RequestContext): Promise<Reply> {
  const [verb = "", ...args] = request;
  try {
    const handler = HANDLERS[verb];
    if (handler === undefined) throw new HabError(buildErrors.unknownRequest, `unknown request '${verb}'`);
    return { status: 0, fields: await handler(args, context) };
  } catch (caught) {
    const error = isFullDisk(caught)
      ? new HabError(buildErrors.diskFull, describeError(caught), { cause: caught })
      : caught;
    const message = describeError(error).replaceAll("\0", "");
    if ((!EXPLAINED_BY_PROGRAM.has(verb) || isAboutLock(error)) && !context.signal.aborted) {
      const next = error instanceof HabError ? `   ${error.next}\n` : "";
      context.complain(`   ${message}\n${next}`);
    }
    return { status: error instanceof HabError ? error.exitCode : 1, fields: [message] };
  }
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  find: ([ident = ""], context) => find(ident, context),
  // Of each its path, or nothing where `find` would say why there is none.
  "find-each": async (idents, context) => {
    const paths: string[] = [];
    for (const ident of idents) paths.push((await find(ident, context).catch(() => []))[0] ?? "");
    return paths;
  },
  install: ([ident = "", channel = "", ignoreLocal, ignoreInstallHook], { root, install, lock }) =>
    lock.choose(ident, async (wanted, hartDigests) => {
      if (install === undefined)
        throw new HabError(buildErrors.noInstaller, `${ident} cannot be installed: there is no depot to ask`);
      const installed = await install({
        ident: wanted,
        channel,
        ignoreLocal: ignoreLocal !== "",
        ignoreInstallHook: ignoreInstallHook !== "",
        ...(hartDigests.size > 0 && { hartDigests }),
      });
      return [installPath(installed, root)];
    }),
  "all-needed": ([packages = "", ...direct]) => allNeeded(packages, direct),
  flags: (pairs) => flagsOf(pairs),
  lock: async ([planDirectory = ""], { lock }) => {
    await lock.open(planDirectory);
    return [];
  },
  resolved: async (pairs, { records, lock }) => {
    const resolved = resolvedDependencies(pairs);
    await lock.current?.noteResolved(wishesOf(pairs), resolved);
    records.noteResolved(resolved);
    return [];
  },
  source: async ([url = "", path = ""], { records, lock }) => {
    records.noteSource(url, path);
    await lock.current?.noteSource({ path, url, digest: () => sha256OfFile(path) });
    return [];
  },
  settings: (pairs, { records }) => {
    records.noteSettings(packageSettings(pairs));
    return [];
  },
  "clear-prefix": ([prefix = ""], { root }) => {
    const ident = identOf(prefix);
    // A plan may have put its package anywhere; only what can be a release is ours to take away.
    if (prefix !== installPath(ident, root)) return [];
    requireNoRelease(ident, root);
    removeTree(prefix);
    return [];
  },
  "make-directories": ([from = "", ...directories]) => {
    for (const directory of directories)
      mkdirSync(resolve(from, directory), { recursive: true, mode: 0o755 });
    return [];
  },
  "copy-config": ([plan = "", prefix = "", excludes = ""]) => {
    copyConfig(plan, prefix, excludes.split(","));
    return [];
  },
  "copy-files": (paths) => {
    for (let index = 0; index + 1 < paths.length; index += 2)
      copyFile(paths[index] ?? "", paths[index + 1] ?? "");
    return [];
  },
  "relocate-program": ([from = "", to = "", loader = "", ...searchPath]) => {
    const program = readFileSync(from);
    relocateProgram(program, { loader, searchPath });
    writeFileSync(to, program, { mode: 0o755 });
    return [];
  },
  "claim-release": ([prefix = ""], context) => {
    context.place?.end();
    context.place = undefined;
    const ident = releaseAt(prefix, context.root);
    if (ident !== undefined) context.place = ReleaseInPlace.begin(ident, context.root);
    return [];
  },
  "check-hook-settings": async ([plan = ""]) => {
    (await import("./check-hook-settings.ts")).checkHookSettings(plan);
    return [];
  },
  "fix-libtool": ([directory = ""]) => fixLibtoolScripts(directory),
  debian: async (args, context) => (await import("./debian/requests.ts")).serveDebian(args, context),
  leaks: ([prefix = "", ...closure]) =>
    findLeaks(prefix, closure).map(({ path, problem }) => `${path} ${problem}`),
  strippable: ([prefix = ""]) =>
    listStrippable(prefix).map(({ kind, path }) => Buffer.concat([Buffer.from(`${kind}:`), path])),
  sha256: async ([path = ""], { records }) => {
    const digest = await sha256OfFile(path);
    records.noteDigest(path, digest);
    return [digest];
  },
  download: async ([url = "", destination = ""]) => {
    await (await import("./download.ts")).download(url, destination);
    return [];
  },
  toml: async ([file = "", path = ""]) => [(await import("./default-value.ts")).defaultValue(file, path)],
  // Digests of all files, signed: the metadata file FILES. `list` is scratch.
  "list-files": async ([prefix = "", list = "", target = "", origin = ""], context) => {
    const { records, lock, epochSeconds, signingKey } = context;
    clampTimestamps(prefix, epochSeconds);
    lock.current?.notePackage(prefix);
    mkdirSync(dirname(list), { recursive: true, mode: 0o755 });
    writeFileSync(list, await records.writeInto(prefix, lastMetafile(target)));
    const key = signingKey(origin);
    await signHart(list, join(prefix, "FILES"), key);
    return [];
  },
  // Lines `key=value` in byte order of the keys.
  table: (fields) =>
    fields
      .flatMap((key, index) => (index % 2 === 0 ? [{ key, value: fields[index + 1] ?? "" }] : []))
      .sort((a, b) => byteOrder(a.key, b.key))
      .map(({ key, value }) => `${key}=${value}`),
  "check-key": ([origin = ""], { signingKey }) => {
    signingKey(origin);
    return [];
  },
  "begin-results": ([directory = "", plan = "", ...lines]) => {
    beginResults(directory, plan, lines);
    return [];
  },
  // Answers SHA-256 and BLAKE2b-256 of the artifact, with which the report ends.
  deliver: async (
    [directory = "", prefix = "", artifact = "", target = "", origin = "", level = "", plan = "", ...lines],
    context,
  ) => {
    if (!/^[0-9]$/.test(level))
      throw new HabError(buildErrors.badCompressionLevel, `'${level}' is not a compression level`);
    const added = lastMetafile(target);
    const compressionLevel = Number(level);
    return deliver({ directory, prefix, artifact, added, origin, compressionLevel, plan, lines }, context);
  },
  remove: (paths) => {
    for (const path of paths) removeTree(path);
    return [];
  },
};

/** The path of an installed release. Throws HAB-BLD errors when there is none or the lock has another, and those of idents. */
async function find(ident: string, { root, lock, show }: RequestContext): Promise<readonly string[]> {
  return lock.choose(ident, async (wanted) => {
    await show?.(wanted);
    const found = findInstalled(wanted, { root });
    if (found === undefined)
      throw new HabError(buildErrors.noInstaller, `${formatIdent(wanted)} is not installed`);
    return [found.path];
  });
}

/** The release whose directory this is; undefined for a prefix that a plan has put elsewhere. */
function releaseAt(prefix: string, root: string): FullIdent | undefined {
  const [origin = "", name = "", version, release, ...more] = relative(packagesDirectory(root), prefix).split(
    "/",
  );
  const ident: PackageIdent = { origin, name, ...(version && { version }), ...(release && { release }) };
  return more.length === 0 && isPathSafe(ident) && isFullIdent(ident) ? ident : undefined;
}

/** The metadata file that is not in the package before it is finished, but in its list and in its archive. */
function lastMetafile(target: string): ReadonlyMap<string, Uint8Array> {
  return new Map(target === "" ? [] : [[LAST_METAFILE, Buffer.from(`${target}\n`)]]);
}
