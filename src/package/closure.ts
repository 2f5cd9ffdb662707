// Installing a package with all it needs: everything that is missing is fetched, verified and unpacked beside its place,
// and only then put there, dependencies first. Until the first rename nothing can be seen; a failure leaves nothing.
// What another process is installing already is left to it (claim.ts).
import { statSync } from "node:fs";
import { HabError } from "../error/index.ts";
import { sweepTemporaries, syncFileSystem, syncTrees } from "../host/index.ts";
import { type ArtifactContext, stagedDependencies } from "./artifact.ts";
import { Claim, pauseBeforeRetry } from "./claim.ts";
import { packageErrors } from "./errors.ts";
import { findArtifact, stageOrRefetch } from "./fetch.ts";
import { type FullIdent, formatIdent, sameIdent } from "./ident.ts";
import { explainSystemError, type Staging, sweepBeside } from "./staging.ts";
import { findInstalled, isInstalled } from "./store.ts";

/** Downloads at a time. More only makes each slower. */
const DOWNLOADS_AT_A_TIME = 4;

/** Each takes about 0.1 ms where nothing is left to be written; a sync of the file system, 2 ms and all that others have to write. */
const MOST_SINGLE_SYNCS = 256;

/** More dependencies than any package has; each is looked up, locked and perhaps fetched. */
const MOST_DEPENDENCIES = 10_000;

/**
 * Installs the package, which `stage` unpacks, and its run-time dependencies. Answers what was not there before, in the
 * order in which it appeared.
 */
export async function installClosure(
  ident: FullIdent,
  stage: () => Promise<Staging>,
  context: ArtifactContext,
  signal: AbortSignal | undefined,
): Promise<FullIdent[]> {
  const work = new ClosureInstall(context, signal);
  try {
    return await work.run(ident, stage);
  } catch (error) {
    throw explainSystemError(error, ident);
  } finally {
    work.close();
  }
}

class ClosureInstall {
  readonly #context: ArtifactContext;
  readonly #signal: AbortSignal | undefined;
  readonly #claims: Claim[] = [];
  /** Unpacked and not yet in place: dependents before what they need, so the package itself first. */
  #staged: Staging[] = [];
  readonly #installed: FullIdent[] = [];

  constructor(context: ArtifactContext, signal: AbortSignal | undefined) {
    this.#context = context;
    this.#signal = signal;
  }

  async run(ident: FullIdent, stage: () => Promise<Staging>): Promise<FullIdent[]> {
    const { root, report } = this.#context;
    let existing = findInstalled(ident, { root });
    if (existing === undefined) {
      const onWait = () => report({ kind: "waiting", ident });
      this.#claims.push(await Claim.whenFree(ident, root, { signal: this.#signal, onWait }));
      existing = findInstalled(ident, { root });
    }
    let dependencies: readonly FullIdent[];
    if (existing !== undefined) {
      report({ kind: "using", ident });
      dependencies = existing.tdeps;
    } else {
      const top = await stage();
      this.#staged.push(top);
      dependencies = stagedDependencies(top);
    }
    const missing = this.#missingOf(dependencies, ident);
    const busy = await this.#stageFree(missing);
    if (busy.length > 0) await this.#waitFor(busy, missing);
    await this.#publish(() => true);
    this.#sweep([ident, ...dependencies]);
    return this.#installed;
  }

  /** Discards what was not put in place and lets others have their turn. Never throws. */
  close(): void {
    for (const each of this.#staged) each.discard();
    for (const each of this.#claims) each.release();
  }

  #missingOf(dependencies: readonly FullIdent[], ident: FullIdent): FullIdent[] {
    const { report } = this.#context;
    if (dependencies.length > MOST_DEPENDENCIES)
      throw new HabError(
        packageErrors.metafileMalformed,
        `${formatIdent(ident)} names ${dependencies.length} dependencies`,
      );
    const missing = new Map<string, FullIdent>();
    for (const each of dependencies) {
      if (this.#isThere(each)) report({ kind: "using", ident: each });
      else missing.set(formatIdent(each), each);
    }
    missing.delete(formatIdent(ident));
    return [...missing.values()];
  }

  #isThere(dependency: FullIdent): boolean {
    const { root, otherRoots = [] } = this.#context;
    return [root, ...otherRoots].some((each) => isInstalled(dependency, each));
  }

  /** What processes that were killed have left of these releases, and in the caches when there was work to do. */
  #sweep(idents: readonly FullIdent[]): void {
    const { root, artifactCache, keys } = this.#context;
    for (const each of idents) if (isInstalled(each, root)) sweepBeside(each, root);
    if (this.#installed.length === 0) return;
    sweepTemporaries(artifactCache);
    sweepTemporaries(keys.directory);
  }

  /** Claims and stages those that nobody else is installing; answers the others. */
  async #stageFree(idents: readonly FullIdent[]): Promise<FullIdent[]> {
    const busy: FullIdent[] = [];
    const free: FullIdent[] = [];
    for (const each of idents) {
      const claim = Claim.take(each, this.#context.root);
      if (claim === undefined) busy.push(each);
      else {
        this.#claims.push(claim);
        // Whoever held the claim may have installed it just now.
        if (isInstalled(each, this.#context.root)) this.#context.report({ kind: "using", ident: each });
        else free.push(each);
      }
    }
    await this.#stageAll(free);
    return busy;
  }

  /** Fetches a few at a time, stages one after the other: decompressing takes all there is. */
  async #stageAll(idents: readonly FullIdent[]): Promise<void> {
    const stop = new AbortController();
    const either = this.#signal === undefined ? stop.signal : AbortSignal.any([this.#signal, stop.signal]);
    const fetches: Promise<string>[] = [];
    const startNext = () => {
      const ident = idents[fetches.length];
      if (ident === undefined) return;
      const fetch = findArtifact(ident, this.#context, either);
      // Awaited in turn below; until then a failure must not count as unhandled.
      fetch.catch(() => undefined);
      fetches.push(fetch);
    };
    for (let i = 0; i < DOWNLOADS_AT_A_TIME; i++) startNext();
    try {
      for (const [i, ident] of idents.entries()) {
        this.#signal?.throwIfAborted();
        const path = await (fetches[i] as Promise<string>);
        startNext();
        this.#staged.push(await stageOrRefetch(path, ident, this.#context, either));
      }
    } finally {
      stop.abort();
      await Promise.allSettled(fetches);
    }
  }

  /**
   * Until others have installed `busy`, or have given it up. Meanwhile everything whose own needs are met appears: of two
   * that wait for each other, one can always go on.
   */
  async #waitFor(busy: readonly FullIdent[], order: readonly FullIdent[]): Promise<void> {
    const { root, report } = this.#context;
    const place = new Map(order.map((each, index) => [formatIdent(each), index]));
    let waiting = busy;
    let isTold = false;
    for (;;) {
      await this.#publish((each) => stagedDependencies(each).every((dep) => this.#isThere(dep)));
      for (const each of waiting) if (isInstalled(each, root)) report({ kind: "using", ident: each });
      waiting = waiting.filter((each) => !isInstalled(each, root));
      const [first] = waiting;
      if (first === undefined) return;
      const still = await this.#stageFree(waiting);
      this.#staged.sort((a, b) => placeOf(a, place) - placeOf(b, place));
      if (still.length === waiting.length) {
        if (!isTold) report({ kind: "waiting", ident: first });
        isTold = true;
        await pauseBeforeRetry(this.#signal);
      }
      waiting = still;
    }
  }

  /** Puts those that are ready in place, what they need first. */
  async #publish(isReady: (staged: Staging) => boolean): Promise<void> {
    const { report } = this.#context;
    this.#signal?.throwIfAborted();
    const ready = this.#staged.filter(isReady);
    if (ready.length === 0) return;
    // What a power cut could lose must not be seen yet.
    await makeDurable(ready);
    for (const each of ready.toReversed()) {
      if (each.commit()) this.#installed.push(each.ident);
      report({ kind: "installed", ident: each.ident });
      each.discard();
      this.#staged = this.#staged.filter((other) => other !== each);
      this.#giveUp(each.ident);
    }
  }

  #giveUp(ident: FullIdent): void {
    const index = this.#claims.findIndex((claim) => sameIdent(claim.ident, ident));
    this.#claims.splice(index, index < 0 ? 0 : 1)[0]?.release();
  }
}

/** The package itself, which is nobody's dependency here, comes before all others. */
function placeOf(staged: Staging, place: ReadonlyMap<string, number>): number {
  return place.get(formatIdent(staged.ident)) ?? -1;
}

/**
 * Writes what was unpacked, and the directories made for it, to disk. A few files are synced one by one, so that nobody waits
 * for what other programs have written; for many the whole file system is quicker.
 */
async function makeDurable(staged: readonly Staging[]): Promise<void> {
  const directories = new Set(staged.flatMap((each) => each.parents()));
  const trees = staged.map((each) => each.directory);
  if (await syncTrees(trees, [...directories], MOST_SINGLE_SYNCS)) return;
  const fileSystems = new Map(trees.map((each) => [statSync(each).dev, each]));
  for (const each of fileSystems.values()) await syncOnThread(each);
}

/** Syncs the file system away from the thread that others wait for: it may take as long as the disk does. */
async function syncOnThread(directory: string): Promise<void> {
  const { Thread } = await import("./thread/thread.ts");
  const thread = await Thread.start();
  if (thread === undefined) {
    syncFileSystem(directory);
    return;
  }
  try {
    for await (const _ of thread.run({ kind: "sync", directory }));
  } finally {
    thread.stop();
  }
}
