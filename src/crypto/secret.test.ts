import { describe, expect, test } from "bun:test";
import { inspect } from "node:util";
import { Secret } from "./secret.ts";

describe("a secret", () => {
  const secret = new Secret("hunter2");
  const shown: [how: string, text: string][] = [
    ["String()", String(secret)],
    ["a template", `${secret}`],
    ["joining", ["a", secret].join()],
    ["JSON", JSON.stringify({ secret, list: [secret] })],
    ["util.inspect", inspect({ secret }, { depth: 9, showHidden: true })],
    ["Bun.inspect", Bun.inspect({ secret, map: new Map([["k", secret]]) })],
    ["its properties", JSON.stringify([Object.entries(secret), Reflect.ownKeys(secret), { ...secret }])],
    ["an error's message", new Error(`cannot use ${secret}`).message],
  ];
  for (const [how, text] of shown)
    test(`is not shown by ${how}`, () => expect(text).not.toContain("hunter2"));

  test("does not travel by structuredClone", () => {
    expect(JSON.stringify(structuredClone({ secret }))).not.toContain("hunter2");
  });

  test("is given out by reveal alone", () => expect(secret.reveal()).toBe("hunter2"));
});
