// What an archive's signed `Release` says: which release it is, from when until when, and the digests of its indexes
// (https://wiki.debian.org/DebianRepository/Format).
import { HabError } from "../../error/index.ts";
import { buildErrors } from "../errors.ts";
import { parseParagraphs } from "./control.ts";

/** A file that a Release names. */
export interface ReleaseFile {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface Release {
  readonly date: Date;
  /** After this the archive says itself that what it says no longer holds. */
  readonly validUntil: Date | undefined;
  /** Indexes are also found by their digest, so that an update on the mirror does not come in between. */
  readonly isByHash: boolean;
  /** Path below the release's directory → file. */
  readonly files: ReadonlyMap<string, ReleaseFile>;
}

/** Clocks of mirrors and machines differ by some minutes. */
const CLOCK_DIFFERENCE_MS = 60 * 60 * 1000;
const MOST_FILES = 100_000;

/** Reads the signed text of `suite`'s Release. Throws HAB-BLD-094 when it is of another release or makes no sense. */
export function parseRelease(text: string, suite: string, what: string): Release {
  const [fields] = parseParagraphs(text);
  const unusable = (problem: string) => new HabError(buildErrors.debianIndexUnusable, `${what} ${problem}`);
  const names = [fields?.get("codename"), fields?.get("suite")];
  // A good signature on the Release of another suite is not one on this.
  if (!names.includes(suite))
    throw unusable(`is of ${names.filter(Boolean).join(", ") || "no release"}, not of ${suite}`);
  const date = parseDate(fields?.get("date"));
  if (date === undefined) throw unusable("does not say when it was made");
  const until = fields?.get("valid-until");
  const validUntil = parseDate(until);
  if (until !== undefined && validUntil === undefined)
    throw unusable(`has no readable Valid-Until: ${until}`);
  const files = new Map<string, ReleaseFile>();
  for (const line of (fields?.get("sha256") ?? "").split("\n")) {
    const match = /^([0-9a-fA-F]{64})\s+(\d{1,15})\s+(\S+)$/.exec(line.trim());
    if (match === null) continue;
    const [, sha256 = "", size = "", path = ""] = match;
    if (files.size >= MOST_FILES) throw unusable("names too many files");
    files.set(path, { sha256: sha256.toLowerCase(), sizeBytes: Number(size) });
  }
  return { date, validUntil, isByHash: fields?.get("acquire-by-hash") === "yes", files };
}

/** Throws HAB-BLD-092 when the Release no longer holds at `now`, or not yet. */
export function verifyDates(release: Release, what: string, now: Date): void {
  const { validUntil, date } = release;
  if (validUntil !== undefined && validUntil.getTime() + CLOCK_DIFFERENCE_MS < now.getTime())
    throw new HabError(
      buildErrors.debianIndexExpired,
      `${what} was valid until ${validUntil.toISOString()}, and it is ${now.toISOString()}`,
    );
  if (date.getTime() - CLOCK_DIFFERENCE_MS > now.getTime())
    throw new HabError(
      buildErrors.debianIndexExpired,
      `${what} was made at ${date.toISOString()}, and it is only ${now.toISOString()}`,
    );
}

/** `Sat, 11 Jul 2026 10:16:37 UTC`. */
function parseDate(text: string | undefined): Date | undefined {
  if (text === undefined || !/ (?:UTC|GMT|\+0000)$/.test(text)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
