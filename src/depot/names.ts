// Names at the border: every path parameter and query value is checked here once, as zod schemas, before anything
// looks at it. What fits no schema cannot be in the depot, so reads answer 404 for it.
import { z } from "zod";
import { MAX_LIST_LENGTH, MAX_LIST_PARTS, MAX_NAME_LENGTH, MAX_SEARCH_LENGTH } from "./limits.ts";

/** `^[a-z0-9][a-z0-9_-]*$` (reference/depot-api.md §4.4). */
export const originName = z
  .string()
  .max(MAX_NAME_LENGTH)
  .regex(/^[a-z0-9][a-z0-9_-]*$/);

/** Package names, as uploads require them. */
export const packageName = z
  .string()
  .max(MAX_NAME_LENGTH)
  .regex(/^[A-Za-z0-9_-]+$/);

/**
 * Versions and releases: the original checks nothing. They end up in file names, headers and paths, so here they are
 * printable ASCII without separators, quotes and wild cards, and no run of dots alone.
 */
export const versionText = z
  .string()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .regex(/^[A-Za-z0-9._~+:=@^!,()-]+$/)
  .regex(/[^.]/);

/** What a list is narrowed to: also what can be no name, which then nothing has. Without slashes, as one part of an ident. */
export const listedPart = z
  .string()
  .max(MAX_NAME_LENGTH)
  .regex(/^[!-.0-~]+$/);

/** Channels: the original checks nothing; these are the names seen in use and the characters a URL carries as they are. */
export const channelName = z
  .string()
  .max(MAX_NAME_LENGTH)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._:~+-]*$/);

/** Key revisions: 14 digits. */
export const keyRevision = z.string().regex(/^[0-9]{14}$/);

/** Accounts: also addresses, as single sign-on hands them out. */
export const accountName = z
  .string()
  .max(MAX_NAME_LENGTH)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]*$/);

/** Kinds and names of integrations: the original checks nothing. */
export const integrationName = z
  .string()
  .max(MAX_NAME_LENGTH)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._@ -]*$/);

export const rowId = z.string().regex(/^[0-9]{1,19}$/);

/** A list in one value of a query, its parts separated by commas. */
export function listOf<Value>(part: z.ZodType<Value, string>) {
  return z
    .string()
    .max(MAX_LIST_LENGTH)
    .transform((text) => text.split(","))
    .pipe(z.array(part).max(MAX_LIST_PARTS));
}

/** Number of an event (store/events.ts). */
export const eventNumber = z
  .string()
  .regex(/^[0-9]{1,15}$/)
  .transform(Number);

export const eventNumberQuery = eventNumber.optional();

/** Number of a state of a channel. */
export const stateQuery = z
  .string()
  .regex(/^[1-9][0-9]{0,8}$/)
  .transform(Number);

/** A package as a promotion names it: all four parts. */
export const fullIdentText = z
  .string()
  .max(4 * MAX_NAME_LENGTH)
  .refine((text) => {
    const [origin, name, version, release, ...more] = text.split("/");
    return (
      more.length === 0 &&
      originName.safeParse(origin).success &&
      packageName.safeParse(name).success &&
      versionText.safeParse(version).success &&
      versionText.safeParse(release).success
    );
  }, "not an ident with version and release");

/** A whole number as the original reads `range`: signed, at most 64 bits there, safe integers here. */
export const rangeQuery = z
  .string()
  .regex(/^[+-]?[0-9]{1,15}$/)
  .transform(Number)
  .default(0);

/** Exactly `true` or `false` (§2.1). */
export const flagQuery = z
  .enum(["true", "false"])
  .transform((value) => value === "true")
  .default(false);

export const targetQuery = z.string().max(MAX_NAME_LENGTH).optional();

export const searchText = z.string().max(MAX_SEARCH_LENGTH);

/** 64 hex digits; either case is accepted, and a missing one is refused as a mismatch. */
export const checksumQuery = z
  .string()
  .max(MAX_NAME_LENGTH)
  .transform((value) => value.toLowerCase())
  .default("");

/** A day, `YYYY-M-D` with or without zeros in front, as the millisecond it begins (UTC). */
export const dayQuery = z
  .string()
  .regex(/^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$/)
  .transform((text, context) => {
    const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
    const date = new Date(Date.UTC(year, month - 1, day));
    date.setUTCFullYear(year);
    if (date.getUTCMonth() === month - 1 && date.getUTCDate() === day) return date.getTime();
    context.addIssue({ code: "custom", message: "there is no such day" });
    return z.NEVER;
  });
