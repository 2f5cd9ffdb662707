// The process environment, read by Habitat's rule: a variable that is set but empty counts as unset
// (reference/packages.md §9.1).

/** Value of an environment variable, or undefined when unset or empty. */
export function environmentValue(name: string): string | undefined {
  const value = process.env[name];
  return value === undefined || value === "" ? undefined : value;
}

/**
 * Beginnings of the names of variables that Bun, JavaScriptCore, their allocators and their libraries obey. Before any of
 * them runs, the compiled program overwrites the first letter of such a name (script/close-executable.ts).
 */
export const HIDDEN_PREFIXES: readonly string[] = [
  "BUN_",
  "NODE_",
  "JSC_",
  "__XPC_JSC_",
  "JavaScriptCore",
  "WTF_",
  "WebKit",
  "Malloc",
  "MIMALLOC_",
  "SIMDUTF_",
  "OPENSSL_",
  "UV_",
  "DO_NOT_TRACK",
  "ICU_",
  // TinyCC's, which compiles room.c.
  "C_INCLUDE_PATH",
  "LIBRARY_PATH",
];

/** What stands in place of the first letter of a hidden name. */
const HIDDEN = "\u0001";

/** Variables that would change what a program runs that is itself made with Bun or Node. What hab starts does not get them. */
const RUNTIME_VARIABLES = /^BUN_|^JSC_|^__XPC_JSC_|^NODE_OPTIONS$/;

/**
 * The inherited environment to hand to child processes: without variables that steer a JavaScript runtime, with the others
 * that were hidden (`NODE_ENV` for a service) under their own names again.
 */
export function inheritedEnvironment(
  source: Record<string, string | undefined> = process.env,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [key, value] of Object.entries(source)) {
    const name = key.startsWith(HIDDEN) ? unhiddenName(key) : key;
    if (value !== undefined && name !== undefined && !RUNTIME_VARIABLES.test(name)) result[name] = value;
  }
  return result;
}

/** What nobody but a Supervisor has a use for: by these it speaks to others in its own name. */
const SUPERVISOR_SECRETS: readonly string[] = [
  "HAB_RING_KEY",
  "HAB_AUTOMATE_AUTH_TOKEN",
  "HAB_EVENT_STREAM_URL",
];

/** What the launcher tells its Supervisor, and the original's does not. */
const FOR_SUPERVISOR: readonly string[] = ["HAB_LAUNCHER_SUP_PROGRAM"];

/**
 * The inherited environment for services and hooks, which may run as anybody: without the Supervisor's own secrets, and as
 * the original's.
 */
export function environmentForServices(
  source: Record<string, string | undefined> = process.env,
): Record<string, string> {
  const environment = inheritedEnvironment(source);
  for (const name of [...SUPERVISOR_SECRETS, ...FOR_SUPERVISOR]) delete environment[name];
  return environment;
}

function unhiddenName(key: string): string | undefined {
  const tail = key.slice(HIDDEN.length);
  const prefix = HIDDEN_PREFIXES.find((candidate) => tail.startsWith(candidate.slice(1)));
  return prefix === undefined ? undefined : `${prefix[0]}${tail}`;
}
