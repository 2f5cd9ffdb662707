// Which release each service runs, kept over a restart of the Supervisor (reference/services.md §15.4, §17): the original knows
// the newest that is installed and nothing else, and so takes a process that runs another one for what it is not.
import { describeError } from "../error/index.ts";
import { readTextIfPresent, writeFileWhole } from "../host/index.ts";
import {
  type FullIdent,
  findInstalled,
  formatIdent,
  type PackageIdent,
  parseFullIdent,
  satisfies,
} from "../package/index.ts";

export interface KeptRelease {
  /** What its process was started from. */
  readonly running: FullIdent;
  /** Whether an update chose it: then it is started again, too, whatever else is installed. */
  readonly isChosen: boolean;
}

export class KeptReleases {
  readonly #path: string;
  readonly #say: (content: string) => void;
  readonly #releases: Map<string, KeptRelease>;

  /** Reads what was kept; a file that cannot be read is as good as none. */
  constructor(path: string, say: (content: string) => void) {
    this.#path = path;
    this.#say = say;
    this.#releases = readReleases(path);
  }

  /** What was kept of a service, if it is a release of this ident. */
  get(name: string, ident: PackageIdent): KeptRelease | undefined {
    const kept = this.#releases.get(name);
    return kept !== undefined && satisfies(kept.running, ident) ? kept : undefined;
  }

  set(name: string, release: KeptRelease): void {
    const before = this.#releases.get(name);
    if (before !== undefined && text(before) === text(release)) return;
    this.#releases.set(name, release);
    this.#write();
  }

  /** The service was stopped or unloaded: its next start takes the newest again. */
  forget(name: string): void {
    if (this.#releases.delete(name)) this.#write();
  }

  #write(): void {
    const object = Object.fromEntries([...this.#releases].map(([name, kept]) => [name, plain(kept)]));
    try {
      writeFileWhole(this.#path, `${JSON.stringify(object)}\n`, { mode: 0o600 });
    } catch (error) {
      // Worse than nothing would be a service that is not started for it.
      this.#say(`Unable to record which releases run: ${describeError(error)}`);
    }
  }
}

export interface ReleaseToStart {
  /** Undefined: the newest that is installed. */
  readonly desired: FullIdent | undefined;
  /** What an update chose. */
  readonly chosen: FullIdent | undefined;
}

/**
 * Which release a service is to be started from: the one an update chose, in this Supervisor's time or before; for a process that
 * runs already, what it was started from.
 */
export async function releaseToStart(
  chosen: FullIdent | undefined,
  kept: KeptRelease | undefined,
  runs: () => Promise<boolean>,
): Promise<ReleaseToStart> {
  if (chosen !== undefined || kept === undefined || findInstalled(kept.running) === undefined)
    return { desired: chosen, chosen };
  if (kept.isChosen) return { desired: kept.running, chosen: kept.running };
  return { desired: (await runs()) ? kept.running : undefined, chosen: undefined };
}

function plain({ running, isChosen }: KeptRelease): { release: string; chosen: boolean } {
  return { release: formatIdent(running), chosen: isChosen };
}

function text(release: KeptRelease): string {
  return JSON.stringify(plain(release));
}

function readReleases(path: string): Map<string, KeptRelease> {
  try {
    const object = JSON.parse(readTextIfPresent(path) ?? "{}") as Record<string, unknown>;
    return new Map(
      Object.entries(object).map(([name, kept]) => {
        const { release, chosen } = kept as { release: string; chosen?: boolean };
        return [name, { running: parseFullIdent(release), isChosen: chosen === true }];
      }),
    );
  } catch {
    return new Map();
  }
}
