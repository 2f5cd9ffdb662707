import { describe, expect, test } from "bun:test";
import { argument, argumentList, defineCommand, flag, option, optionList } from "../command.ts";
import { choice, existingFile } from "../values.ts";
import { completeAtCursor } from "./position.ts";

const { grammar } = defineCommand({
  summary: "A command",
  examples: [],
  args: {
    ident: argument({ value: "IDENT", help: "A package", completes: "installed-package" }),
    file: argument({ value: "FILE", help: "A file", type: existingFile }),
  },
  options: {
    channel: option({
      short: "c",
      long: "channel",
      help: "Channel",
      completes: "channel",
      conflictsWith: ["all"],
    }),
    changed: flag({ long: "changed", help: "Only what changed" }),
    all: flag({ short: "a", long: "all", help: "Everything" }),
    quiet: flag({ short: "q", help: "No lines" }),
    bind: optionList({ long: "bind", help: "Binds", values: "one-or-more", type: choice("one", "two") }),
    peer: optionList({
      long: "peer",
      help: "Peers",
      values: "one",
      delimiter: ",",
      type: choice("pa", "pb"),
    }),
    strategy: option({
      short: "s",
      long: "strategy",
      help: "Strategy",
      type: choice("none", "at-once", "rolling"),
    }),
    auth: option({ short: "z", long: "auth", help: "Token", secret: true, completes: "file" }),
    ringKey: option({ long: "ring-key", help: "A key", hidden: true }),
  },
  async run() {},
});

const { grammar: execGrammar } = defineCommand({
  summary: "Hands words on",
  examples: [],
  args: {
    ident: argument({ value: "IDENT", help: "A package" }),
    words: argumentList({ value: "ARGS", help: "Words", allowHyphenValues: true, optional: true }),
  },
  options: { verbose: flag({ long: "verbose", help: "More lines" }) },
  async run() {},
});

function at(line: string, of = grammar) {
  const words = line.split(" ");
  return completeAtCursor(of, words.slice(0, -1), words.at(-1) ?? "");
}
const words = (line: string, of = grammar) => at(line, of).candidates.map(({ word }) => word);

describe("options", () => {
  test("by the beginning of their long names, with what help says", () => {
    expect(words("--chan")).toEqual(["--channel", "--changed"]);
    expect(at("--channe").candidates).toEqual([{ word: "--channel", description: "Channel" }]);
  });
  test("hidden ones too", () => expect(words("--ring")).toEqual(["--ring-key"]));
  test("long and short names after one dash", () => {
    expect(words("-")).toEqual(expect.arrayContaining(["--all", "-a", "-q", "-c", "--help", "-h", "-V"]));
    expect(words("-q")).toEqual(["-q"]);
  });
  test("flags may be joined", () => expect(words("-aq")).toEqual(["-aq"]));
  test("a flag is not offered twice, a list is", () => {
    expect(words("--all --al")).toEqual([]);
    expect(words("-a --al")).toEqual([]);
    expect(words("--strategy none --strat")).toEqual([]);
    expect(words("--strategy none --strategy=")).toEqual([]);
    expect(words("--peer pa --pe")).toEqual(["--peer"]);
  });
  test("what conflicts is not offered, whichever side says so", () => {
    expect(words("--all --chan")).toEqual(["--changed"]);
    expect(words("-cx --al")).toEqual([]);
    expect(words("-a -cx")).toEqual([]);
  });
  test("are offered unasked when no argument is left", () => {
    expect(words("core/redis f ")).toContain("--channel");
    expect(words("core/redis f ")).not.toContain("-c");
  });
});

describe("values", () => {
  test("choices: as a word of their own and joined", () => {
    expect(words("--strategy ")).toEqual(["none", "at-once", "rolling"]);
    expect(words("--strategy=a")).toEqual(["--strategy=at-once"]);
    expect(words("-sr")).toEqual(["-srolling"]);
    expect(words("-s r")).toEqual(["rolling"]);
    expect(words("-as r")).toEqual(["rolling"]);
  });
  test("what the machine knows is asked for, with what stands before it", () => {
    expect(at("--channel=st").wanted).toEqual({ prefix: "--channel=", typed: "st", subjects: ["channel"] });
    expect(at("-cst").wanted).toEqual({ prefix: "-c", typed: "st", subjects: ["channel"] });
    expect(at("--channel ").wanted).toEqual({ prefix: "", typed: "", subjects: ["channel"] });
  });
  test("arguments in their order; a type may say what they are", () => {
    expect(at("co").wanted?.subjects).toEqual(["installed-package"]);
    expect(at("--all core/redis ").wanted?.subjects).toEqual(["file"]);
    expect(at("core/redis file more")).toEqual({ candidates: [] });
  });
  test("the part after the last delimiter", () => {
    expect(words("--peer pa,p")).toEqual(["pa,pa", "pa,pb"]);
    expect(words("--peer=pa,pb")).toEqual(["--peer=pa,pb"]);
  });
  test("a greedy option takes all words, and ends with the next option", () => {
    expect(words("--bind ")).toEqual(["one", "two"]);
    expect(words("--bind one t")).toEqual(["two"]);
    expect(words("--bind --a")).toEqual([]);
    expect(words("--bind one --al")).toEqual(["--all"]);
    expect(at("--bind=one co").wanted?.subjects).toEqual(["installed-package"]);
  });
  test("an option that needs a value is not followed by another option", () =>
    expect(at("--strategy --al")).toEqual({ candidates: [] }));
  test.each(["--auth ", "--auth=", "-z ", "-zx", "--auth=/et"])("never of a secret: %p", (line) => {
    expect(at(line)).toEqual({ candidates: [] });
  });
  test("the word after a secret is completed", () =>
    expect(at("--auth x co").wanted?.subjects).toEqual(["installed-package"]));
});

describe("after --", () => {
  test("only arguments", () => {
    expect(at("-- co").wanted?.subjects).toEqual(["installed-package"]);
    expect(words("-- --chan")).toEqual([]);
    expect(words("core/redis f -- ")).toEqual([]);
  });
  test("words that are handed on are left alone", () => {
    expect(words("--v", execGrammar)).toEqual(["--verbose", "--version"]);
    expect(words("core/redis server --v", execGrammar)).toEqual([]);
  });
});

test("wrong words are passed over", () => {
  expect(words("--nothere -Q --strat")).toEqual(["--strategy"]);
});
