// The course of one service's updates: what is remembered between two steps of its strategy, and when each step is due
// (reference/services.md §15.1–15.3). A state machine: course, facts and time in, the next action out; the updater acts and
// reports back. Pure.
import { type FullIdent, formatIdent } from "../../package/index.ts";
import type { CensusGroup } from "../census/census.ts";
import type { ServiceSpec } from "../spec/spec.ts";
import { nextUpdateStep } from "./update.ts";
import type { Claim, UpdateContext, UpdateStep, Waiting } from "./update-step.ts";

export interface Course {
  /** When to look at the channel next, if the strategy wants it. */
  readonly pollAtMs: number;
  readonly found: FullIdent | undefined;
  readonly claim: Claim | undefined;
  /** The group's leader for whose sake the lead of updates was given up last. */
  readonly yieldedFor: string | undefined;
  /** Whether the strategy wanted to look at the channel, the last time it was asked. */
  readonly polls: boolean;
  readonly waiting: { readonly on: Waiting; readonly sinceMs: number } | undefined;
  /** The last look at the channel failed. */
  readonly lookFailure: string | undefined;
  /** A change that could not be begun, and when it is tried again. */
  readonly changeFailure:
    | { readonly ident: FullIdent; readonly message: string; readonly retryAtMs: number }
    | undefined;
}

/** What is so at the moment. */
export interface UpdateFacts {
  readonly spec: ServiceSpec;
  readonly memberId: string;
  readonly group: CensusGroup | undefined;
  readonly arrived: boolean;
  /** Undefined while nothing is installed. */
  readonly running: FullIdent | undefined;
  /** Milliseconds until the service counts as settled, 0 when it does; undefined while its process is not up. */
  readonly settlesInMs: number | undefined;
  /** Whether the service is being started or stopped: nothing can be done to it. */
  readonly busy: boolean;
}

export type UpdateAction =
  | { readonly kind: "look" }
  | Extract<UpdateStep, { kind: "tell" | "change" | "yield" }>
  /** Nothing before this time, unless something happens. */
  | { readonly kind: "sleep"; readonly untilMs: number };

export interface Advance {
  readonly course: Course;
  readonly action: UpdateAction;
}

/** The splay, `random` in [0, 1), keeps many Supervisors started together from asking the depot together. */
export function beginCourse(nowMs: number, periodMs: number, random: number): Course {
  return {
    pollAtMs: nowMs + random * periodMs,
    found: undefined,
    claim: undefined,
    yieldedFor: undefined,
    polls: false,
    waiting: undefined,
    lookFailure: undefined,
    changeFailure: undefined,
  };
}

/** Longer than nearly every service takes to stop and start. */
const PATIENCE_MS = 60_000;

/** What to do now. After a long time of waiting for the same thing, a strategy may do without. */
export function advance(course: Course, facts: UpdateFacts, nowMs: number, periodMs: number): Advance {
  const { running, settlesInMs, busy } = facts;
  const latestMs = nowMs + periodMs;
  if (running === undefined || busy) return { course, action: { kind: "sleep", untilMs: latestMs } };
  const context: UpdateContext = {
    ...facts,
    running,
    settled: settlesInMs === 0,
    found: course.found,
    claim: course.claim,
    yieldedFor: course.yieldedFor,
    patienceOver: course.waiting !== undefined && nowMs - course.waiting.sinceMs >= PATIENCE_MS,
  };
  const step = nextUpdateStep(context);
  switch (step.kind) {
    case "tell":
      return { course: claimed(course, facts, step), action: step };
    case "yield":
      return { course: { ...course, yieldedFor: step.leaderId }, action: step };
    case "change": {
      const failure = course.changeFailure;
      if (failure === undefined || !isSame(failure.ident, step.ident) || failure.retryAtMs <= nowMs)
        return { course: { ...course, waiting: undefined }, action: step };
      // The channel may have something better by then.
      if (course.polls && course.pollAtMs <= nowMs) return { course, action: { kind: "look" } };
      const untilMs = course.polls ? Math.min(course.pollAtMs, failure.retryAtMs) : failure.retryAtMs;
      return { course, action: { kind: "sleep", untilMs } };
    }
    case "poll": {
      const pollAtMs = step.atOnce === true && !course.polls ? nowMs : course.pollAtMs;
      const next = { ...waits(course, step.waiting, nowMs), polls: true, pollAtMs, changeFailure: undefined };
      if (pollAtMs <= nowMs) return { course: next, action: { kind: "look" } };
      return { course: next, action: sleep(next, settlesInMs, pollAtMs, nowMs) };
    }
    case "wait": {
      const next = {
        ...waits(course, step.waiting, nowMs),
        polls: false,
        found: undefined,
        claim: undefined,
        lookFailure: undefined,
        changeFailure: undefined,
      };
      return { course: next, action: sleep(next, settlesInMs, latestMs, nowMs) };
    }
  }
}

/** The channel answered: with a release that is installed now, or that it has none. */
export function looked(course: Course, found: FullIdent, nowMs: number, periodMs: number): Course {
  return { ...course, found, pollAtMs: nowMs + periodMs, lookFailure: undefined };
}

/** Something is new in the channel: the next look is at this time, if it would be later. */
export function looksBy(course: Course, atMs: number): Course {
  return course.pollAtMs <= atMs ? course : { ...course, pollAtMs: atMs };
}

export function lookFailed(course: Course, message: string, nowMs: number, periodMs: number): Course {
  return { ...course, pollAtMs: nowMs + periodMs, lookFailure: message };
}

/** The change has begun: the service is being stopped. What was told of another release, or of this one before, is over. */
export function changeBegun(course: Course): Course {
  return { ...course, changeFailure: undefined, claim: undefined };
}

export function changeFailed(
  course: Course,
  ident: FullIdent,
  message: string,
  nowMs: number,
  periodMs: number,
): Course {
  return { ...course, changeFailure: { ident, message, retryAtMs: nowMs + periodMs } };
}

/** What keeps this service from being updated, once it has for a period; a failure at once. */
export function courseProblem(
  course: Course,
  facts: UpdateFacts,
  nowMs: number,
  periodMs: number,
): string | undefined {
  const { changeFailure, lookFailure, waiting } = course;
  if (changeFailure !== undefined)
    return `cannot be updated to ${formatIdent(changeFailure.ident)}, goes on with ${runningText(facts)}: ${changeFailure.message}`;
  if (lookFailure !== undefined) return `cannot look for updates: ${lookFailure}`;
  if (waiting === undefined || nowMs - waiting.sinceMs < periodMs) return undefined;
  return waitingText(waiting.on, facts);
}

/** What the next step waits for, from the beginning on; undefined where it waits for nothing, or only for itself to be up. */
export function courseWaiting({ waiting }: Course, facts: UpdateFacts): string | undefined {
  return waiting === undefined || waiting.on.kind === "settling" ? undefined : waitingText(waiting.on, facts);
}

function waitingText(on: Waiting, facts: UpdateFacts): string {
  const member = (id: string) => {
    const known = facts.group?.population.get(id);
    return known === undefined ? id : `${id} at ${known.sys.ip}, which tells ${known.package}`;
  };
  switch (on.kind) {
    case "arrival":
      return "its update waits for the ring to be reached";
    case "leader":
      return "nobody leads its group's updates: the election is not finished (hab ring status)";
    case "leading":
      return `its update waits for the update leader ${member(on.memberId)}`;
    case "member":
      return `the update of its group waits for ${member(on.memberId)}: see hab svc status there`;
    case "settling":
      return `the update to ${runningText(facts)} is not complete: the service does not stay up or is not ready`;
    case "foreign":
      return `its group runs ${on.release}, which is not a release of ${formatIdent(facts.spec.ident)}`;
  }
}

function runningText({ running }: UpdateFacts): string {
  return running === undefined ? "no release" : formatIdent(running);
}

function claimed(course: Course, { group, memberId }: UpdateFacts, step: Claim): Course {
  const told = group?.population.get(memberId)?.pkgIncarnation ?? 0n;
  const { ident, pkgIncarnation } = step;
  // Who looks at the channel leads; the word of others is none.
  if (course.found === undefined) return course;
  if (pkgIncarnation > told) return { ...course, claim: { ident, pkgIncarnation } };
  // To tell another release takes the word on this one back.
  return course.claim === undefined || isSame(course.claim.ident, ident)
    ? course
    : { ...course, claim: undefined };
}

/** Waiting for the same thing goes on; another one begins anew. */
function waits(course: Course, on: Waiting | undefined, nowMs: number): Course {
  if (on === undefined) return { ...course, waiting: undefined };
  if (course.waiting !== undefined && JSON.stringify(course.waiting.on) === JSON.stringify(on)) return course;
  return { ...course, waiting: { on, sinceMs: nowMs } };
}

/** Until the next look, the end of patience or of settling, whichever comes first. */
function sleep(
  { waiting }: Course,
  settlesInMs: number | undefined,
  latestMs: number,
  nowMs: number,
): UpdateAction {
  const times = [latestMs];
  if (waiting !== undefined && waiting.sinceMs + PATIENCE_MS > nowMs)
    times.push(waiting.sinceMs + PATIENCE_MS);
  if (settlesInMs !== undefined && settlesInMs > 0) times.push(nowMs + settlesInMs);
  return { kind: "sleep", untilMs: Math.min(...times) };
}

function isSame(a: FullIdent, b: FullIdent): boolean {
  return formatIdent(a) === formatIdent(b);
}
