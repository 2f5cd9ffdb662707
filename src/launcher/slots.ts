// Which program the launcher starts as the Supervisor: the one that is known to be good, or a newer one on trial, which has
// to prove itself before it takes that place (docs/decisions/0026-self-update.md). Pure; supervisor-slots.ts keeps it on disk.
import { isCount, isObject, isProgram, type Program, type Refusal } from "./protocol.ts";
import { MAX_TRIAL_STARTS } from "./timing.ts";

export interface Trial extends Program {
  /** How often it was started without having served since: power may fail in the midst of a trial. */
  readonly starts: number;
}

export interface Slots {
  /** The program the launcher itself is. */
  readonly launcher: string;
  /** The Supervisor that has proved itself; absent while that is the launcher's own program. */
  readonly good?: Program;
  readonly trial?: Trial;
  /** The newest last. */
  readonly refused: readonly Refusal[];
}

/** More than anybody looks at; the oldest are forgotten beyond. */
const MAX_REFUSALS = 20;

/**
 * What a launcher that is the program `launcher` goes on with after `text`, as `slotsText` made it. Another launcher's good
 * program does not count: who replaced the launcher chose what is to run. Nothing readable is as good as nothing.
 */
export function readSlots(text: string | undefined, launcher: string): Slots {
  const kept = parsed(text);
  const refused = Array.isArray(kept["refused"]) ? kept["refused"].filter(isRefusal) : [];
  const fresh = { launcher, refused };
  if (kept["launcher"] !== launcher) return fresh;
  const { good, trial } = kept;
  return {
    ...fresh,
    ...(isProgram(good) ? { good: { name: good.name, path: good.path } } : {}),
    ...(isTrial(trial) ? { trial: { name: trial.name, path: trial.path, starts: trial.starts } } : {}),
  };
}

/** The program of the launcher that kept this. */
export function recordedLauncher(text: string | undefined): string | undefined {
  const { launcher } = parsed(text);
  return typeof launcher === "string" ? launcher : undefined;
}

export function slotsText(slots: Slots): string {
  return `${JSON.stringify(slots, null, 2)}\n`;
}

/** Why this program does not get a trial; undefined when it does. */
export function offerProblem({ trial, refused }: Slots, name: string): string | undefined {
  const before = refused.find((refusal) => refusal.name === name);
  if (before !== undefined) return `${name} was refused before: ${before.reason}`;
  return trial === undefined || trial.name === name ? undefined : `${trial.name} is on trial`;
}

/** The next Supervisor is to be this program, on trial unless it has proved itself before. */
export function offered(slots: Slots, { name, path }: Program): Slots {
  if (slots.good?.path === path) return slots;
  return { ...slots, trial: { name, path, starts: 0 } };
}

/** A start of the program on trial, to be kept before it is made. The trial ends instead when there were enough of them. */
export function trialBegun(slots: Slots, nowMs: number): Slots {
  const { trial } = slots;
  if (trial === undefined) return slots;
  if (trial.starts >= MAX_TRIAL_STARTS)
    return failed(slots, `it was started ${trial.starts} times and never proved itself`, nowMs);
  return { ...slots, trial: { ...trial, starts: trial.starts + 1 } };
}

/** It served and was to be replaced by itself: nothing that speaks against it, and its time begins anew. */
export function trialRestarted(slots: Slots): Slots {
  return slots.trial === undefined ? slots : { ...slots, trial: { ...slots.trial, starts: 0 } };
}

/** The program on trial has proved itself. */
export function proved({ trial, ...slots }: Slots): Slots {
  if (trial === undefined) return slots;
  return { ...slots, good: { name: trial.name, path: trial.path } };
}

/** The program on trial is given up: the good one is the Supervisor again. */
export function failed({ trial, ...slots }: Slots, reason: string, atMs: number): Slots {
  return trial === undefined ? slots : refused(slots, trial.name, reason, atMs);
}

/** The good program cannot be started (any more): the launcher's own takes its place. */
export function lostGood({ good, ...slots }: Slots, reason: string, atMs: number): Slots {
  return good === undefined ? slots : refused(slots, good.name, reason, atMs);
}

/** This program is not to be tried. */
export function refused(slots: Slots, name: string, reason: string, atMs: number): Slots {
  const others = slots.refused.filter((refusal) => refusal.name !== name);
  return { ...slots, refused: [...others, { name, reason, atMs }].slice(-MAX_REFUSALS) };
}

/** What was refused may be tried again. */
export function pardoned(slots: Slots): Slots {
  return { ...slots, refused: [] };
}

function parsed(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isTrial(value: unknown): value is Trial {
  return isObject(value) && isProgram(value) && isCount(value["starts"]);
}

function isRefusal(value: unknown): value is Refusal {
  return (
    isObject(value) &&
    typeof value["name"] === "string" &&
    typeof value["reason"] === "string" &&
    isCount(value["atMs"])
  );
}
