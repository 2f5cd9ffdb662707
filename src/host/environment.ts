// The process environment, read by Habitat's rule: a variable that is set but empty counts as unset
// (reference/packages.md §9.1).

/** Value of an environment variable, or undefined when unset or empty. */
export function environmentValue(name: string): string | undefined {
  const value = process.env[name];
  return value === undefined || value === "" ? undefined : value;
}

/** Variables that would change what a Bun program runs. They are not for what hab starts. */
const RUNTIME_VARIABLES = /^BUN_|^NODE_OPTIONS$/;

/** The inherited environment without variables that steer the JavaScript runtime, to hand to child processes. */
export function inheritedEnvironment(
  source: Record<string, string | undefined> = process.env,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value !== undefined && !RUNTIME_VARIABLES.test(name)) result[name] = value;
  }
  return result;
}
