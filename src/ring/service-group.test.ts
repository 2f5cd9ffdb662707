import { describe, expect, test } from "bun:test";
import { ringErrors } from "./errors.ts";
import { formatServiceGroup, parseServiceGroup } from "./service-group.ts";

describe("service groups (reference/packages.md §6.8)", () => {
  const good: [text: string, service: string, group: string, organization?: string][] = [
    ["redis.default", "redis", "default"],
    ["redis.default@acme", "redis", "default", "acme"],
    ["my-app.a b@c d", "my-app", "a b", "c d"],
  ];
  for (const [text, service, group, organization] of good)
    test(`${text} is read and written back`, () => {
      const parsed = parseServiceGroup(text);
      expect(parsed).toEqual(
        organization === undefined ? { service, group } : { service, group, organization },
      );
      expect(formatServiceGroup(parsed)).toBe(text);
    });

  test("the legacy application and environment are dropped", () => {
    expect(formatServiceGroup(parseServiceGroup("app.env#redis.default@acme"))).toBe("redis.default@acme");
  });

  for (const text of [
    "",
    "redis",
    ".default",
    "redis.",
    "a.b.c",
    "a.b@",
    "a.b@c@d",
    "#a.b",
    "a#b#c.d",
    "a.b@c.d",
  ])
    test(`${JSON.stringify(text)} is refused`, () =>
      expect(() => parseServiceGroup(text)).toThrow(
        expect.objectContaining({ code: ringErrors.malformedServiceGroup.code, exitCode: 2 }),
      ));
});
