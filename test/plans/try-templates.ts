// script/try-templates: what test/plans/init.test.ts does, for all languages, with the packages that script/build-plans makes.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SAMPLES, type SampleLanguage, writeSample } from "../../src/cli/plan/projects/testing/samples.ts";
import { Machine, PROJECT } from "../end-to-end/machine.ts";
import { answerOfService, buildPackage, requireKey } from "./template-trial.ts";

const languages = process.argv.slice(2).map((word): SampleLanguage => {
  if (!(word in SAMPLES)) throw new Error(`${word} is none of ${Object.keys(SAMPLES).join(", ")}`);
  return word as SampleLanguage;
});
const plans = [...new Set(languages.flatMap((each) => SAMPLES[each].plans))];
const { status } = spawnSync(join(PROJECT, "script/build-plans"), plans, { stdio: "inherit" });
if (status !== 0) process.exit(1);

const machine = await Machine.start();
try {
  // Its own packages stay its own.
  await machine.run(["mkdir", "-p", "/hab/pkgs/core"]);
  await machine.run(["mount", "--bind", join(PROJECT, ".cache/shelf/hab/pkgs/core"), "/hab/pkgs/core"]);
  await requireKey(machine);
  for (const language of languages) {
    const directory = join(machine.directory, "sample");
    await machine.run(["rm", "-rf", directory]);
    writeSample(language, directory);
    await machine.run(["hab", "plan", "init", "--origin", "acme"], { cwd: directory });
    const ident = await buildPackage(machine, directory);
    const isService = existsSync(join(directory, "habitat/hooks/run"));
    const said = isService
      ? await answerOfService(machine, ident)
      : (await machine.run(["hab", "pkg", "exec", ident, "sample"])).stdout.trim();
    if (said !== `hello from ${language}`) throw new Error(`${ident} says '${said}'`);
    console.log(`${language}: ${ident} says '${said}'`);
    // The next one may be built within the same second, which makes it the same release.
    await machine.run(["hab", "pkg", "uninstall", ident, "--no-deps"]);
  }
} finally {
  await machine.stop();
}
