import { describe, expect, test } from "bun:test";
import type { Command } from "../command.ts";
import {
  argument,
  argumentList,
  defineCommand,
  flag,
  option,
  optionalArgument,
  optionList,
} from "../command.ts";
import { choice, integer, originName } from "../values.ts";
import { parseWords } from "./parse.ts";

const load = defineCommand({
  summary: "x",
  examples: [],
  run() {},
  args: { ident: argument({ value: "PKG_IDENT", help: "" }) },
  options: {
    force: flag({ short: "f", long: "force", help: "" }),
    reuse: flag({ short: "r", long: "reuse", help: "" }),
    channel: option({ short: "c", long: "channel", help: "", env: "CHANNEL", default: "base" }),
    strategy: option({ long: "strategy", help: "", type: choice("none", "at-once", "rolling") }),
    limit: option({ short: "l", long: "limit", help: "", type: integer() }),
    bind: optionList({ long: "bind", help: "", values: "one-or-more", delimiter: " " }),
    certificates: optionList({ long: "certs", help: "", values: "zero-or-more", repeatable: false }),
    key: optionList({ short: "k", long: "key", help: "", values: "one" }),
    directory: option({ long: "dir", help: "", env: "DIR", refuseEmpty: true }),
    token: option({ short: "z", long: "auth", help: "", secret: true, type: originName }),
    quiet: flag({ long: "quiet", help: "", conflictsWith: ["channel"] }),
    url: option({ long: "stream-url", help: "", requires: ["token", "limit"] }),
  },
});

const list = defineCommand({
  summary: "x",
  examples: [],
  run() {},
  args: { ident: optionalArgument({ value: "PKG_IDENT", help: "" }) },
  options: {
    all: flag({ short: "a", long: "all", help: "" }),
    origin: option({ short: "o", long: "origin", help: "" }),
  },
  exactlyOne: [["all", "origin", "ident"]],
  helpIfBare: true,
});

const exec = defineCommand({
  summary: "x",
  examples: [],
  run() {},
  args: {
    ident: argument({ value: "PKG_IDENT", help: "" }),
    cmd: argument({ value: "CMD", help: "" }),
    args: argumentList({ value: "ARGS", help: "", optional: true, allowHyphenValues: true }),
  },
});

function values(command: Command, line: string[], env = {}): Record<string, unknown> {
  const result = parseWords(command.grammar, line, env);
  if (result.kind !== "values") return { result };
  return Object.fromEntries([...result.values].map(([id, { values }]) => [id, values]));
}

function what(command: Command, line: string[], env = {}): string | undefined {
  const result = parseWords(command.grammar, line, env);
  if (result.kind !== "error") return undefined;
  return [result.error.what, ...(result.error.details ?? [])].join(" | ");
}

function tip(command: Command, line: string[]): string | undefined {
  const result = parseWords(command.grammar, line, {});
  return result.kind === "error" ? result.error.tip : undefined;
}

describe("words (reference/cli.md §2.1)", () => {
  test.each([
    [["a/b", "--channel", "x"]],
    [["a/b", "--channel=x"]],
    [["a/b", "-c", "x"]],
    [["a/b", "-cx"]],
    [["a/b", "-c=x"]],
    [["-cx", "a/b"]],
    [["-cx", "--", "a/b"]],
  ])("an option's value: %j", (line) => {
    expect(values(load, line)).toEqual({ channel: ["x"], ident: ["a/b"] });
  });

  test("switches may be bundled, the last may take a value", () => {
    expect(values(load, ["-frcx", "a/b"])).toEqual({ force: [], reuse: [], channel: ["x"], ident: ["a/b"] });
  });

  test("a lone dash is a value, everything after -- is", () => {
    expect(values(load, ["-"])).toEqual({ ident: ["-"], channel: ["base"] });
    expect(values(load, ["--", "--force"])).toEqual({ ident: ["--force"], channel: ["base"] });
  });

  test("a value that looks like an option is refused", () => {
    expect(what(load, ["a/b", "-l", "-1"])).toBe("unexpected argument '-1' found");
    expect(tip(load, ["a/b", "-l", "-1"])).toBe("to pass '-1' as a value, use '-- -1'");
    expect(what(load, ["-c", "-f", "a/b"])).toBe(
      "a value is required for '--channel <CHANNEL>' but none was supplied",
    );
  });

  test("given twice is an error unless the option adds up", () => {
    expect(what(load, ["-c", "a", "-c", "b", "x"])).toBe(
      "the argument '--channel <CHANNEL>' cannot be used multiple times",
    );
    expect(what(list, ["-aa"])).toBe("the argument '--all' cannot be used multiple times");
    expect(values(load, ["x", "-k", "a", "-k", "b"])).toMatchObject({ key: ["a", "b"] });
  });

  test("switches take no value", () => {
    expect(what(list, ["--all=true"])).toBe(
      "unexpected value 'true' for '--all' found; no more were expected",
    );
    expect(what(list, ["-a=1"])).toBe("unexpected argument '-=' found");
  });

  test("greedy options take all words up to the next option, unless the value is joined with =", () => {
    expect(values(load, ["x", "--bind", "a", "b", "--force"])).toMatchObject({
      bind: ["a", "b"],
      ident: ["x"],
    });
    expect(what(load, ["--bind", "a", "x"])).toBe(
      "the following required arguments were not provided: | <PKG_IDENT>",
    );
    expect(values(load, ["--bind=a", "x"])).toMatchObject({ bind: ["a"], ident: ["x"] });
    expect(values(load, ["x", "--bind", "a b", "--bind", "c"])).toMatchObject({ bind: ["a", "b", "c"] });
    expect(what(load, ["x", "--bind"])).toBe(
      "a value is required for '--bind <BIND>...' but none was supplied",
    );
    expect(values(load, ["x", "--certs", "--force"])).toMatchObject({ certificates: [] });
  });

  test("too many words", () => {
    expect(what(load, ["a", "b"])).toBe("unexpected argument 'b' found");
    expect(tip(load, ["a", "b"])).toBeUndefined();
  });

  test("unknown options name the most similar one", () => {
    expect(tip(load, ["a", "--chanel", "x"])).toBe("a similar argument exists: '--channel'");
    expect(tip(load, ["a", "--strat=none"])).toBe("a similar argument exists: '--strategy'");
    expect(tip(load, ["a", "--nope"])).toBe("to pass '--nope' as a value, use '-- --nope'");
    expect(what(load, ["a", "--nope=x"])).toBe("unexpected argument '--nope' found");
  });
});

describe("values", () => {
  test("are checked in the order of the words", () => {
    expect(what(load, ["a", "-l", "ten", "--nope"])).toBe(
      "invalid value 'ten' for '--limit <LIMIT>': invalid digit found in string",
    );
    expect(what(load, ["a", "-l", "4294967296"])).toContain("number too large to fit in target type");
  });

  test("out of a list name the list and the most similar one", () => {
    expect(what(load, ["a", "--strategy", "At-Once"])).toBe(
      "invalid value 'At-Once' for '--strategy <STRATEGY>' | [possible values: none, at-once, rolling]",
    );
    expect(tip(load, ["a", "--strategy", "At-Once"])).toBe("a similar value exists: 'at-once'");
    expect(tip(load, ["a", "--strategy", "all"])).toBeUndefined();
  });

  test("a secret one is not repeated in the error", () => {
    expect(what(load, ["a", "-z", "SECRET!"])).not.toContain("'SECRET!' for");
  });
});

describe("help and version", () => {
  test("win over what follows", () => {
    expect(parseWords(list.grammar, ["-h", "--nope"], {})).toEqual({ kind: "help", long: false });
    expect(parseWords(list.grammar, ["--help"], {})).toEqual({ kind: "help", long: true });
    expect(parseWords(list.grammar, ["-Vh"], {})).toEqual({ kind: "version" });
  });

  test("lose against an error before them", () => {
    expect(what(list, ["--nope", "--help"])).toBe("unexpected argument '--nope' found");
  });

  test("a bare command", () => {
    expect(parseWords(list.grammar, [], {})).toEqual({ kind: "bare" });
  });
});

describe("presence (reference/cli.md §2.2)", () => {
  test("command line over environment over default; empty counts as a value", () => {
    expect(values(load, ["a"], { CHANNEL: "env" })).toMatchObject({ channel: ["env"] });
    expect(values(load, ["a", "-c", "flag"], { CHANNEL: "env" })).toMatchObject({ channel: ["flag"] });
    expect(values(load, ["a"], { CHANNEL: "" })).toMatchObject({ channel: [""] });
    expect(what(load, ["a"], { DIR: "" })).toBe(
      "a value is required for '--dir <DIR>' but none was supplied",
    );
  });

  test("conflicts count the environment but not defaults", () => {
    expect(values(load, ["a", "--quiet"])).toMatchObject({ quiet: [] });
    expect(what(load, ["a", "--quiet"], { CHANNEL: "env" })).toBe(
      "the argument '--quiet' cannot be used with '--channel <CHANNEL>'",
    );
  });

  test("exactly one of a set", () => {
    expect(what(list, ["-a", "core/redis"])).toBe("the argument '--all' cannot be used with '[PKG_IDENT]'");
    expect(what(list, ["-a", "-o", "core", "core/redis"])).toBe(
      "the argument '--all' cannot be used with: | --origin <ORIGIN> | [PKG_IDENT]",
    );
    const bare = { ...list.grammar, helpIfBare: false };
    expect(parseWords(bare, [], {})).toMatchObject({
      error: { details: ["<--all|--origin <ORIGIN>|PKG_IDENT>"] },
    });
  });

  test("an option may need others", () => {
    expect(what(load, ["a", "--stream-url", "x"])).toBe(
      "the following required arguments were not provided: | --limit <LIMIT> | --auth <AUTH>",
    );
  });
});

describe("words handed on (reference/cli.md §2.5)", () => {
  test("unknown options pass through, and everything after the first word handed on", () => {
    expect(values(exec, ["core/bash", "bash", "--login", "-c", "echo hi"])).toMatchObject({
      cmd: ["bash"],
      args: ["--login", "-c", "echo hi"],
    });
    expect(values(exec, ["core/bash", "ls", "x", "--help"])).toMatchObject({ args: ["x", "--help"] });
    expect(values(exec, ["core/bash", "--", "ls", "--help"])).toMatchObject({
      cmd: ["ls"],
      args: ["--help"],
    });
    expect(parseWords(exec.grammar, ["core/bash", "ls", "--help"], {})).toMatchObject({ kind: "help" });
  });
});
