// When output is coloured, and with which bytes (reference/cli.md §6.1, §6.2).

export type Colour = "white" | "green" | "cyan" | "red" | "magenta" | "yellow";

const CODES: Record<Colour, number> = { white: 7, green: 2, cyan: 6, red: 1, magenta: 5, yellow: 3 };
const RESET = "\u001b[0m";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether status lines are coloured. Compat: a terminal is not asked for, only TERM. `NO_COLOR` and `HAB_NOCOLORING` win;
 * then `FORCE_COLOR` (0 means no), which the original does not know.
 */
export function coloursLines(env: Environment): boolean {
  if (env["HAB_NOCOLORING"] === "1" || env["HAB_NOCOLORING"] === "true") return false;
  if (env["NO_COLOR"] !== undefined) return false;
  const force = env["FORCE_COLOR"];
  if (force !== undefined && force !== "") return force !== "0" && force !== "false";
  return env["TERM"] !== undefined && env["TERM"] !== "dumb";
}

/** Whether help and usage errors are coloured: as status lines, but on a terminal only (or when forced). */
export function coloursHelp(env: Environment, isTerminal: boolean): boolean {
  const forced = env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "";
  return coloursLines(env) && (isTerminal || forced);
}

/** Text in bold colour. Compat: the two leading resets are what the original writes. */
export function paint(text: string, colour: Colour): string {
  return `${RESET}${RESET}\u001b[1m\u001b[3${CODES[colour]}m${text}${RESET}`;
}

/** Bold and underlined, for headings of help. */
export function emphasize(text: string): string {
  return `\u001b[1m\u001b[4m${text}${RESET}`;
}

/** Bold. */
export function bold(text: string): string {
  return `\u001b[1m${text}${RESET}`;
}
