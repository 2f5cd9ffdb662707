// Carries out the updates of one service: asks its course (plan/course.ts) what to do whenever something happened or is
// due, and does it. A slow or absent depot holds up only the updates of this service.
import { describeError } from "../../error/index.ts";
import { compareIdents, type FullIdent, formatIdent, type PackageIdent } from "../../package/index.ts";
import type { Output } from "../output.ts";
import {
  advance,
  beginCourse,
  type Course,
  changeBegun,
  changeFailed,
  courseProblem,
  courseWaiting,
  looked,
  lookFailed,
  looksBy,
  type UpdateAction,
  type UpdateFacts,
} from "../plan/course.ts";
import { updateSuitability } from "../plan/rolling.ts";
import type { ServiceSpec } from "../spec/spec.ts";

export interface UpdaterOptions {
  readonly spec: ServiceSpec;
  readonly group: string;
  readonly periodMs: number;
  readonly now: () => number;
  readonly random: () => number;
  readonly output: Output;
  readonly facts: () => UpdateFacts;
  /** The release the service should run: installed when this resolves. */
  readonly find: (
    ident: PackageIdent,
    spec: ServiceSpec,
    signal: AbortSignal,
  ) => Promise<FullIdent | undefined>;
  readonly install: (ident: FullIdent, spec: ServiceSpec, signal: AbortSignal) => Promise<void>;
  /** Begins to change the service to an installed release; false when it cannot be touched now. Throws when it cannot be started. */
  readonly change: (ident: FullIdent, announced: () => void) => Promise<boolean>;
  /** Tells the group; whether there was a service to tell of. */
  readonly tell: (ident: FullIdent, pkgIncarnation: bigint) => boolean;
  /** Takes part in the election of who leads the group's rolling update. */
  readonly elect: (suitability: bigint) => void;
  /** Has it elected anew who leads the group's updates, if this member does. */
  readonly yieldLead: () => void;
}

export interface Updater {
  /** The census or the service changed: a step that waited for it may be due. */
  wake(): void;
  /** Its channel changed: it is looked at soon. */
  channelChanged(): void;
  /** What keeps the service from being updated. */
  problem(): string | undefined;
  /** What its next step waits for at the moment. */
  waiting(): string | undefined;
  stop(): void;
}

/** Many Supervisors that hear of the same change do not ask the depot in the same moment. */
const NEWS_SPLAY_MS = 1000;

export function startUpdater(options: UpdaterOptions): Updater {
  const { spec, group, output, periodMs, now } = options;
  const life = new AbortController();
  let course: Course = beginCourse(now(), periodMs, options.random());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let working = false;
  let again = false;
  let suitability: bigint | undefined;
  /** Counts what was heard of the channel: a look that was under way may have come too early. */
  let news = 0;
  /** What was told in the step before, if that was telling. */
  let told: string | undefined;

  const stand = () => {
    const current = updateSuitability(spec, options.facts().memberId, options.facts().group);
    if (current === undefined || current === suitability) return;
    suitability = current;
    options.elect(current);
  };

  const run = async () => {
    again = true;
    if (working) return;
    working = true;
    clearTimeout(timer);
    try {
      while (again && !life.signal.aborted) {
        again = false;
        stand();
        const next = advance(course, options.facts(), now(), periodMs);
        course = next.course;
        await take(next.action);
      }
    } finally {
      working = false;
    }
  };

  const take = async (action: UpdateAction): Promise<void> => {
    const before = told;
    told = undefined;
    switch (action.kind) {
      case "sleep":
        clearTimeout(timer);
        timer = setTimeout(() => void run(), Math.max(1, action.untilMs - now()));
        return;
      case "tell":
        told = `${action.pkgIncarnation}/${formatIdent(action.ident)}`;
        // Nothing to tell of yet (its start will wake us), or the ring did not take it (its stores are full).
        if (told !== before && options.tell(action.ident, action.pkgIncarnation)) again = true;
        else timer = setTimeout(() => void run(), periodMs);
        return;
      case "yield":
        options.yieldLead();
        timer = setTimeout(() => void run(), periodMs);
        return;
      case "look":
        await look();
        again = true;
        return;
      case "change":
        await change(action.ident, action.pkgIncarnation);
    }
  };

  const lookSoon = () => {
    course = looksBy(course, now() + options.random() * NEWS_SPLAY_MS);
  };

  const look = async () => {
    const known = news;
    try {
      const running = options.facts().running;
      const found = (await options.find(spec.ident, spec, life.signal)) ?? running;
      if (found !== undefined) course = looked(course, found, now(), periodMs);
    } catch (error) {
      const message = describeError(error);
      if (course.lookFailure !== message && !life.signal.aborted)
        say(`Unable to look for an update of ${formatIdent(spec.ident)}: ${message}`);
      course = lookFailed(course, message, now(), periodMs);
    }
    if (news !== known) lookSoon();
  };

  const change = async (ident: FullIdent, pkgIncarnation: bigint | undefined) => {
    const from = options.facts().running;
    try {
      await options.install(ident, spec, life.signal);
      const begun = await options.change(ident, () => announce(from, ident, pkgIncarnation));
      if (begun) course = changeBegun(course);
      else timer = setTimeout(() => void run(), periodMs);
    } catch (error) {
      if (life.signal.aborted) return;
      const message = describeError(error);
      if (course.changeFailure?.message !== message)
        say(`Unable to update to ${formatIdent(ident)}: ${message}`);
      course = changeFailed(course, ident, message, now(), periodMs);
      again = true;
    }
  };

  const announce = (from: FullIdent | undefined, to: FullIdent, pkgIncarnation: bigint | undefined) => {
    const target = `${pkgIncarnation === undefined ? "" : `${pkgIncarnation}/`}${formatIdent(to)}`;
    const running = from === undefined ? "no release" : formatIdent(from);
    const back = from !== undefined && (compareIdents(to, from) ?? 1) < 0;
    say(back ? `Rolling back from ${running} to ${target}` : `Updating from ${running} to ${target}`);
  };

  const say = (content: string) => output.line(group, "SU", content);

  const wake = () => void run();
  // Whoever starts us may not be ready to be asked yet.
  timer = setTimeout(wake, 0);
  return {
    wake,
    channelChanged() {
      news++;
      lookSoon();
      wake();
    },
    problem: () => courseProblem(course, options.facts(), now(), periodMs),
    waiting: () => courseWaiting(course, options.facts()),
    stop() {
      life.abort();
      clearTimeout(timer);
    },
  };
}
