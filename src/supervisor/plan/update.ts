// What an update strategy wants next (reference/services.md §15.3). A strategy is a function of what is known → one
// step; the updater carries steps out and asks again. Pure.
import { type FullIdent, type PackageIdent, parseFullIdent } from "../../package/index.ts";
import { type CensusGroup, previousPeer } from "../census/census.ts";
import type { ServiceSpec, UpdateStrategy } from "../spec/spec.ts";

export interface UpdateContext {
  readonly spec: ServiceSpec;
  readonly running: FullIdent;
  readonly memberId: string;
  /** The service's group in the census; undefined before it is there. */
  readonly group: CensusGroup | undefined;
}

export type UpdateStep =
  /** Look for a release of this; `pkgIncarnation` goes with it when one is found. */
  | { readonly kind: "poll"; readonly ident: PackageIdent; readonly pkgIncarnation: bigint | undefined }
  /** Install exactly this release and change to it. */
  | { readonly kind: "follow"; readonly ident: FullIdent; readonly pkgIncarnation: bigint }
  /** Nothing to do before the census changes. */
  | { readonly kind: "wait" };

type Strategy = (context: UpdateContext) => UpdateStep;

const STRATEGIES: Record<UpdateStrategy, Strategy | undefined> = {
  none: undefined,
  "at-once": ({ spec }) => ({ kind: "poll", ident: spec.ident, pkgIncarnation: undefined }),
  rolling,
};

/** Whether a strategy looks for updates at all. */
export function looksForUpdates(strategy: UpdateStrategy): boolean {
  return STRATEGIES[strategy] !== undefined;
}

/** The next step of a service's strategy. */
export function nextUpdateStep(context: UpdateContext): UpdateStep {
  return STRATEGIES[context.spec.updateStrategy]?.(context) ?? { kind: "wait" };
}

/** One member after the other, led by the update leader. A member that is alone in its group leads itself. */
function rolling({ spec, memberId, group }: UpdateContext): UpdateStep {
  if (group === undefined) return { kind: "wait" };
  const members = [...group.population.values()];
  const alone = members.filter((member) => member.health === "alive").length <= 1;
  if (alone || group.updateLeaderId === memberId) {
    return { kind: "poll", ident: spec.ident, pkgIncarnation: group.pkgIncarnation + 1n };
  }
  const me = group.population.get(memberId);
  const leader = group.updateLeaderId === undefined ? undefined : group.population.get(group.updateLeaderId);
  const before = previousPeer(members, memberId);
  if (me === undefined || leader === undefined || before === undefined) return { kind: "wait" };
  const isOurTurn =
    leader.pkgIncarnation > me.pkgIncarnation &&
    leader.pkgIncarnation === group.pkgIncarnation &&
    before.pkgIncarnation === leader.pkgIncarnation;
  if (!isOurTurn) return { kind: "wait" };
  return { kind: "follow", ident: parseFullIdent(leader.package), pkgIncarnation: leader.pkgIncarnation };
}

const FIRST_TO_UPDATE = 2n ** 64n - 1n;

/**
 * How suitable this member is to lead the group's rolling update; undefined where nobody leads one, or before a leader
 * topology knows its leader: that one is to be updated last (butterfly.md §13.1).
 */
export function updateSuitability(
  spec: ServiceSpec,
  memberId: string,
  group: CensusGroup | undefined,
): bigint | undefined {
  if (spec.updateStrategy !== "rolling" || group === undefined) return undefined;
  if (spec.topology === "standalone") return 0n;
  if (group.leaderId === undefined) return undefined;
  return group.leaderId === memberId ? 0n : FIRST_TO_UPDATE;
}

/** Least time between two polls unless the check is bypassed. */
const SHORTEST_PERIOD_MS = 60_000;

/** Milliseconds between polls: the option, or `HAB_UPDATE_STRATEGY_PERIOD_MS` raised to a minute (§15.1). */
export function updatePeriodMs(
  optionSeconds: number,
  environment: { readonly period: string | undefined; readonly bypass: boolean },
): number {
  if (environment.period === undefined) return optionSeconds * 1000;
  const period = /^\d+$/.test(environment.period) ? Number(environment.period) : SHORTEST_PERIOD_MS;
  return environment.bypass ? Math.max(1, period) : Math.max(period, SHORTEST_PERIOD_MS);
}
