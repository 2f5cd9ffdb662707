// `--json` of every command: one document on standard output, as its schema in docs/json/ says.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020";
import { commands } from "../../src/cli/commands.ts";
import { jsonSchemas } from "../../src/cli/json-schemas.ts";
import { type JsonCase, jsonCases } from "./json-cases.ts";
import { type JsonWorld, startJsonWorld } from "./json-world.ts";
import { HAB, ROOT, run } from "./program.ts";

let world: JsonWorld;
let cases: readonly JsonCase[];
beforeAll(async () => {
  world = await startJsonWorld();
  cases = jsonCases(world);
});
afterAll(() => world.stop());

const ajv = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true });
const validators = new Map<string, ReturnType<typeof ajv.compile>>();

/** The published schema, with nothing allowed that it does not name: a new field must be described. */
function validator(name: string) {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const schema = JSON.parse(readFileSync(join(ROOT, "docs/json", `${name}.json`), "utf8")) as object;
  const made = ajv.compile(closed(schema) as object);
  validators.set(name, made);
  return made;
}

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isObject = inner["type"] === "object" && inner["additionalProperties"] === undefined;
  return isObject ? { ...inner, additionalProperties: false } : inner;
}

const fileName = (words: string) => words.replaceAll(" ", "-");

async function runCase({ words, args = [], env, stdin, goesOn }: JsonCase) {
  const command = [HAB, ...words.split(" "), "--json", ...args];
  const options = {
    env: { ...world.env, ...env },
    cwd: world.directory,
    ...(stdin !== undefined && { stdin }),
  };
  return goesOn === true ? await runUntilDocument(command, options) : await run(command, options);
}

/** Runs until a line is there, then ends the command. */
async function runUntilDocument(cmd: string[], { env, cwd }: { env: Record<string, string>; cwd: string }) {
  const child = Bun.spawn({
    cmd,
    env: { PATH: "/usr/bin:/bin", ...env },
    cwd,
    stdout: "pipe",
    stderr: "pipe",
  });
  const decoder = new TextDecoder();
  let stdout = "";
  for await (const chunk of child.stdout) {
    stdout += decoder.decode(chunk, { stream: true });
    if (stdout.includes("\n")) child.kill("SIGTERM");
  }
  return { code: await child.exited, stdout, stderr: await child.stderr.text() };
}

test("every command prints what its schema says, as one document", async () => {
  for (const each of cases) {
    const { code, stdout, stderr } = await runCase(each);
    const said = `hab ${each.words} --json ${(each.args ?? []).join(" ")}\n${stdout}\n${stderr}`;
    if (code !== 0) throw new Error(`exit ${code}: ${said}`);
    if (!/^[^\n]+\n$/.test(stdout)) throw new Error(`not one line: ${said}`);
    const validate = validator(fileName(each.words));
    if (!validate(JSON.parse(stdout)))
      throw new Error(
        `not as docs/json/${fileName(each.words)}.json says: ${JSON.stringify(validate.errors)}\n${said}`,
      );
    expect(stdout).not.toContain("\u001b");
  }
}, 300_000);

test("a command that fails says so in one JSON line on standard error, and nothing on standard output", async () => {
  const validate = validator("error");
  for (const words of [
    ["pkg", "path", "acme/nothing", "--json"],
    ["pkg", "search", "x", "--json", "--url", "http://127.0.0.1:1"],
    ["origin", "key", "export", "nobody", "--json"],
    ["svc", "status", "--json", "--remote-sup", "127.0.0.1:1"],
    ["pkg", "sign", "--origin", "acme", "--json", world.at("default.toml"), "/nowhere/x.hart"],
  ]) {
    const { code, stdout, stderr } = await run([HAB, ...words], { env: world.env });
    expect([words, stdout]).toEqual([words, ""]);
    const document = JSON.parse(stderr.trimEnd().split("\n").at(-1) as string);
    expect([words, validate(document), validate.errors]).toEqual([words, true, null]);
    expect(document.error.exitCode).toBe(code);
  }
});

test("a document that lacks a field, or has one more, is found out", () => {
  const validate = validator("pkg-path");
  expect(validate({ ident: "a/b/1/2", path: "/x" })).toBe(true);
  expect(validate({ ident: "a/b/1/2" })).toBe(false);
  expect(validate({ ident: "a/b/1/2", path: "/x", more: 1 })).toBe(false);
});

describe("a command with --json is complete", async () => {
  const withJson: string[] = [];
  for (const [words, load] of Object.entries(commands))
    if ((await load()).command.hasJson) withJson.push(words);

  test("it has a schema", () => {
    const missing = withJson.filter((words) => jsonSchemas[words] === undefined);
    if (missing.length > 0)
      throw new Error(
        `No schema for: ${missing.join(", ")}.\nAdd to the file of its area in src/cli/json-schemas/, sorted, for each:\n` +
          missing.map((words) => `  "${words}": object({ field: text() }),\n`).join("") +
          "then run script/bun script/docs.ts, which writes docs/json/.",
      );
  });

  test("it is run here", () => {
    const missing = withJson.filter((words) => !cases.some((each) => each.words === words));
    if (missing.length > 0)
      throw new Error(
        `Never run: ${missing.join(", ")}.\nAdd to test/binary/json-cases.ts, where what it needs is there, for each:\n` +
          missing.map((words) => `    { words: "${words}", args: [] },\n`).join(""),
      );
  });

  test("and no schema is of a command that prints none", () => {
    expect(Object.keys(jsonSchemas).filter((words) => !withJson.includes(words))).toEqual([]);
  });
});
