import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cryptoErrors } from "./errors.ts";
import { formatNamedRevision, parseNamedRevision, revisionAt } from "./named-revision.ts";

describe("named revisions (reference/packages.md §22.5)", () => {
  const good: [text: string, name: string, revision: string][] = [
    ["foo-stuff-20160504220722", "foo-stuff", "20160504220722"],
    ["core.redis@chef-20160504220722", "core.redis@chef", "20160504220722"],
    [" acme-20261123074255", " acme", "20261123074255"],
    ["a-20160504220722-20160504220723", "a-20160504220722", "20160504220723"],
  ];
  for (const [text, name, revision] of good) {
    test(`${text} is read and written back`, () => {
      expect(parseNamedRevision(text)).toEqual({ name, revision });
      expect(formatNamedRevision({ name, revision })).toBe(text);
    });
  }

  const bad = [
    "",
    "barf",
    "barf-123",
    "barf-20160504220722-wheeeeeeeee",
    "-20160504220722",
    "a-2016050422072",
    "a-20160504220722\n",
    "a\nb-20160504220722",
    "20160504220722",
  ];
  for (const text of bad)
    test(`${JSON.stringify(text)} is refused`, () =>
      expect(() => parseNamedRevision(text)).toThrow(
        expect.objectContaining({ code: cryptoErrors.malformedNamedRevision.code }),
      ));

  test("a revision is the UTC time to the second, whatever the time zone", () => {
    expect(revisionAt(new Date("2026-01-02T03:04:05.678+00:00"))).toBe("20260102030405");
    expect(revisionAt(new Date("2026-01-02T00:30:00+02:00"))).toBe("20260101223000");
  });

  test("any name without a line end comes back", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((name) => !name.includes("\n")),
        (name) => {
          const id = { name, revision: "20160504220722" };
          expect(parseNamedRevision(formatNamedRevision(id))).toEqual(id);
        },
      ),
    );
  });
});
