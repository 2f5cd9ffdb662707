// The lock of one build, if it has one: what locks do is loaded only then.
import { HabError, isKind } from "../../error/index.ts";
import {
  type ArchiveMetadata,
  type FullIdent,
  formatIdent,
  InstalledPackage,
  type PackageIdent,
  parseIdent,
} from "../../package/index.ts";
import { buildErrors } from "../errors.ts";
import type { BuildLock, LockContext } from "./build-lock.ts";
import { identOf } from "./keeper.ts";

/** How a build is locked. `hart`: to what this hart was built with. */
export type LockMode =
  | { readonly kind: "none" }
  | { readonly kind: "write" }
  | { readonly kind: "obey" }
  | { readonly kind: "hart"; readonly hart: Pick<ArchiveMetadata, "ident" | "deps" | "buildDeps"> };

/** The lock of one build. It is opened when the plan has been found, as its file is beside it. */
export class LockSlot {
  readonly #mode: LockMode;
  readonly #context: Omit<LockContext, "planDirectory">;
  #current: BuildLock | undefined;

  constructor(mode: LockMode, context: Omit<LockContext, "planDirectory">) {
    this.#mode = mode;
    this.#context = context;
  }

  get current(): BuildLock | undefined {
    return this.#current;
  }

  /** Throws HAB-BLD-043 and HAB-BLD-044. */
  async open(planDirectory: string): Promise<void> {
    if (this.#mode.kind === "none") return;
    const { obeyLock, releasesOfHart, writeLock } = await import("./build-lock.ts");
    const context = { ...this.#context, planDirectory };
    if (this.#mode.kind === "obey") this.#current = obeyLock(context);
    else if (this.#mode.kind === "write") this.#current = writeLock(context);
    else this.#current = releasesOfHart(this.#mode.hart);
  }

  /**
   * Has `get` find the release for these words of a plan, or the one that the lock has for them, and answers what it
   * answers: the path of the package first. Throws HAB-BLD-044, HAB-BLD-045 and what `get` throws.
   */
  async choose(
    wish: string,
    get: (
      wanted: PackageIdent,
      hartDigests: ReadonlyMap<string, string>,
    ) => readonly string[] | Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const lock = this.#current;
    const release = lock?.releaseFor(wish);
    if (lock === undefined || release === undefined || this.#mode.kind === "write") {
      const found = await get(release ?? parseIdent(wish), NO_DIGESTS);
      lock?.noteRelease(wish, identOf(found[0] ?? ""));
      return found;
    }
    try {
      return await get(release, lock.hartDigests);
    } catch (error) {
      const name = formatIdent(release);
      throw new HabError(
        buildErrors.lockedReleaseGone,
        `${name}, which is locked for ${wish}, cannot be had`,
        {
          cause: error,
        },
      );
    }
  }
}

const NO_DIGESTS: ReadonlyMap<string, string> = new Map();

/** Whether this is something that a build without a lock would not have met. */
export function isAboutLock(error: unknown): boolean {
  return [
    buildErrors.badLock,
    buildErrors.lockDisagrees,
    buildErrors.lockedReleaseGone,
    buildErrors.noHartToLock,
  ].some((kind) => isKind(error, kind));
}

/** Throws HAB-BLD-047 when this release is installed: a build would mix its files with those that are there. */
export function requireNoRelease(ident: FullIdent, root: string): void {
  // Of whatever target.
  if (new InstalledPackage(ident, root).metafile("TARGET") !== undefined)
    throw new HabError(buildErrors.releaseExists, `${formatIdent(ident)} is installed`);
}
