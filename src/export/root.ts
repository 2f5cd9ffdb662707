// The packages of an export, installed with all they need below a directory of their own (reference/plan-build.md §17).
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeyCache, Secret } from "../crypto/index.ts";
import { describeError, HabError } from "../error/index.ts";
import { isRegularFile } from "../host/index.ts";
import {
  type FullIdent,
  findInstalled,
  formatIdent,
  InstalledPackage,
  installPackage,
  listInstalled,
  type PackageSource,
  parseIdent,
  type Report,
} from "../package/index.ts";
import { exportErrors } from "./errors.ts";
import { WorkDirectory } from "./work-directory.ts";

/** Where packages of one kind come from. */
export interface Origin {
  readonly depot: PackageSource;
  readonly channel: string;
}

export interface RootOptions {
  /** What the user named. */
  readonly from: Origin;
  /** What every export holds. */
  readonly baseFrom: Origin;
  readonly token?: Secret<string> | undefined;
  readonly keys: KeyCache;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** Harts that are here are used before the depot is asked for them, and stay here. */
export class ExportRoot {
  /** Replaces `/`. */
  readonly directory: string;
  readonly #place = new WorkDirectory(tmpdir());
  readonly #options: RootOptions;

  constructor(options: RootOptions) {
    this.directory = join(this.#place.path, "root");
    this.#options = options;
  }

  /** Installs what the user named: an ident or the path of a hart. Throws as `installPackage`. */
  async install(source: string): Promise<InstalledPackage> {
    return this.#installed(await this.#install(source, this.#options.from));
  }

  /**
   * Installs what every export holds: the one that other packages brought already, else the depot's newest, else what this
   * machine has installed. Throws HAB-EXP-003.
   */
  async installBase(source: string): Promise<InstalledPackage> {
    const present = isRegularFile(source) ? undefined : this.find(source);
    if (present !== undefined) return present;
    try {
      return this.#installed(await this.#install(source, this.#options.baseFrom));
    } catch (error) {
      if (this.#options.signal.aborted) throw error;
      const local = installedHere(source);
      if (local !== undefined)
        try {
          return this.#installed(await this.#install(formatIdent(local), this.#options.baseFrom));
        } catch {
          // The artifact is no longer here: why the depot has none says more.
        }
      throw new HabError(exportErrors.baseMissing, `${source} cannot be had: ${describeError(error)}`, {
        cause: error,
      });
    }
  }

  /** Every package there is, sorted. */
  packages(): FullIdent[] {
    return listInstalled({ root: this.directory });
  }

  /** A package that is there, the newest of its name. */
  find(ident: string): InstalledPackage | undefined {
    return findInstalled(parseIdent(ident), { root: this.directory });
  }

  package(ident: FullIdent): InstalledPackage {
    return this.#installed(ident);
  }

  [Symbol.dispose](): void {
    this.#place[Symbol.dispose]();
  }

  async #install(source: string, { depot, channel }: Origin): Promise<FullIdent> {
    const { token, keys, report, signal } = this.#options;
    const { ident } = await installPackage({
      source,
      channel,
      depot,
      ignoreLocal: true,
      // Hooks are for the machine the export will run on.
      ignoreInstallHook: true,
      root: this.directory,
      keyCache: keys,
      ...(token && { token }),
      report,
      signal,
    });
    return ident;
  }

  #installed(ident: FullIdent): InstalledPackage {
    return new InstalledPackage(ident, this.directory);
  }
}

function installedHere(source: string): FullIdent | undefined {
  try {
    return findInstalled(parseIdent(source))?.ident;
  } catch {
    return undefined;
  }
}
