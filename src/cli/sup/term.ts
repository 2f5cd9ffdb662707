// `hab sup term` (reference/supervisor.md §2, §7).
import { isLocked, readTextIfPresent } from "../../host/index.ts";
import { supervisorPaths } from "../../supervisor/index.ts";
import { defineCommand } from "../command.ts";

export const command = defineCommand({
  summary: "Stop the Supervisor and its services",
  description:
    "Asks the launcher to end; returns at once. Where no Supervisor runs it says so, which is no failure.",
  examples: [{ command: "hab sup term", explains: "an orderly end of everything" }],
  json: true,
  run({ stdout, json, printJson }) {
    const { lock } = supervisorPaths();
    const text = readTextIfPresent(lock)?.trim();
    const problem = lockProblem(lock, text);
    if (problem !== undefined) {
      if (json) printJson({ pid: null, problem });
      else stdout.write(`Supervisor not terminated: ${problem}\n`);
      return;
    }
    process.kill(Number(text), "SIGTERM");
    if (json) printJson({ pid: Number(text), problem: null });
  },
});

function lockProblem(path: string, text: string | undefined): string | undefined {
  if (text === undefined) return `there is no lock file ${path}; no Supervisor runs`;
  if (!isLocked(path)) return `the lock file ${path} is a leftover; no Supervisor runs`;
  return /^[1-9]\d*$/.test(text) ? undefined : `the lock file ${path} holds no process id`;
}
