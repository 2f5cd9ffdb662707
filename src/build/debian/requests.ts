// What the build program asks about Debian packages, in the order of a build: select, check, missing, fetch, verify, unpack,
// install, finish. What was selected is remembered for the rest of the build.
import { existsSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HabError } from "../../error/index.ts";
import { buildErrors } from "../errors.ts";
import type { RequestContext } from "../requests.ts";
import { forgetFreshness, openArchive } from "./archive.ts";
import { describeAlternative } from "./control.ts";
import { essentialsOf } from "./essential.ts";
import { findOwners, missingError } from "./explain-missing.ts";
import { editStrings, filterOf, finishFiles, installFiles, standardDirectories } from "./install.ts";
import { isCopyright, keepLicences, Texts } from "./licences.ts";
import { describeUnmapped, type Selection, selectPackages, type Wanted, type Wishes } from "./mapping.ts";
import { chooseMirrors } from "./mirrors.ts";
import type { DebianPackage, Packages } from "./packages.ts";
import { findKeyring } from "./signature.ts";
import { debPath, fetchDeb, isStored, verifyDeb } from "./store.ts";
import { NotOnMirror } from "./transport.ts";
import { unpackDebs } from "./unpack.ts";
import { satisfies, upstreamVersion } from "./version.ts";

/** Names of Debian for a target of ours. */
interface Architecture {
  readonly name: string;
  readonly triplet: string;
  readonly loader: string;
}

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  "x86_64-linux": { name: "amd64", triplet: "x86_64-linux-gnu", loader: "ld-linux-x86-64.so.2" },
  "aarch64-linux": { name: "arm64", triplet: "aarch64-linux-gnu", loader: "ld-linux-aarch64.so.1" },
};

/** One Debian release for all plans, whatever the machine runs: packages are built to fit together. */
const DEFAULT_SUITE = "bookworm";

/** The Debian part of one build. */
interface Session {
  readonly words: Words;
  readonly index: Packages;
  readonly selection: Selection;
  readonly architecture: Architecture;
  readonly directory: string;
  readonly suite: string;
}

const sessions = new WeakMap<RequestContext, Session>();

/** Serves `debian VERB KEY=VALUE…`. */
export async function serveDebian(
  args: readonly string[],
  context: RequestContext,
): Promise<readonly string[]> {
  const [verb = "", ...rest] = args;
  const words = new Words(rest);
  switch (verb) {
    case "select":
      return await select(words, context);
    case "fetch":
      return await fetchSelected(words, context);
    case "edit-strings":
      editStrings(words.one("file"), words.one("from"), words.one("to"));
      return [];
    case "install":
      installFiles({
        from: words.one("from"),
        licences: words.one("licences"),
        prefix: words.one("prefix"),
        triplet: words.one("triplet"),
        drop: words.all("drop"),
        keep: words.all("keep"),
      });
      return [];
    default: {
      const session = sessions.get(context);
      const handler = WITH_SESSION[verb];
      if (session === undefined || handler === undefined)
        throw new HabError(buildErrors.unknownRequest, `unknown request 'debian ${verb}'`);
      return await handler(session, words, context);
    }
  }
}

const WITH_SESSION: Readonly<
  Record<
    string,
    (
      session: Session,
      words: Words,
      context: RequestContext,
    ) => Promise<readonly string[]> | readonly string[]
  >
> = {
  check: checkVersions,
  verify: async ({ selection, directory }) => {
    for (const deb of selection.packages) await verifyDeb(deb, directory);
    return selection.packages.map(({ name, version }) => `${name} ${version}`);
  },
  unpack,
  finish,
  directories: ({ architecture }, words) => {
    const found = standardDirectories(words.one("prefix"), architecture.triplet);
    return Object.entries(found).flatMap(([kind, names]) => names.map((name) => `${kind}=${name}`));
  },
};

async function unpack(session: Session, words: Words, context: RequestContext): Promise<readonly string[]> {
  const { selection, directory, index } = session;
  const to = words.one("to");
  const texts = new Texts(isCopyright);
  const paths = selection.packages.map((deb) => debPath(deb, directory));
  await unpackDebs(paths, join(to, "root"), texts);
  writeFileSync(join(to, "DEBIAN"), selection.packages.map(describeDeb).join(""));
  const { say, warn } = speaker(words, context);
  const names = selection.packages.map(({ name }) => name);
  const without = await keepLicences(names, texts, join(to, "licences"), async (name) => {
    const deb = index.newest(name);
    return deb === undefined ? undefined : (await fetchAll([deb], session, say))[0];
  });
  if (without.length > 0) warn(`There is no copyright file in ${without.join(", ")}`);
  return [];
}

/** A line of the package's file DEBIAN. */
function describeDeb({ name, version, architecture, sha256 }: DebianPackage): string {
  return `${name} ${version} ${architecture} ${sha256}\n`;
}

async function select(words: Words, context: RequestContext): Promise<readonly string[]> {
  const { say, warn } = speaker(words, context);
  const target = words.one("target");
  const architecture = ARCHITECTURES[target];
  if (architecture === undefined)
    throw new HabError(buildErrors.badDebianSource, `Debian has no packages for ${target}`);
  const suite = words.one("suite") || DEFAULT_SUITE;
  if (!/^[a-z][a-z0-9.+-]*$/.test(suite))
    throw new HabError(buildErrors.badDebianSource, `'${suite}' is not the name of a Debian release`);
  const directory = join(words.one("cache"), "debian");
  const mirrors = chooseMirrors({ main: words.one("mirror"), security: words.one("security") }, suite);
  const keyring = await findKeyring(words.one("keyring") || undefined);
  const archive = {
    directory,
    suite,
    architecture: architecture.name,
    mirrors,
    keyring,
    now: new Date(),
    say,
    warn,
  };
  const index = await openArchive(archive);
  const wishes = {
    packages: words.all("package").map(parseWanted),
    dependencies: words.all("dep"),
    map: new Map(words.all("map").map((each) => keyAndValue(each))),
    ignore: words.all("ignore"),
    vendor: words.all("vendor"),
    essential: [],
  };
  const place = { directory, suite, architecture };
  const selection = await selectWithEssentials(index, wishes, (debs) => fetchAll(debs, place, say), words);
  const [first] = selection.packages;
  if (first === undefined)
    throw new HabError(buildErrors.badDebianSource, "pkg_source names no Debian package");
  sessions.set(context, { words, index, selection, architecture, directory, suite });
  say(`Debian ${suite} has ${first.name} ${first.version}`);
  if (selection.takenIn.length > 0) say(`Taking in ${selection.takenIn.join(", ")}`);
  if (selection.added.length > 0) say(`Run dependencies by Debian's: ${selection.added.join(" ")}`);
  if (selection.unmapped.length > 0)
    say(
      `Nothing stands for ${selection.unmapped.map(describeUnmapped).join(", ")}; it matters if a file needs it`,
    );
  return [upstreamVersion(first.version), ...selection.added];
}

/** Scripts use a shell without a dependency on it: the files say so, and what is taken in for them may have scripts too. */
async function selectWithEssentials(
  index: Packages,
  wishes: Wishes,
  fetch: (debs: readonly DebianPackage[]) => Promise<string[]>,
  words: Words,
): Promise<Selection> {
  let selection = selectPackages(index, wishes);
  // A plan that ignores every dependency says itself what its scripts are for.
  if (wishes.ignore.includes("*")) return selection;
  const isWanted = filterOf(words.all("drop"), words.all("keep"));
  for (let essential = wishes.essential; ; ) {
    const found = await essentialsOf(await fetch(selection.packages), isWanted);
    const more = found.filter((each) => !essential.includes(each));
    if (more.length === 0) return selection;
    essential = [...essential, ...more];
    selection = selectPackages(index, { ...wishes, essential });
  }
}

/** Dependencies must have been made of versions that Debian says are new enough. */
function checkVersions({ selection }: Session, words: Words, context: RequestContext): readonly string[] {
  const { warn } = speaker(words, context);
  for (const { alternative, ident, by, isOwn } of selection.bounds) {
    const { name, bound } = alternative;
    const path = words.all("path").find((each) => each.split("/").slice(-4, -2).join("/") === ident);
    if (path === undefined || bound === undefined) continue;
    const version = versionsIn(path).get(name);
    if (version === undefined || satisfies(version, bound.relation, bound.version)) continue;
    const problem = `${by} needs ${describeAlternative(alternative)}, and ${path.split("/").slice(-4).join("/")} has ${version}`;
    if (isOwn) throw new HabError(buildErrors.debianDependencyTooOld, problem);
    warn(problem);
  }
  return [];
}

/** What a package of ours was made of: Debian package → version. */
function versionsIn(path: string): Map<string, string> {
  const file = join(path, "DEBIAN");
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return new Map(lines.map((line) => line.split(" ")).map(([name = "", version = ""]) => [name, version]));
}

const PROGRESS_EVERY_MS = 5000;

async function fetchSelected(words: Words, context: RequestContext): Promise<readonly string[]> {
  const session = sessions.get(context);
  if (session === undefined) throw new HabError(buildErrors.unknownRequest, "nothing was selected");
  await fetchAll(session.selection.packages, session, speaker(words, context).say);
  return [];
}

async function fetchAll(
  debs: readonly DebianPackage[],
  { directory, suite, architecture }: Pick<Session, "directory" | "suite" | "architecture">,
  say: (line: string) => void,
): Promise<string[]> {
  const paths: string[] = [];
  for (const deb of debs) {
    if (!isStored(deb, directory))
      say(`Downloading ${deb.name} ${deb.version} of Debian ${suite} (${megabytes(deb.sizeBytes)})`);
    let told = Date.now();
    const progress = (bytes: number) => {
      if (Date.now() - told < PROGRESS_EVERY_MS) return;
      told = Date.now();
      say(`  ${megabytes(bytes)} of ${megabytes(deb.sizeBytes)}`);
    };
    try {
      paths.push(await fetchDeb(deb, { directory, progress }));
    } catch (error) {
      if (!(error instanceof NotOnMirror)) throw error;
      forgetFreshness({ directory, suite, architecture: architecture.name });
      throw new HabError(error.kind, error.message, {
        cause: error,
        next: "The mirror has a newer version by now: build again, which looks at its index anew.",
      });
    }
  }
  return paths;
}

function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

async function finish(session: Session, words: Words, context: RequestContext): Promise<readonly string[]> {
  const { index, selection, architecture, directory } = session;
  const { leftOut, missing } = finishFiles(
    {
      prefix: words.one("prefix"),
      unpacked: words.one("from"),
      direct: words.all("direct"),
      all: words.all("all"),
      libraryDirectories: words.all("lib"),
      triplet: architecture.triplet,
    },
    architecture.loader,
  );
  const { warn } = speaker(words, context);
  for (const each of leftOut) warn(`Leaving out ${each}`);
  if (missing.length === 0) return [];
  const names = selection.unmapped.flatMap(({ dependency }) => dependency.map(({ name }) => name));
  const unmapped = [...new Set([...names, ...ignoredOf(session)])].flatMap(
    (name) => index.newest(name) ?? [],
  );
  const owners = await findOwners(missing, unmapped, { directory });
  // A link to what nothing depends on leads nowhere in Debian either.
  const needed = missing.filter(({ why, wanted }) => why !== "link" || owners.has(wanted));
  if (needed.length > 0) throw missingError(needed, owners);
  for (const { file, wanted } of missing) {
    unlinkSync(join(words.one("prefix"), file));
    warn(`Leaving out ${file}, which leads to ${wanted}, and no package here has that`);
  }
  return [];
}

/** Direct dependencies of Debian's packages that are not among them: what the plan ignores, and what is essential everywhere. */
function ignoredOf({ selection }: Session): string[] {
  const chosen = new Set(selection.packages.map(({ name }) => name));
  const all = selection.packages.flatMap(({ dependencies }) => dependencies.flat().map(({ name }) => name));
  return [...all.filter((name) => !chosen.has(name)), "dash", "bash", "perl-base", "coreutils"];
}

function parseWanted(text: string): Wanted {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  if (!/^[a-z0-9][a-z0-9+.-]+$/.test(name))
    throw new HabError(
      buildErrors.badDebianSource,
      `'${text}' is not a Debian package (NAME or NAME=VERSION)`,
    );
  return { name, version: equals < 0 ? undefined : text.slice(equals + 1) };
}

function keyAndValue(text: string): [string, string] {
  const equals = text.indexOf("=");
  const [key, value] = [text.slice(0, equals), text.slice(equals + 1)];
  if (!/^[a-z0-9_-]+(?:\/[^/\s]+){1,3}$/i.test(value))
    throw new HabError(buildErrors.badDebianSource, `pkg_deb_map: '${value}' for ${key} is not ORIGIN/NAME`);
  return [key, value];
}

/** Lines in the manner of the build program's own. */
function speaker(words: Words, context: RequestContext) {
  const name = words.one("name");
  const isColoured = words.one("colour") !== "";
  return {
    say: (line: string) =>
      context.say(isColoured ? `   \x1b[1;36m${name}: \x1b[1;37m${line}\x1b[0m\n` : `   ${name}: ${line}\n`),
    warn: (line: string) =>
      context.complain(
        isColoured
          ? `   \x1b[1;36m${name}: \x1b[1;33mWARN: \x1b[1;37m${line}\x1b[0m\n`
          : `   ${name}: WARN: ${line}\n`,
      ),
  };
}

/** `KEY=VALUE` words; a key may come several times. */
class Words {
  readonly #pairs: readonly (readonly [string, string])[];

  constructor(words: readonly string[]) {
    this.#pairs = words.map((word) => {
      const equals = word.indexOf("=");
      return [word.slice(0, equals), word.slice(equals + 1)] as const;
    });
  }

  /** Empty when it is not there. */
  one(key: string): string {
    return this.#pairs.find(([each]) => each === key)?.[1] ?? "";
  }

  all(key: string): string[] {
    return this.#pairs.filter(([each]) => each === key).map(([, value]) => value);
  }
}
