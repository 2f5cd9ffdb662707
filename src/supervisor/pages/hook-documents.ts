// The hooks of a service with their last runs and the end of what they printed, from the two log files each has
// (reference/services.md §6).
import { open } from "node:fs/promises";
import type { SupervisorTold } from "../../web/index.ts";
import { SERVICE_HOOKS } from "../plan/service.ts";
import { hookLogs } from "../service/hook-output.ts";
import type { HookRun } from "../service/hooks.ts";
import type { ServiceParts } from "../service/ports.ts";
import type { EndingServiceHook } from "../service/run-hook.ts";
import { MAX_OUTPUT_BYTES } from "./limits.ts";
import { withoutSecrets } from "./secrets.ts";

type HookDocument = SupervisorTold.HookDocument;
type HookRunDocument = SupervisorTold.HookRunDocument;

/** `lastRun`: what this Supervisor knows of the last run of a hook. */
export async function hookDocuments(
  { templates, pkg }: Pick<ServiceParts, "templates" | "pkg">,
  lastRun: (hook: EndingServiceHook) => HookRun | undefined,
  secrets: readonly string[],
): Promise<HookDocument[]> {
  const hooks = SERVICE_HOOKS.filter((hook) => templates.hooks.has(hook));
  return Promise.all(
    hooks.map(async (hook) => {
      // It runs as long as the service does, and what it prints are the service's logs.
      if (hook === "run") return { hook, last: null };
      const { stdout, stderr } = hookLogs(pkg, hook);
      const outputs = await Promise.all([tailOf(stdout), tailOf(stderr)]);
      return { hook, last: runDocument(lastRun(hook), outputs[0], outputs[1], secrets) };
    }),
  );
}

function runDocument(
  run: HookRun | undefined,
  stdout: Tail | undefined,
  stderr: Tail | undefined,
  secrets: readonly string[],
): HookRunDocument | null {
  if (run === undefined && stdout === undefined && stderr === undefined) return null;
  const ended = run?.endedAtMs ?? Math.max(stdout?.changedAtMs ?? 0, stderr?.changedAtMs ?? 0);
  return {
    ended_at: Math.round(ended),
    seconds: run === undefined ? null : Math.round(run.seconds * 1000) / 1000,
    outcome: run === undefined ? null : outcomeOf(run),
    ok: run === undefined ? null : run.exit.kind === "code" && run.exit.code === 0,
    stdout: withoutSecrets(stdout?.text ?? "", secrets),
    stderr: withoutSecrets(stderr?.text ?? "", secrets),
    cut: stdout?.cut === true || stderr?.cut === true,
  };
}

function outcomeOf({ exit }: HookRun): string {
  switch (exit.kind) {
    case "code":
      return `exit code ${exit.code}`;
    case "signal":
      return `ended by ${exit.signal}`;
    case "timeout":
      return `did not end within ${exit.seconds} s and was ended`;
    case "failed":
      return `could not be started: ${exit.message}`;
    case "abandoned":
      return "cut short, because its service stopped";
  }
}

interface Tail {
  readonly text: string;
  readonly cut: boolean;
  readonly changedAtMs: number;
}

/** The end of a file, whole lines; undefined where there is none. */
async function tailOf(path: string): Promise<Tail | undefined> {
  try {
    const file = await open(path, "r");
    try {
      const { size, mtimeMs } = await file.stat();
      const from = Math.max(0, size - MAX_OUTPUT_BYTES);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
      const text = new TextDecoder().decode(buffer.subarray(0, bytesRead));
      const firstLine = text.indexOf("\n") + 1;
      return {
        text: from === 0 || firstLine === 0 ? text : text.slice(firstLine),
        cut: from > 0,
        changedAtMs: mtimeMs,
      };
    } finally {
      await file.close();
    }
  } catch {
    // Not there, or not to be read: there is nothing to show.
    return undefined;
  }
}
