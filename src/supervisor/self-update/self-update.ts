// The Supervisor's own updates (reference/services.md §16): looks for a newer release of the package its program is of,
// installs it, and has the launcher start it in this one's place, on trial. The launcher returns from what does not prove itself
// and knows it from then on (docs/decisions/0026-self-update.md).
import { describeError, isKind } from "../../error/index.ts";
import { type LauncherClient, launcherErrors, type SlotsReport } from "../../launcher/index.ts";
import {
  type FullIdent,
  isFullIdent,
  listInstalled,
  type PackageIdent,
  parseIdent,
  releaseOf,
} from "../../package/index.ts";
import type { Installer, PackageOrigin } from "../install.ts";
import { type Output, PROGRAM } from "../output.ts";
import { isNewer, successorOf } from "../plan/self-update.ts";
import { type ChannelInterest, type ChannelNews, concerns } from "../update/depot-listener.ts";
import { programOf } from "./own-program.ts";

/** Many Supervisors that hear of the same change do not ask the depot in the same moment. */
const NEWS_SPLAY_MS = 1000;

export interface SelfUpdateOptions {
  /** The release this program is of. */
  readonly own: FullIdent | undefined;
  readonly launcher: Pick<LauncherClient, "slots" | "offer" | "pardon">;
  readonly installer: Pick<Installer, "head" | "exact" | "keepLatest">;
  readonly output: Output;
  /** Where to look and how often; absent without `--auto-update`. */
  readonly automatic?: {
    readonly from: PackageOrigin;
    readonly periodMs: number;
    /** In [0, 1). */
    readonly random: number;
    /** The launcher has taken a release: end, so that it is started. */
    readonly taken: (release: FullIdent) => void;
  };
  /** How many releases of its package stay installed; absent: all. */
  readonly keepLatestPackages?: number;
}

export class SelfUpdate {
  readonly #options: SelfUpdateOptions;
  readonly #life = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #slots: SlotsReport | undefined;
  #looking = false;
  /** Something was heard of the channel since the last look began. */
  #isNews = false;
  /** What keeps it from being updated, beside releases that were refused. */
  #problem: string | undefined;

  private constructor(options: SelfUpdateOptions) {
    this.#options = options;
  }

  /** Asks the launcher what it knows, and begins to look where that is asked for and possible. */
  static async begin(options: SelfUpdateOptions): Promise<SelfUpdate> {
    const update = new SelfUpdate(options);
    update.#slots = await options.launcher.slots().catch(() => undefined);
    update.#begin();
    return update;
  }

  #begin(): void {
    const { automatic } = this.#options;
    if (automatic === undefined) return;
    this.#problem = this.#obstacle();
    if (this.#problem !== undefined) this.#say(`--auto-update has no effect: ${this.#problem}`);
    // Many Supervisors started together do not ask the depot together.
    else this.#timer = setTimeout(() => void this.#look(), automatic.random * automatic.periodMs);
  }

  /** Why this Supervisor can never be updated, as it was started. */
  #obstacle(): string | undefined {
    if (this.#slots === undefined)
      return "the launcher is of a version that cannot start another Supervisor: restart it too";
    if (this.#slots.fixed) return "HAB_SUP_BINARY names the program of the Supervisor";
    return this.#options.own === undefined
      ? "this program is not of an installed package: install one (hab pkg install ORIGIN/hab-sup) and start its bin/hab"
      : undefined;
  }

  /** The channel whose changes concern the Supervisor, if it looks for updates. */
  interests(): ChannelInterest[] {
    const { own, automatic } = this.#options;
    if (own === undefined || automatic === undefined || this.#timer === undefined) return [];
    return [{ url: automatic.from.bldrUrl, origin: own.origin, channel: automatic.from.channel }];
  }

  /** A channel changed: it is looked at soon, if it is ours. A look that is under way is followed by another. */
  channelChanged(news: ChannelNews): void {
    const { automatic } = this.#options;
    if (automatic === undefined || !this.interests().some((each) => concerns(news, each))) return;
    this.#isNews = true;
    if (this.#looking) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), automatic.random * NEWS_SPLAY_MS);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    this.#isNews = false;
    try {
      await this.#lookOnce();
    } finally {
      this.#looking = false;
    }
  }

  async #lookOnce(): Promise<void> {
    const { own, installer, automatic } = this.#options;
    if (own === undefined || automatic === undefined) return;
    try {
      const head = await installer.head(packageOf(own), automatic.from, this.#life.signal);
      // Compat: what is installed counts beside what the channel offers.
      const release = await this.#successor(own, [...(head === undefined ? [] : [head]), ...installed(own)]);
      this.#problem = undefined;
      if (release !== undefined) {
        await installer.exact(release, automatic.from, this.#life.signal);
        await this.#offer(release);
        automatic.taken(release);
        return;
      }
    } catch (error) {
      if (this.#life.signal.aborted) return;
      const problem = describeError(error);
      if (problem !== this.#problem) this.#say(`Unable to update the Supervisor: ${problem}`);
      this.#problem = problem;
      this.#slots = await this.#options.launcher.slots().catch(() => this.#slots);
    }
    if (this.#life.signal.aborted) return;
    const waitMs = this.#isNews ? NEWS_SPLAY_MS : automatic.periodMs;
    this.#timer = setTimeout(() => void this.#look(), waitMs);
  }

  /** The release to change to. None while this one is on trial: what comes before it must be certain. */
  async #successor(own: FullIdent, offered: readonly FullIdent[]): Promise<FullIdent | undefined> {
    this.#slots = await this.#options.launcher.slots();
    if (this.#slots === undefined || this.#slots.onTrial || this.#slots.fixed) return undefined;
    const refused = new Set(this.#slots.refused.map(({ name }) => name));
    return successorOf(own, offered, (name) => refused.has(name));
  }

  async #offer(release: FullIdent): Promise<void> {
    const program = programOf(release);
    this.#say(`Updating the Supervisor to ${program.name}`);
    await this.#options.launcher.offer(program);
  }

  /**
   * The Supervisor is about to be restarted by hand: a newer release that is installed takes its place then (reference/supervisor.md
   * §20). `retry`: also one that was refused. What stands against it is told, and is no reason not to restart.
   */
  async beforeRestart(retry: boolean): Promise<void> {
    const { own, launcher } = this.#options;
    if (own === undefined) return;
    try {
      if (retry) await launcher.pardon();
      const release = await this.#successor(own, installed(own));
      if (release !== undefined) await this.#offer(release);
    } catch (error) {
      this.#say(`Unable to update the Supervisor: ${describeError(error)}`);
      if (isKind(error, launcherErrors.notTried)) this.#say(launcherErrors.notTried.remedy);
    }
  }

  /** The Supervisor serves, or is no longer on trial: old releases of its package may go (`--keep-latest-packages`). */
  async clean(): Promise<void> {
    const { own, keepLatestPackages: count, installer, launcher } = this.#options;
    if (own === undefined || count === undefined) return;
    try {
      const slots = await launcher.slots();
      this.#slots = slots;
      // Compat: only where the newest runs. On trial, the one before it is still needed.
      if (slots?.onTrial === true || installed(own).some((each) => isNewer(each, own))) return;
      const needed = [own, releaseOf(slots?.launcher ?? ""), releaseOf(slots?.good?.path ?? "")];
      await installer.keepLatest(packageOf(own), count, () => needed.flatMap((each) => each ?? []));
    } catch (error) {
      if (!this.#life.signal.aborted)
        this.#say(`Unable to remove old releases of the Supervisor: ${describeError(error)}`);
    }
  }

  /** What keeps the Supervisor from being updated, a sentence each. */
  problems(): string[] {
    const { own } = this.#options;
    const refused = (this.#slots?.refused ?? []).filter(
      ({ name }) => own !== undefined && isOfAndNewer(name, own),
    );
    return [
      ...(this.#problem === undefined ? [] : [`the Supervisor does not update itself: ${this.#problem}`]),
      ...refused.map(({ name, reason }) => `the Supervisor went back from ${name}: ${reason}`),
    ];
  }

  close(): void {
    this.#life.abort();
    clearTimeout(this.#timer);
  }

  #say(content: string): void {
    this.#options.output.line(PROGRAM, "SU", content);
  }
}

/** Whether a name is that of a release of our package that is newer than ours. */
function isOfAndNewer(name: string, own: FullIdent): boolean {
  let ident: PackageIdent;
  try {
    ident = parseIdent(name);
  } catch {
    return false; // not of a package
  }
  if (!isFullIdent(ident)) return false;
  return ident.origin === own.origin && ident.name === own.name && isNewer(ident, own);
}

function packageOf({ origin, name }: FullIdent): PackageIdent {
  return { origin, name };
}

function installed(own: FullIdent): FullIdent[] {
  return listInstalled({ ident: packageOf(own) });
}
