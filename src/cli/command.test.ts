import { expect, test } from "bun:test";
import { argument, argumentList, defineCommand, flag, formatJson, option, optionList } from "./command.ts";
import { choice, integer } from "./values.ts";

test("values have the types their declarations say", () => {
  defineCommand({
    summary: "x",
    examples: [],
    args: {
      ident: argument({ value: "X", help: "" }),
      rest: argumentList({ value: "Y", help: "", type: integer() }),
    },
    options: {
      force: flag({ long: "force", help: "" }),
      channel: option({ long: "channel", help: "", default: "base" }),
      group: option({ long: "group", help: "" }),
      limit: option({ long: "limit", help: "", type: integer() }),
      strategy: option({ long: "strategy", help: "", type: choice("none", "rolling"), default: "none" }),
      bind: optionList({ long: "bind", help: "", values: "one-or-more" }),
    },
    run({ options, args }) {
      const force: boolean = options.force;
      const channel: string = options.channel;
      const group: string | undefined = options.group;
      const limit: number | undefined = options.limit;
      const strategy: "none" | "rolling" = options.strategy;
      const bind: readonly string[] = options.bind;
      const ident: string = args.ident;
      const rest: readonly number[] = args.rest;
      // @ts-expect-error an option without default may be absent
      const wrong: string = options.group;
      // @ts-expect-error there is no such option
      options.nothing;
      return [force, channel, group, limit, strategy, bind, ident, rest, wrong].length;
    },
  });
});

test("JSON keeps integers exact", () => {
  expect(formatJson({ a: 5n, b: 18446744073709551615n })).toBe('{"a":5,"b":"18446744073709551615"}');
});

test("JSON holds nothing a terminal obeys, and the same value", () => {
  const value = { name: "a\u001b[2J\u007f\u009b2J\u202eb" };
  expect(formatJson(value)).toMatch(/^[\u0020-\u007e]*$/);
  expect(JSON.parse(formatJson(value))).toEqual(value);
});
