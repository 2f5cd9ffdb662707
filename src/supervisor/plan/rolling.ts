// The rolling strategy: one member after the other, led by the update leader (reference/services.md §15.3, butterfly.md
// §13.1, §15). The numbers and the order are the original's, so that members of both kinds update together: the leader
// tells a release under a number of its own (`pkg_incarnation`), and each member goes when those before it tell that number. Ours tell it when their service is up, not when its start begins; the leader does not change again while a
// member is on its way; and a member that comes with another release is taken along. Pure.
import {
  compareIdents,
  type FullIdent,
  formatIdent,
  parseFullIdent,
  satisfies,
} from "../../package/index.ts";
import { activeMembers, type CensusGroup, type CensusMember } from "../census/census.ts";
import type { ServiceSpec } from "../spec/spec.ts";
import { isWanted, pollForItself, type UpdateContext, type UpdateStep, type Waiting } from "./update-step.ts";

/** The next step of a member. One that is alone in its group leads itself. */
export function rolling(context: UpdateContext): UpdateStep {
  const { group, memberId, arrived, running, settled, found } = context;
  // Before, the group might look empty that has a leader.
  if (!arrived) return { kind: "wait", waiting: { kind: "arrival" } };
  const me = group?.population.get(memberId);
  if (group === undefined || isAlone(group, memberId)) return pollForItself(context);
  if (me === undefined) return comeIn(context, group);
  const step = group.updateLeaderId === memberId ? lead(context, group, me) : follow(context, group, me);
  // Last, when there is no other word to say it with: in between, it would look as if it were not to say that other word.
  const isOver =
    me.changing && settled && (step.kind === "wait" || (step.kind === "poll" && found !== undefined));
  return isOver ? { kind: "tell", ident: running, pkgIncarnation: me.pkgIncarnation } : step;
}

/** A dead member counts: it may come back, or live on the other side of a broken network. */
function isAlone({ population }: CensusGroup, memberId: string): boolean {
  return [...population.values()].every(
    (member) => member.memberId === memberId || member.health === "departed",
  );
}

/** The service could never be started: it takes the group's release, whoever's turn it is. */
function comeIn(context: UpdateContext, group: CensusGroup): UpdateStep {
  const leader = leaderOf(group);
  if (leader === undefined) return { kind: "wait", waiting: { kind: "leader" } };
  if (leader.pkgIncarnation < group.pkgIncarnation)
    return { kind: "wait", waiting: { kind: "leading", memberId: leader.memberId } };
  const target = releaseFor(context.spec, leader);
  if (target === undefined) return { kind: "wait", waiting: { kind: "foreign", release: leader.package } };
  if (formatIdent(target) === formatIdent(context.running))
    return { kind: "wait", waiting: { kind: "settling" } };
  return { kind: "change", ident: target };
}

function lead(context: UpdateContext, group: CensusGroup, me: CensusMember): UpdateStep {
  const { spec, running, found, settled, patienceOver } = context;
  const { pkgIncarnation } = me;
  const next = group.pkgIncarnation + 1n;
  const { leaderId } = group;
  if (
    leaderId !== undefined &&
    leaderId !== context.yieldedFor &&
    isMisplaced(spec, group, me) &&
    isAtRest(group)
  )
    return { kind: "yield", leaderId };
  // Elected in the middle of an update: the others wait for our word.
  if (found === undefined) return { kind: "poll", atOnce: pkgIncarnation < group.pkgIncarnation };
  const wanted = wantedByLeader(context, group, me, found);
  if (wanted !== undefined) {
    const before = onItsWay(group, me);
    if (before === undefined || patienceOver) return { kind: "change", ident: wanted, pkgIncarnation: next };
    // Told first, so that none who waits for its turn goes to the release we are about to leave.
    if (me.package !== formatIdent(wanted)) return { kind: "tell", ident: wanted, pkgIncarnation };
    return { kind: "poll", waiting: waitingFor(before) };
  }
  if (me.package !== formatIdent(running)) return { kind: "tell", ident: running, pkgIncarnation };
  if (!settled) return { kind: "poll", waiting: { kind: "settling" } };
  const others = othersOf(group, me.memberId).filter(({ package: release }) =>
    differs(spec, release, running),
  );
  if (others.some((member) => member.pkgIncarnation >= pkgIncarnation && !wasTold(context, member)))
    return { kind: "tell", ident: running, pkgIncarnation: next };
  if (pkgIncarnation < group.pkgIncarnation)
    return { kind: "tell", ident: running, pkgIncarnation: group.pkgIncarnation };
  const left = firstBehind(group) ?? others[0];
  return left === undefined ? { kind: "poll" } : { kind: "poll", waiting: waitingFor(left) };
}

/** Whether another member should lead the updates, so that the leader of a leader topology is the last to change. */
function isMisplaced(spec: ServiceSpec, group: CensusGroup, me: CensusMember): boolean {
  const first = firstToChange(spec, group);
  return first !== undefined && first !== me.memberId;
}

/** Nobody is changing, or waited for. */
function isAtRest(group: CensusGroup): boolean {
  return activeMembers(group).every(
    (member) => !member.changing && member.pkgIncarnation === group.pkgIncarnation,
  );
}

/** What the leader is to change to: the channel's release, or with `latest` a newer one the group has begun to change to. */
function wantedByLeader(
  { spec, running }: UpdateContext,
  group: CensusGroup,
  me: CensusMember,
  found: FullIdent,
): FullIdent | undefined {
  const begun = me.pkgIncarnation < group.pkgIncarnation && spec.updateCondition === "latest";
  const candidates = [
    found,
    ...(begun ? front(group).flatMap((member) => releaseFor(spec, member) ?? []) : []),
  ];
  return candidates
    .filter((release) => isWanted(spec, release, running))
    .reduce<FullIdent | undefined>(
      (best, each) => (best === undefined || (compareIdents(each, best) ?? 0) > 0 ? each : best),
      undefined,
    );
}

/** Whoever joins in the midst of an update may come before one that is under way. */
function changingOther(group: CensusGroup, { memberId }: CensusMember): CensusMember | undefined {
  return othersOf(group, memberId).find((member) => member.changing);
}

/**
 * A member that may be between two releases now. While we lead an update, all that are behind may go at any moment; while
 * others wait for our word, only those that have begun.
 */
function onItsWay(group: CensusGroup, me: CensusMember): CensusMember | undefined {
  const changing = changingOther(group, me);
  if (changing !== undefined) return changing;
  const behind = othersOf(group, me.memberId).filter(
    (member) => member.pkgIncarnation < group.pkgIncarnation,
  );
  if (me.pkgIncarnation === group.pkgIncarnation) return behind[0];
  const releases = new Set(front(group).map((member) => member.package));
  return behind.find((member) => releases.has(member.package));
}

function differs(spec: ServiceSpec, release: string, running: FullIdent): boolean {
  if (release === formatIdent(running)) return false;
  const other = parsed(release);
  if (spec.updateCondition === "track-channel" || other === undefined) return true;
  return (compareIdents(other, running) ?? -1) < 0;
}

/** Whether it had our word on this release and went elsewhere, or could not take it: it is not told again and again. */
function wasTold({ claim, running }: UpdateContext, { pkgIncarnation }: CensusMember): boolean {
  return (
    claim !== undefined &&
    formatIdent(claim.ident) === formatIdent(running) &&
    pkgIncarnation >= claim.pkgIncarnation
  );
}

function follow(context: UpdateContext, group: CensusGroup, me: CensusMember): UpdateStep {
  // Something else was told while it was to change as a leader; it did not.
  if (me.package !== formatIdent(context.running))
    return { kind: "tell", ident: context.running, pkgIncarnation: me.pkgIncarnation };
  const { spec, running, settled, patienceOver } = context;
  const leader = leaderOf(group);
  const isThere = me.pkgIncarnation === group.pkgIncarnation;
  const isLed = leader !== undefined && leader.pkgIncarnation === group.pkgIncarnation;
  // Nobody goes before the leader's word, so that it does not matter whose turn it is: the leader waits for this.
  if (!isThere && !isLed && settled && front(group).some((member) => member.package === me.package))
    return { kind: "tell", ident: running, pkgIncarnation: group.pkgIncarnation };
  if (leader === undefined) return { kind: "wait", waiting: { kind: "leader" } };
  if (!isLed) return { kind: "wait", waiting: { kind: "leading", memberId: leader.memberId } };
  if (isThere) return { kind: "wait", ...waitingOf(waitingForOthers(context, group, leader)) };
  const before = inTurn(group, leader.memberId).find(
    (member) => member.memberId === me.memberId || member.pkgIncarnation !== leader.pkgIncarnation,
  );
  if (before !== undefined && before !== me) return { kind: "wait", waiting: waitingFor(before) };
  const target = releaseFor(spec, leader);
  if (target === undefined) return { kind: "wait", waiting: { kind: "foreign", release: leader.package } };
  const { pkgIncarnation } = leader;
  if (leader.package !== formatIdent(running)) {
    // Another one is elected soon, who then may begin at the same moment as we.
    if (leader.health !== "alive")
      return { kind: "wait", waiting: { kind: "leading", memberId: leader.memberId } };
    const other = changingOther(group, me);
    return other === undefined || patienceOver
      ? { kind: "change", ident: target, pkgIncarnation }
      : { kind: "wait", waiting: waitingFor(other) };
  }
  return settled
    ? { kind: "tell", ident: running, pkgIncarnation }
    : { kind: "wait", waiting: { kind: "settling" } };
}

/** What a member that is done sees others lack. */
function waitingForOthers(
  { spec, running }: UpdateContext,
  group: CensusGroup,
  leader: CensusMember,
): Waiting | undefined {
  const behind = firstBehind(group);
  if (behind !== undefined) return waitingFor(behind);
  const release = parsed(leader.package);
  if (release === undefined || !isWanted(spec, release, running)) return undefined;
  return { kind: "leading", memberId: leader.memberId };
}

function waitingFor({ memberId, package: release }: CensusMember): Waiting {
  return { kind: "member", memberId, release };
}

function waitingOf(waiting: Waiting | undefined): { readonly waiting?: Waiting } {
  return waiting === undefined ? {} : { waiting };
}

/** Members that are where the group is to be. */
function front(group: CensusGroup): CensusMember[] {
  return [...group.population.values()].filter(
    (member) => member.pkgIncarnation === group.pkgIncarnation && member.health !== "departed",
  );
}

/** Whether the others wait for a member that does not take part, so that it should say so. */
export function holdsUp(spec: ServiceSpec, memberId: string, group: CensusGroup | undefined): boolean {
  if (group === undefined || spec.updateStrategy === "rolling") return false;
  return firstBehind(group)?.memberId === memberId;
}

/** The first member the others wait for. */
function firstBehind(group: CensusGroup): CensusMember | undefined {
  return inTurn(group, group.updateLeaderId ?? "").find(
    (member) => member.pkgIncarnation < group.pkgIncarnation,
  );
}

/**
 * In which order members change: those alive by their ids, from the leader on, once round. An original looks only at the
 * one before it; then two go at once where somebody joined in between.
 */
function inTurn(group: CensusGroup, leaderId: string): CensusMember[] {
  const alive = [...group.population.values()].filter(({ health }) => health === "alive");
  const after = alive.filter(({ memberId }) => memberId > leaderId);
  return [...after, ...alive.slice(0, alive.length - after.length)];
}

function othersOf(group: CensusGroup, memberId: string): CensusMember[] {
  return activeMembers(group).filter((member) => member.memberId !== memberId);
}

function leaderOf({ population, updateLeaderId }: CensusGroup): CensusMember | undefined {
  return updateLeaderId === undefined ? undefined : population.get(updateLeaderId);
}

/** The release another member tells, if this service may run it. */
function releaseFor(spec: ServiceSpec, member: CensusMember): FullIdent | undefined {
  const release = parsed(member.package);
  return release !== undefined && satisfies(release, spec.ident) ? release : undefined;
}

/** What others tell need not be a release. */
function parsed(text: string): FullIdent | undefined {
  try {
    return parseFullIdent(text);
  } catch {
    return undefined;
  }
}

const LARGEST = 2n ** 64n - 1n;

/**
 * Who leads the updates of a leader topology, so that its leader changes last: the member behind that one, from which the order
 * goes once round. Undefined in a standalone topology, and where the leader is not known or alone.
 */
function firstToChange(spec: ServiceSpec, group: CensusGroup): string | undefined {
  const { leaderId } = group;
  if (spec.topology === "standalone" || leaderId === undefined) return undefined;
  return inTurn(group, leaderId).find(({ memberId }) => memberId !== leaderId)?.memberId;
}

/**
 * How suitable this member is to lead the group's rolling update; undefined where nobody leads one, or before a leader
 * topology knows its leader: that one is to be updated last (butterfly.md §13.1). The original's followers all say the
 * largest number, and then the leader is somewhere among them; its members of a standalone topology say 0, as does one that
 * only votes, and must not win.
 */
export function updateSuitability(
  spec: ServiceSpec,
  memberId: string,
  group: CensusGroup | undefined,
): bigint | undefined {
  if (spec.updateStrategy !== "rolling" || group === undefined) return undefined;
  if (spec.topology === "standalone") return 1n;
  if (group.leaderId === undefined) return undefined;
  if (group.leaderId === memberId) return 1n;
  return firstToChange(spec, group) === memberId ? LARGEST : LARGEST - 1n;
}
