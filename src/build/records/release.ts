// The release of a package and the time it names (reference/packages.md §1): the time stamp of everything in the hart.
import { revisionAt } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { releaseSeconds } from "../../package/index.ts";
import { buildErrors } from "../errors.ts";

/** A release of the future further away than this is of a clock that was wrong. */
const SOON_SECONDS = 60;

/** The release of a build that begins now; later than the `last` one, so that two builds within a second are two releases. */
export function freshRelease(now: Date, last: string | undefined): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const before = last === undefined ? undefined : releaseSeconds(last);
  const isJustTaken = before !== undefined && before >= seconds && before < seconds + SOON_SECONDS;
  return revisionAt(new Date((isJustTaken ? before + 1 : seconds) * 1000));
}

/** The release as given, when it names a time from 1970 on. Throws HAB-BLD-040. */
export function parseRelease(text: string): string {
  const seconds = releaseSeconds(text);
  if (seconds === undefined || seconds < 0)
    throw new HabError(buildErrors.badRelease, `"${text}" is not a time of the form YYYYMMDDhhmmss`);
  return text;
}

/** SOURCE_DATE_EPOCH (reproducible-builds.org) when given, else the time that the release names. Throws HAB-BLD-041. */
export function sourceDateEpoch(given: string | undefined, release: string): number {
  if (given === undefined || given === "") return releaseSeconds(release) ?? 0;
  // The largest time that fits the eleven octal digits of a tar header.
  if (/^[0-9]{1,10}$/.test(given) && Number(given) < 8 ** 11) return Number(given);
  throw new HabError(
    buildErrors.badEpoch,
    `SOURCE_DATE_EPOCH is "${given}", which is not a number of seconds since 1970`,
  );
}
