// Times in words: how long ago, in English as all words of these pages, and exactly, in the reader's zone and manner.

const STEPS: readonly (readonly [limitSeconds: number, unit: string, seconds: number])[] = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86_400, "hour", 3600],
  [86_400 * 14, "day", 86_400],
  [86_400 * 60, "week", 86_400 * 7],
  [86_400 * 365, "month", 86_400 * 30.44],
  [Number.POSITIVE_INFINITY, "year", 86_400 * 365.25],
];

/** Units of which the one before and the one after have a word of their own. */
const NEIGHBOURS: Readonly<Record<string, readonly [before: string, after: string]>> = {
  day: ["yesterday", "tomorrow"],
  week: ["last week", "next week"],
  month: ["last month", "next month"],
  year: ["last year", "next year"],
};

/**
 * How far apart two moments (milliseconds since 1970) are: `3 days ago`, `in 2 hours`, `just now`. Without Intl, whose first
 * use takes a browser longer than drawing a page (decision 54).
 */
export function relativeTime(at: number, now: number): string {
  const seconds = (at - now) / 1000;
  const distance = Math.abs(seconds);
  if (distance < 10) return "just now";
  const [, unit, size] = STEPS.find(([limit]) => distance < limit) ?? ["", "year", 86_400 * 365.25];
  const count = Math.trunc(distance / size);
  const neighbours = NEIGHBOURS[unit];
  if (count === 1 && neighbours !== undefined) return neighbours[seconds < 0 ? 0 : 1];
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds < 0 ? `${words} ago` : `in ${words}`;
}

/** When the words of `relativeTime` may change, in milliseconds from `now`. */
export function nextChangeMs(at: number, now: number): number {
  const distance = Math.abs(at - now) / 1000;
  if (distance < 60) return 5_000;
  if (distance < 3600) return 30_000;
  return 15 * 60_000;
}

/** The moment itself: day, time to the second, and zone. */
export function exactTime(at: number, language?: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(language, {
    ...{ year: "numeric", month: "short", day: "numeric" },
    ...{ hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" },
    timeZone,
  }).format(at);
}

/** A time of the API, in milliseconds since 1970: with a zone, or without one in UTC. Undefined when it is none. */
export function parseTime(text: string): number | undefined {
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const at = Date.parse(hasZone ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** A release is a moment in UTC, `20260102030405`. Undefined for other text. */
export function releaseTime(release: string): number | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(release);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
