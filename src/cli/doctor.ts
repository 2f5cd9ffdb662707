// `hab doctor`: what on this machine keeps hab from working. Beyond the original. Each section is a file of doctor/.
import { defineCommand, flag } from "./command.ts";
import type { Check, Section } from "./doctor/check.ts";

const FAILED_EXIT_CODE = 1;

export const command = defineCommand({
  summary: "Look for what keeps hab from working on this machine",
  description:
    "Looks at ports, keys, permissions, disk, clock, versions, packages, the Supervisor and the account of services. Changes nothing. Each " +
    "thing that is wrong comes with what to do next. Asks no other host than a depot you have configured, for its date.",
  examples: [
    { command: "hab doctor", explains: "a line for each thing, exit code 1 when one fails" },
    { command: "hab doctor --strict --json", explains: "for monitoring: warnings count as failures" },
  ],
  options: { strict: flag({ long: "strict", help: "Exit with 1 for warnings as well" }) },
  json: true,
  async run({ ui, options, json, printJson, env, signal }) {
    const { thisMachine } = await import("./doctor/machine.ts");
    const machine = thisMachine(env, signal);
    const checks: Check[] = [];
    for (const section of await sections()) checks.push(...(await section(machine)));
    const ok = checks.every(({ state }) => state === "ok" || (state === "warning" && !options.strict));
    if (json) {
      printJson({ ok, checks });
      return ok ? 0 : FAILED_EXIT_CODE;
    }
    let heading: string | undefined;
    for (const { section, name, state, found, next } of checks) {
      if (section !== heading) {
        heading = section;
        ui.heading(section);
      }
      const line = `${name}: ${found}`;
      if (state === "ok") ui.status("Verified", line);
      else if (state === "warning") ui.warn(line);
      else ui.warn(`FAILED ${line}`);
      if (next !== undefined) ui.warn(`  Next: ${next}`);
    }
    return ok ? 0 : FAILED_EXIT_CODE;
  },
});

async function sections(): Promise<readonly Section[]> {
  return [
    (await import("./doctor/ports.ts")).checkPorts,
    (await import("./doctor/keys.ts")).checkKeys,
    (await import("./doctor/permissions.ts")).checkPermissions,
    (await import("./doctor/disk.ts")).checkDisk,
    (await import("./doctor/clock.ts")).checkClock,
    (await import("./doctor/versions.ts")).checkVersions,
    (await import("./doctor/packages.ts")).checkPackages,
    (await import("./doctor/supervisor.ts")).checkSupervisor,
    (await import("./doctor/account.ts")).checkAccount,
  ];
}
