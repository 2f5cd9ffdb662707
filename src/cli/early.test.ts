import { expect, test } from "bun:test";
import { isPlainBuild } from "./early.ts";

const words = (line: string): string[] => line.split(" ");

test.each([
  "pkg build --no-studio .",
  "pkg build plans/app --no-studio --locked",
  "pkg build --no-studio --release 20260101000000 .",
])("bash is started for `hab %s` before it is parsed", (line) => {
  expect(isPlainBuild(words(line), {})).toBe(true);
});

test("in a studio a build is in the present root", () => {
  expect(isPlainBuild(words("pkg build ."), { STUDIO_TYPE: "default" })).toBe(true);
  expect(isPlainBuild(words("pkg build ."), {})).toBe(false);
});

test.each([
  "pkg build --no-studio",
  "pkg build --no-studio --help",
  "pkg build --no-studio --json .",
  "pkg build --no-studio --src=/src .",
  "pkg build --no-studio -k acme .",
  "pkg install --no-studio acme/app",
  "plan check .",
  "pkg",
  "",
])("not for `hab %s`", (line) => {
  expect(isPlainBuild(words(line), {})).toBe(false);
});
