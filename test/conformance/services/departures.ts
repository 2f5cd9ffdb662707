// Where our Supervisor does on purpose not do what the original did, by reason. Checked both ways: in a case that is
// listed the difference must be there, and every difference must be listed.

export interface Departure {
  readonly why: string;
  /** Names of the cases. */
  readonly cases: readonly string[];
  /** Differences in the form of scene.ts; each has to be there, unless `depends` says on what it depends. */
  readonly what: readonly RegExp[];
  readonly depends?: string;
}

/** What is wrong with a case: differences that nobody explains, and departures that are none any more. */
export function complaints(
  all: readonly Departure[],
  name: string,
  differences: readonly string[],
): string[] {
  const ofCase = all.filter(({ cases }) => cases.includes(name));
  const own = ofCase.flatMap(({ what }) => what);
  return [
    ...differences.filter((difference) => !own.some((pattern) => pattern.test(difference))),
    ...ofCase
      .flatMap(({ what, depends }) => (depends === undefined ? what : []))
      .filter((pattern) => !differences.some((difference) => pattern.test(difference)))
      .map((pattern) => `does not differ any more: ${pattern}`),
  ];
}

/** Departures of cases that do not exist. */
export function strays(all: readonly Departure[], names: readonly string[]): string[] {
  return all.flatMap(({ cases }) => cases).filter((name) => !names.includes(name));
}
