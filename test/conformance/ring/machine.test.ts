// All recorded merges and elections, fed as events to a whole member of ours. Where it does other than the original on
// purpose, the case is listed with its reason in machine-departures.ts; that list is exact.
import { describe, expect, test } from "bun:test";
import { groups } from "./machine-cases.ts";
import { departures } from "./machine-departures.ts";

/** The numbers in a text such as "1 3-5". */
function numbersIn(text: string): number[] {
  return text.split(" ").flatMap((part) => {
    const [first, last] = part.split("-").map(Number);
    return Array.from({ length: (last ?? first!) - first! + 1 }, (_, i) => first! + i);
  });
}

function reasons(group: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const [reason, numbers] of Object.entries(departures[group] ?? {}))
    for (const number of numbersIn(numbers)) {
      if (found.has(number)) throw new Error(`${group}: ${number} is listed twice`);
      found.set(number, reason);
    }
  return found;
}

for (const [group, cases] of Object.entries(groups))
  describe(group, () => {
    const listed = reasons(group);
    for (const [number, c] of cases.entries()) {
      const reason = listed.get(number);
      if (reason === undefined) test(`${number} ${c.name}`, () => expect(c.ours()).toEqual(c.original));
      else
        test(`${number} ${c.name}: otherwise, for ${reason}`, () => expect(c.ours()).not.toEqual(c.original));
    }
    test("all departures are of cases there are", () => {
      expect([...listed.keys()].filter((number) => cases[number] === undefined)).toEqual([]);
    });
  });

test("all departures are of groups there are", () => {
  expect(Object.keys(departures).filter((group) => groups[group] === undefined)).toEqual([]);
});
