import { expect, test } from "bun:test";
import { numberText } from "./number.ts";

test.each([
  [0, 0, "0"],
  [999, 0, "999"],
  [1000, 0, "1,000"],
  [1_234_567, 0, "1,234,567"],
  [-12_345, 0, "-12,345"],
  [1.25, 1, "1.3"],
  [2.0001, 2, "2"],
  [-0.001, 1, "0"],
  [1234.5, 1, "1,234.5"],
])("%d with %d digits is %p", (value, digits, text) => expect(numberText(value, digits)).toBe(text));

test("is what Intl writes in English", () => {
  for (const value of [0.05, 7, 12.345, 999.95, 1e6, 123_456_789, -4321.5])
    for (const maximumFractionDigits of [0, 1, 2])
      expect(numberText(value, maximumFractionDigits)).toBe(
        value.toLocaleString("en", { maximumFractionDigits }).replace(/^-0$/, "0"),
      );
});
