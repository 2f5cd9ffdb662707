// Identifier texts and what is found for them in an odd world (recorded from 2.1.78).
import { afterAll, describe, expect, test } from "bun:test";
import { HabError } from "../../../src/error/index.ts";
import {
  formatIdent,
  isValidOriginName,
  listInstalled,
  listInstalledOrFail,
  loadInstalled,
  parseFullIdent,
  parseIdent,
} from "../../../src/package/index.ts";
import vectors from "./idents-and-lookup.json";
import { World } from "./world.ts";

const world = new World(vectors.world);
const empty = new World();
afterAll(() => {
  world.remove();
  empty.remove();
});

/** What the command line makes of these words with the library alone: exit code and standard output. */
function answer(argv: readonly string[], root: string): { exit: number; stdout: string } {
  try {
    return { exit: 0, stdout: output(argv, root) };
  } catch (error) {
    if (!(error instanceof HabError)) throw error;
    return { exit: error.exitCode, stdout: "" };
  }
}

function output([, command, ...words]: readonly string[], root: string): string {
  const [first = "", second = ""] = words;
  if (command === "path" || command === "dependencies" || command === "env")
    return `${loadInstalled(parseIdent(first), { root }).path}\n`;
  if (command === "uninstall") listInstalledOrFail({ root });
  if (command !== "list") throw new Error(`no such command here: ${command}`);
  let found: ReturnType<typeof listInstalled>;
  if (first === "-a" || first === "--all") found = listInstalledOrFail({ root });
  else if (first === "-o" || first === "--origin") found = listInstalled({ origin: second, root });
  else found = listInstalled({ ident: parseIdent(first), root });
  return found.map((ident) => `${formatIdent(ident)}\n`).join("");
}

describe("lookup", () => {
  const cases = [...vectors.cases, ...vectors.list].filter(
    // Origins are checked where flags are parsed; a crash of the original has its own test below.
    ({ argv, expect }) =>
      !(expect.exit === 2 && argv.includes("-o")) && !argv.includes("--origin") && expect.exit !== 101,
  );
  test.each(cases)("$name", ({ argv, expect: expected }) => {
    const { exit, stdout } = answer(argv, world.root);
    expect({ exit, stdout: stdout.replaceAll(world.root, "$ROOT") }).toEqual({
      exit: expected.exit,
      stdout: expected.stdout,
    });
  });
  test.each(vectors.list.filter(({ expect }) => expect.exit === 101))(
    "$name: an error, not a crash",
    ({ argv }) => {
      expect(answer(argv, world.root).exit).toBe(2);
    },
  );
  test.each(vectors.list.filter(({ argv, expect }) => expect.exit === 2 && argv.includes("-o")))(
    "$name",
    ({ argv }) => {
      expect(isValidOriginName(argv[3] as string)).toBe(false);
    },
  );
});

test.each(vectors.nopkgs.filter(({ argv }) => argv[1] !== "provides"))(
  "$name",
  ({ argv, expect: expected }) => {
    expect(answer(argv, empty.root).exit).toBe(expected.exit);
  },
);

test.each(vectors.fully_qualified_required)("$name", ({ argv, expect: expected }) => {
  let exit = 0;
  try {
    parseFullIdent(argv[2] as string);
  } catch (error) {
    exit = (error as HabError).exitCode;
  }
  expect(exit).toBe(expected.exit);
});
