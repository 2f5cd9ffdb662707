// Another depot's channels, kept here: what is new there comes with all it depends on and the public keys, each package
// checked as an upload is; then the channel here is filled. What is here is not fetched again, and a download that was
// broken off goes on, so a mirror that was stopped at any moment is simply run again.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Secret } from "../../crypto/index.ts";
import { describeError, HabError, isKind } from "../../error/index.ts";
import { depotErrors } from "../errors.ts";
import type { OpenPlace } from "../place.ts";
import type { ChannelName } from "./bundle.ts";
import { fillChannel, ingest, ingestKey, isHere, type Recipient, recipientNamed } from "./ingest.ts";
import { forgetDownload, type Upstream, type UpstreamPackage, upstream } from "./upstream.ts";

/** Packages fetched at the same time. */
const PARALLEL = 4;

export interface MirrorOptions {
  /** Of the other depot. */
  readonly url: string;
  readonly token: Secret<string> | undefined;
  readonly channels: readonly ChannelName[];
  readonly targets: readonly string[];
  /** Only the newest release of each package, instead of all the channel holds. */
  readonly newestOnly: boolean;
  /** Takes out of the channel here what is not in it there. */
  readonly exactly: boolean;
  /** Account that acts, and owns origins that are not here yet. */
  readonly owner: string;
  readonly signal: AbortSignal;
  readonly onPackage?: (ident: string, target: string) => void;
}

export interface MirrorResult {
  readonly url: string;
  /** Idents that came, in order. */
  readonly added: readonly string[];
  /** Of the channels, already here. */
  readonly present: number;
  readonly promoted: number;
  readonly demoted: number;
  /** What could not be taken, and why; the rest was. */
  readonly failures: readonly { readonly ident: string; readonly reason: string }[];
}

export async function mirror(open: OpenPlace, options: MirrorOptions): Promise<MirrorResult> {
  const recipient = await recipientNamed(open, options.owner);
  const directory = join(open.dataDirectory, "mirror");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const run = new MirrorRun(open, recipient, upstream(options), directory, options);
  let promoted = 0;
  let demoted = 0;
  for (const { origin, channel } of options.channels) {
    const wanted: { ident: string; target: string }[] = [];
    let complete = true;
    for (const target of options.targets) {
      const newestFor = options.newestOnly ? target : undefined;
      const idents = await run.upstream.channelIdents(origin, channel, newestFor);
      const came = await run.fetchAll(idents, target);
      wanted.push(...came.here.map((ident) => ({ ident, target })));
      complete &&= came.complete;
    }
    // Something that could not be fetched just now must not look as if it had been demoted.
    const exactly = options.exactly && complete;
    const changed = await fillChannel(open, recipient, { origin, channel, exactly }, wanted);
    promoted += changed.promoted;
    demoted += changed.demoted;
  }
  const { added, present, failures } = run;
  return { url: options.url, added: [...added].sort(), present, promoted, demoted, failures };
}

class MirrorRun {
  readonly added: string[] = [];
  present = 0;
  readonly failures: { ident: string; reason: string }[] = [];
  readonly upstream: Upstream;
  readonly #open: OpenPlace;
  readonly #recipient: Recipient;
  readonly #directory: string;
  readonly #options: MirrorOptions;
  /** What is being fetched or was, by ident and target: packages share what they depend on. */
  readonly #fetched = new Map<string, Promise<boolean>>();
  readonly #keysOf = new Map<string, Promise<void>>();
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    open: OpenPlace,
    recipient: Recipient,
    from: Upstream,
    directory: string,
    options: MirrorOptions,
  ) {
    this.#open = open;
    this.#recipient = recipient;
    this.upstream = from;
    this.#directory = directory;
    this.#options = options;
  }

  /** Fetches these for a target. Gives those that are here now, and whether none failed. */
  async fetchAll(idents: readonly string[], target: string): Promise<{ here: string[]; complete: boolean }> {
    const here: string[] = [];
    const failedBefore = this.failures.length;
    const queue = [...idents].sort();
    const worker = async (): Promise<void> => {
      for (let ident = queue.shift(); ident !== undefined; ident = queue.shift()) {
        this.#options.signal.throwIfAborted();
        try {
          if (await this.#fetch(ident, target)) here.push(ident);
        } catch (error) {
          this.#options.signal.throwIfAborted();
          // A depot that does not answer at all ends the run; a package that is wrong does not.
          if (!(error instanceof HabError) || isKind(error, depotErrors.upstreamFailed)) throw error;
          this.failures.push({ ident, reason: describeError(error) });
        }
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    return { here, complete: this.failures.length === failedBefore };
  }

  /** One package after all it depends on; false when it is not there for this target. */
  async #fetch(ident: string, target: string): Promise<boolean> {
    if (await this.#isHereAlready(ident, target)) {
      this.present++;
      return true;
    }
    const offered = await this.upstream.package(ident, target);
    if (offered === undefined) return false;
    for (const needed of offered.tdeps)
      if (!(await this.#fetchAlone(needed, target)))
        throw new HabError(
          depotErrors.packageUnacceptable,
          `${ident} is not taken: ${needed}, which it needs, is not there for ${target}`,
        );
    return await this.#fetchAlone(ident, target);
  }

  /**
   * One package without what it depends on, which is among what whoever asks depends on. So none waits for another that
   * waits for it, whatever the other depot says of them.
   */
  #fetchAlone(ident: string, target: string): Promise<boolean> {
    const key = `${ident} ${target}`;
    const known = this.#fetched.get(key);
    if (known !== undefined) return known;
    const started = (async () => {
      if (await this.#isHereAlready(ident, target)) return true;
      const offered = await this.upstream.package(ident, target);
      if (offered === undefined) return false;
      await this.#inTurn(() => this.#bring(offered));
      this.added.push(ident);
      this.#options.onPackage?.(ident, target);
      return true;
    })();
    this.#fetched.set(key, started);
    // Whoever waits for it hears of a failure; that it also ends the run must not count as unheard.
    started.catch(() => undefined);
    return started;
  }

  async #isHereAlready(ident: string, target: string): Promise<boolean> {
    const row = await this.#open.database.db
      .selectFrom("packages")
      .select("id")
      .where("ident", "=", ident)
      .where("target", "=", target)
      .executeTakeFirst();
    return row !== undefined;
  }

  async #bring(offered: UpstreamPackage): Promise<void> {
    if (await isHere(this.#open, offered)) return;
    await this.#keys(offered.ident.split("/")[0] ?? "");
    const path = join(this.#directory, `${offered.checksum}.part`);
    await this.upstream.download(offered, path);
    try {
      await ingest(this.#open, this.#recipient, offered, Bun.file(path).stream(), this.#options.signal);
    } finally {
      if (!this.#options.signal.aborted) await forgetDownload(path);
    }
  }

  /** Public keys of an origin that are not here yet, once a run. */
  #keys(origin: string): Promise<void> {
    const known = this.#keysOf.get(origin);
    if (known !== undefined) return known;
    const started = (async () => {
      const rows = await this.#open.database.db
        .selectFrom("origin_keys")
        .select("revision")
        .where("origin", "=", origin)
        .where("kind", "=", "signing-public")
        .execute();
      const here = new Set(rows.map((row) => `${origin}-${row.revision}`));
      for (const text of await this.upstream.publicKeys(origin, (named) => !here.has(named)))
        await ingestKey(this.#open, this.#recipient, text);
    })();
    this.#keysOf.set(origin, started);
    return started;
  }

  /** Dependencies are fetched out of turn, so downloads are counted here. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    if (this.#running >= PARALLEL) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      await work();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }
}
