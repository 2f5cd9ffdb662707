// Which release of its own program a Supervisor changes to, and how often it looks (reference/services.md §16,
// supervisor.md §20). Pure.
import { compareIdents, type FullIdent, formatIdent } from "../../package/index.ts";

/** The newest of those offered that is newer than what runs and was not refused; never an older one. */
export function successorOf(
  running: FullIdent,
  offered: readonly FullIdent[],
  isRefused: (name: string) => boolean,
): FullIdent | undefined {
  return offered
    .filter((each) => isNewer(each, running) && !isRefused(formatIdent(each)))
    .reduce<FullIdent | undefined>(
      (best, each) => (best === undefined || isNewer(each, best) ? each : best),
      undefined,
    );
}

export function isNewer(release: FullIdent, than: FullIdent): boolean {
  return (compareIdents(release, than) ?? 0) > 0;
}

/** Milliseconds between two looks: `HAB_SUP_UPDATE_MS`, else the option, a second at least. */
export function selfUpdatePeriodMs(optionSeconds: number, variable: string | undefined): number {
  const fromVariable = /^\d+$/.test(variable ?? "") ? Number(variable) : 0;
  return fromVariable > 0 ? fromVariable : Math.max(1, optionSeconds) * 1000;
}
