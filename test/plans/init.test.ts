// `hab plan init` in somebody's repository: the plan builds as it is, and the service of it answers. Languages whose compilers
// have hundreds of megabytes are tried by script/try-templates, and Java by docs/first-app.md (test/end-to-end/first-app.test.ts).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SAMPLES, type SampleLanguage, writeSample } from "../../src/cli/plan/projects/testing/samples.ts";
import { Machine } from "../end-to-end/machine.ts";
import { packagesOf } from "../end-to-end/packages.ts";
import { answerOfService, buildPackage, requireKey } from "./template-trial.ts";

const LANGUAGES: readonly SampleLanguage[] = ["python"];

let machine: Machine;
beforeAll(async () => {
  const packages = await packagesOf(...new Set(LANGUAGES.flatMap((each) => SAMPLES[each].plans)));
  machine = await Machine.start();
  await packages.giveTo(machine);
  await requireKey(machine);
}, 600_000);
afterAll(async () => await machine?.stop(), 60_000);

describe("a plan for software that is there", () => {
  test.each(LANGUAGES)(
    "in %s builds as it is, and its service answers",
    async (language) => {
      const directory = join(machine.directory, language);
      writeSample(language, directory);
      await machine.run(["hab", "plan", "init", "--origin", "acme"], { cwd: directory });
      const ident = await buildPackage(machine, directory);
      expect(await answerOfService(machine, ident)).toBe(`hello from ${language}`);
    },
    120_000,
  );

  test("keeps what is in habitat/, unless told to write it anew", async () => {
    const directory = join(machine.directory, "kept");
    writeSample("python", directory);
    mkdirSync(join(directory, "habitat"));
    const plan = join(directory, "habitat/plan.sh");
    writeFileSync(plan, "mine\n");
    const init = (...words: string[]) =>
      machine.run(["hab", "plan", "init", "--origin", "acme", "--json", ...words], { cwd: directory });
    const first = JSON.parse((await init()).stdout);
    expect(first).toMatchObject({ kept: ["habitat/plan.sh"], changed: [] });
    expect(readFileSync(plan, "utf8")).toBe("mine\n");
    const second = JSON.parse((await init("--overwrite")).stdout);
    expect(second.changed).toContain("habitat/plan.sh");
    expect(readFileSync(plan, "utf8")).toContain("pkg_name=kept\n");
  });

  test("of another language than there is, is an error that changes nothing", async () => {
    const directory = join(machine.directory, "other");
    writeSample("python", directory);
    const words = ["hab", "plan", "init", "--origin", "acme", "--language", "go"];
    const { stderr } = await machine.run(words, { cwd: directory, exit: 1 });
    expect(stderr).toContain("HAB-BLD-104");
    expect(existsSync(join(directory, "habitat"))).toBe(false);
  });
});
