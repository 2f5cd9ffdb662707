// Which release is the latest, as the original's SQL decides (reference/depot-api.md §4.5), made into columns whose
// byte order is the version order, so that any database can sort and index them.

/** The columns that order packages; `descending` in this order, then the release, puts the newest first. */
export interface VersionOrder {
  /** Numeric part: each component with its length in front, so that `10` sorts after `9` and `1.2.0` after `1.2`. */
  readonly version_numbers: string;
  /** 1 when nothing follows the numbers: `1.2.3` is newer than `1.2.3-beta2`, but also `1.0.2` than `1.0.2h`. */
  readonly version_plain: number;
  /** What follows the numbers, compared by bytes. */
  readonly version_suffix: string;
}

/**
 * Splits a version for ordering. Text before the first digit is ignored. Where the original fails, this does not: a
 * version without any digit sorts below all others (there it vanished), an empty component (`1..2`) counts as 0.
 */
export function versionOrder(version: string): VersionOrder {
  const match = /([0-9.]*[0-9]+)(.*)$/s.exec(version);
  if (match === null) return { version_numbers: "", version_plain: 0, version_suffix: version };
  const [, numbers = "", suffix = ""] = match;
  return {
    version_numbers: numbers.split(".").map(sortableNumber).join(""),
    version_plain: suffix === "" ? 1 : 0,
    version_suffix: suffix,
  };
}

/** `7` → `0017`, `12` → `00212`: three digits of length, then the number without leading zeros. */
function sortableNumber(digits: string): string {
  const number = digits.replace(/^0+/, "") || "0";
  return String(number.length).padStart(3, "0") + number;
}
