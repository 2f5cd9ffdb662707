import { describe, expect, test } from "bun:test";
import { parseStudioWords } from "./words.ts";

const parse = (...words: string[]) => parseStudioWords(words, {});

describe("the words of hab studio (reference/plan-build.md §14.2)", () => {
  test("options become the variables that mean the same", () => {
    const { command, rest, env } = parse(
      "-k",
      "a,b",
      "-r/root",
      "-n",
      "-q",
      "--no-network",
      "run",
      "-x",
      "y",
    );
    expect([command, rest]).toEqual(["run", ["-x", "y"]]);
    expect(env).toEqual({
      HAB_ORIGIN_KEYS: "a,b",
      HAB_STUDIO_ROOT: "/root",
      NO_SRC_PATH: "true",
      QUIET: "true",
      HAB_STUDIO_NO_NETWORK: "true",
    });
  });

  test.each([
    [["e"], "enter"],
    [["b", "plan"], "build"],
    [["ne"], "new"],
    [["ru"], "run"],
    [["-V", "enter"], "version"],
    [["-h"], "help"],
    [[], "none"],
  ])("%j is %s", (words, command) => expect(parse(...words).command).toBe(command as never));

  test.each([[["rm", "-D"]], [["-D", "build"]], [["build", "plan", "-D"]]])("%j is of a container", (words) =>
    expect(parse(...words).container).toBe(true),
  );

  test("-D among the words of run is run's", () =>
    expect(parse("run", "cmd", "-D")).toMatchObject({ container: false, rest: ["cmd", "-D"] }));

  test.each([[["nothere"]], [["re"]], [["-z"]], [["-k"]], [[""]]])("%j is refused", (words) =>
    expect(() => parse(...words)).toThrow(expect.objectContaining({ code: "HAB-BLD-070" })),
  );
});
