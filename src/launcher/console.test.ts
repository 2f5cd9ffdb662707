import { describe, expect, test } from "bun:test";
import { formatLine, lineFormat } from "./console.ts";

describe("lines of the launcher", () => {
  const plain = { json: false, color: false };

  test("plain, as JSON, and coloured", () => {
    expect(formatLine(plain, "soup", "SOT", "opeth is amazing")).toBe("soup(SOT): opeth is amazing\n");
    expect(formatLine({ json: true, color: false }, "monkeys", "SOT", "I love monkeys")).toBe(
      '{"preamble":"monkeys","logkey":"SOT","content":"I love monkeys"}\n',
    );
    const coloured = { json: false, color: true };
    expect(formatLine(coloured, "hab-launch", "SV", "text").replaceAll("\x1b", "ESC")).toBe(
      "ESC[0mESC[0mESC[36mhab-launchESC[0m(ESC[0mESC[1mESC[37mSVESC[0m): ESC[0mtextESC[0m\n",
    );
    expect(formatLine(coloured, "a.default", "O", "text")).toContain("\x1b[32ma.default");
  });

  test.each([
    [[], { TERM: "xterm" }, { json: false, color: true }],
    [[], { TERM: "dumb" }, { json: false, color: false }],
    [[], {}, { json: false, color: false }],
    [[], { TERM: "xterm", NO_COLOR: "" }, { json: false, color: false }],
    [["--no-color"], { TERM: "xterm" }, { json: false, color: false }],
    [["-v", "--json-logging", "--no-color"], { TERM: "xterm" }, { json: true, color: false }],
  ])("arguments %j and %j", (args, environment, format) => {
    expect(lineFormat(args, environment)).toEqual(format);
  });
});
