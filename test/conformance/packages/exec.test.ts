// `hab pkg exec` becomes another program, so each case is a process (recorded from 2.1.78).
import { afterAll, expect, test } from "bun:test";
import { HAB_WORDS } from "../../../src/host/testing/hab-program.ts";
import queries from "./queries.json";
import { type Step, World } from "./world.ts";

const world = new World(queries.world);
afterAll(() => world.remove());

interface Query extends Step {
  readonly name: string;
  readonly group: string;
}

// Help is ours to write; what needs the world at /hab itself is for tests with a root of their own.
const cases = (queries.cases as unknown as Query[]).filter(
  ({ group, argv, expect }) =>
    group === "exec" && !(argv?.includes("--help") === true && expect?.stdout.includes("Usage") === true),
);

test.concurrent.each(cases)(
  "$name",
  async ({ argv = [], env = {}, unset = [], stdin = "", expect: wanted }) => {
    const environment: Record<string, string | undefined> = {
      PATH: "/usr/bin:/bin",
      HOME: world.home,
      FS_ROOT: world.root,
      HAB_NOCOLORING: "true",
      HAB_LICENSE: "accept-no-persist",
      ...env,
    };
    for (const name of unset) delete environment[name];
    const child = Bun.spawn([...HAB_WORDS, ...argv], {
      cwd: world.cwd,
      env: environment,
      stdin: new Blob([stdin]),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    await child.exited;
    const exit = child.signalCode === null ? child.exitCode : -15;
    expect({ exit, stdout: world.collapse(stdout), stderr: exit === 0 ? "" : stderr }).toMatchObject({
      exit: wanted?.exit as number,
      stdout: wanted?.stdout as string,
    });
  },
);
