// One installed package, as its directory and metadata files tell it (reference/packages.md §10).
import { join } from "node:path";
import { fsRoot, isRegularFile } from "../host/index.ts";
import { assertPathSafe, type FullIdent, formatIdent } from "./ident.ts";
import {
  type Bind,
  type MetafileName,
  type PackageType,
  parseBindLines,
  parseIdentLines,
  parsePackageType,
  parsePairLines,
  parseShutdownSignal,
  parseShutdownTimeout,
  readMetafile,
  type ShutdownSignal,
} from "./metafile.ts";
import { splitWords } from "./text.ts";

/** Where packages live under the root, and how paths inside packages name it (never re-rooted). */
export const PACKAGES_DIRECTORY = "/hab/pkgs";

/** How long a service gets to stop when the package does not say. */
export const DEFAULT_SHUTDOWN_TIMEOUT_SECONDS = 8;

/** `<root>/hab/pkgs`. */
export function packagesDirectory(root: string = fsRoot()): string {
  return join(root, PACKAGES_DIRECTORY);
}

/** Where this release is or would be installed. Throws HAB-PKG-004 for an ident that is no path. */
export function installPath(ident: FullIdent, root: string = fsRoot()): string {
  assertPathSafe(ident);
  return join(packagesDirectory(root), ident.origin, ident.name, ident.version, ident.release);
}

/** Nothing is cached: each answer is read from disk when asked for. Metadata that cannot be read throws HAB-PKG-011. */
export class InstalledPackage {
  readonly ident: FullIdent;
  /** The root that holds it; `/` unless FS_ROOT says otherwise. */
  readonly root: string;
  /** The release's directory, with the root. */
  readonly path: string;

  constructor(ident: FullIdent, root: string = fsRoot()) {
    this.ident = ident;
    this.root = root;
    this.path = installPath(ident, root);
  }

  toString(): string {
    return formatIdent(this.ident);
  }

  /** Trimmed text of a metadata file, or undefined. */
  metafile(name: MetafileName): string | undefined {
    return readMetafile(this.path, name);
  }

  /** Direct run-time dependencies, as declared. */
  get deps(): FullIdent[] {
    return this.idents("DEPS");
  }

  /** All run-time dependencies; each stands before what it needs itself. */
  get tdeps(): FullIdent[] {
    return this.idents("TDEPS");
  }

  get buildDeps(): FullIdent[] {
    return this.idents("BUILD_DEPS");
  }

  get buildTdeps(): FullIdent[] {
    return this.idents("BUILD_TDEPS");
  }

  /** Directories of PATH that are the package's own: old packages list those of others too. Duplicates stay. */
  get pathEntries(): string[] {
    const own = join(PACKAGES_DIRECTORY, formatIdent(this.ident));
    return splitPath(this.metafile("PATH") ?? "").filter(
      (entry) => entry === own || entry.startsWith(`${own}/`),
    );
  }

  /** Content of RUNTIME_PATH, or undefined for packages from before it. */
  get runtimePath(): string[] | undefined {
    const text = this.metafile("RUNTIME_PATH");
    return text === undefined ? undefined : splitPath(text);
  }

  get runtimeEnvironment(): Map<string, string> {
    return this.pairs("RUNTIME_ENVIRONMENT");
  }

  get runtimeEnvironmentPaths(): Map<string, string> {
    return this.pairs("RUNTIME_ENVIRONMENT_PATHS");
  }

  /** External name → configuration key. */
  get exports(): Map<string, string> {
    return this.pairs("EXPORTS");
  }

  /** Ports (or names of them), as written. */
  get exposes(): string[] {
    return splitWords(this.metafile("EXPOSES") ?? "");
  }

  get binds(): Bind[] {
    return parseBindLines(this.metafile("BINDS") ?? "", this.place("BINDS"));
  }

  get optionalBinds(): Bind[] {
    return parseBindLines(this.metafile("BINDS_OPTIONAL") ?? "", this.place("BINDS_OPTIONAL"));
  }

  get svcUser(): string | undefined {
    return this.metafile("SVC_USER");
  }

  get svcGroup(): string | undefined {
    return this.metafile("SVC_GROUP");
  }

  get shutdownSignal(): ShutdownSignal {
    const text = this.metafile("SHUTDOWN_SIGNAL");
    return text === undefined ? "TERM" : parseShutdownSignal(text, this.place("SHUTDOWN_SIGNAL"));
  }

  get shutdownTimeoutSeconds(): number {
    const text = this.metafile("SHUTDOWN_TIMEOUT");
    return text === undefined
      ? DEFAULT_SHUTDOWN_TIMEOUT_SECONDS
      : parseShutdownTimeout(text, this.place("SHUTDOWN_TIMEOUT"));
  }

  get packageType(): PackageType {
    return parsePackageType(this.metafile("PACKAGE_TYPE"));
  }

  /** Text of default.toml, as it stands. */
  get defaultToml(): string | undefined {
    return this.metafile("default.toml");
  }

  /** Whether there is something to run as a service: `hooks/run` or `run`. */
  get isRunnable(): boolean {
    return isRegularFile(join(this.path, "hooks", "run")) || isRegularFile(join(this.path, "run"));
  }

  private idents(name: MetafileName): FullIdent[] {
    return parseIdentLines(this.metafile(name) ?? "", this.place(name));
  }

  private pairs(name: MetafileName): Map<string, string> {
    return parsePairLines(this.metafile(name) ?? "", this.place(name));
  }

  private place(name: MetafileName): string {
    return join(this.path, name);
  }
}

/** Entries of a path list. Empty ones inside are kept (they mean the current directory); an empty list has none. */
export function splitPath(text: string): string[] {
  return text === "" ? [] : text.split(":");
}
