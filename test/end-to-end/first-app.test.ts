// docs/first-app.md, as a reader does it: the commands are taken from the page, so that there is no second copy of them to go
// stale. A block that is marked `sh` is run; the block behind it, if it has no mark, is what the last command has to say.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { plansOfPage, stepsOfPage } from "./first-app-page.ts";
import { Machine } from "./machine.ts";
import { packagesOf } from "./packages.ts";

const steps = stepsOfPage();
let machine: Machine;
beforeAll(async () => {
  const packages = await packagesOf(...plansOfPage());
  machine = await Machine.start();
  await packages.giveTo(machine);
  await packages.giveHartsTo(machine);
  // The reader makes a key; those that made the packages are for all tests.
  await machine.run(["bash", "-c", "mkdir ~/keys && cp /hab/cache/keys/*.pub ~/keys/"]);
  machine.env["HAB_CACHE_KEY_PATH"] = join(machine.directory, "home/keys");
}, 600_000);
afterAll(async () => await machine?.stop(), 60_000);

/** Where the reader is: each block is a shell of its own. */
const inPlace = (commands: string) =>
  `cd "$(cat ~/.place 2>/dev/null || echo ~)"\n${commands}\npwd >~/.place\n`;

describe("a reader's first application", () => {
  test("has steps, which end with the Supervisor", () => {
    expect(steps.length).toBeGreaterThan(8);
    expect(steps.at(-1)?.commands).toContain("hab sup term");
  });

  // A page is done from its top: after a step that fails the others would say nothing.
  let failed = false;
  test.each(steps.map((step, index) => [`${index + 1}: ${step.title}`, step] as const))(
    "%s",
    async (_, { commands, answer }) => {
      if (failed) throw new Error("an earlier step failed");
      failed = true;
      const { stdout } = await machine.run(["bash", "-e", "-c", inPlace(commands)]);
      if (answer !== undefined) expect(stdout.trimEnd().split("\n").at(-1)).toBe(answer.trimEnd());
      failed = false;
    },
    600_000,
  );
});
