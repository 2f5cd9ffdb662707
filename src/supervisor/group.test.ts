import { describe, expect, test } from "bun:test";
import { formatBind, formatServiceGroup, parseBind, parseServiceGroup } from "./group.ts";
import { formatLine, outputFormat } from "./output.ts";

describe("service groups (services.md §1, §27)", () => {
  test.each([
    ["foo.bar", "foo.bar"],
    ["foo.bar@baz", "foo.bar@baz"],
    ["app.env#foo.bar@baz", "foo.bar@baz"],
  ])("%s", (text, formatted) => {
    expect(formatServiceGroup(parseServiceGroup(text))).toBe(formatted);
  });

  test.each([
    "only.one.period@allowed",
    "foo@baz",
    "not.allowed@",
    "#hash.tag",
    "oh-noes",
    "only#one#hash@allowed",
    "#cool.wings@",
    "",
  ])("%s is none", (text) => {
    expect(() => parseServiceGroup(text)).toThrow("Invalid service group");
  });

  test("binds", () => {
    expect(formatBind(parseBind("name:service.group@organization"))).toBe("name:service.group@organization");
    expect(formatBind(parseBind("name:app.env#service.group@org"))).toBe("name:service.group@org");
    for (const text of ["uhoh", "uhoh:this:is:bad"]) expect(() => parseBind(text)).toThrow("Invalid binding");
    expect(() => parseBind("uhoh:nosuchservicegroup@nope")).toThrow("Invalid service group");
  });
});

describe("lines of output (supervisor.md §16.1, §24.5)", () => {
  test("plain, coloured and JSON", () => {
    expect(formatLine({ json: false, color: false }, "soup", "SOT", "opeth is amazing")).toBe(
      "soup(SOT): opeth is amazing",
    );
    expect(formatLine({ json: true, color: false }, "monkeys", "SOT", "I love monkeys")).toBe(
      '{"preamble":"monkeys","logkey":"SOT","content":"I love monkeys"}',
    );
    expect(formatLine({ json: false, color: true }, "hab-sup", "MR", "text")).toBe(
      "\x1b[0m\x1b[0m\x1b[36mhab-sup\x1b[0m(\x1b[0m\x1b[1m\x1b[37mMR\x1b[0m): \x1b[0mtext\x1b[0m",
    );
  });

  test("colour needs TERM and no NO_COLOR", () => {
    const color = (environment: Record<string, string>, noColor = false) =>
      outputFormat({ noColor, jsonLogging: false }, environment).color;
    expect(color({ TERM: "xterm" })).toBe(true);
    expect(color({ TERM: "dumb" })).toBe(false);
    expect(color({})).toBe(false);
    expect(color({ TERM: "xterm", NO_COLOR: "" })).toBe(false);
    expect(color({ TERM: "xterm" }, true)).toBe(false);
  });
});
