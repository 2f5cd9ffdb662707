// Where our Supervisor does on purpose not do what the original did, by reason. Checked both ways: in a case that is
// listed the difference must be there, and every difference must be listed.

export interface Departure {
  readonly why: string;
  /** Names of the cases. */
  readonly cases: readonly string[];
  /** Differences in the form of scene.ts; each has to be there. */
  readonly what: readonly RegExp[];
}

/** What is wrong with a case: differences that nobody explains, and departures that are none any more. */
export function complaints(
  all: readonly Departure[],
  name: string,
  differences: readonly string[],
): string[] {
  const own = all.filter(({ cases }) => cases.includes(name)).flatMap(({ what }) => what);
  return [
    ...differences.filter((difference) => !own.some((pattern) => pattern.test(difference))),
    ...own
      .filter((pattern) => !differences.some((difference) => pattern.test(difference)))
      .map((pattern) => `does not differ any more: ${pattern}`),
  ];
}

/** Departures of cases that do not exist. */
export function strays(all: readonly Departure[], names: readonly string[]): string[] {
  return all.flatMap(({ cases }) => cases).filter((name) => !names.includes(name));
}
