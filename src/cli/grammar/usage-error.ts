// A usage error as a value: what is wrong with the words, and how it is written (reference/cli.md §2.3).
import { emphasize, paint } from "../../ui/index.ts";

export interface UsageError {
  /** First line, without `error: `. */
  readonly what: string;
  /** Indented lines below it: missing arguments, possible values. */
  readonly details?: readonly string[];
  readonly tip?: string;
  /** Whether the usage line helps; errors about one value leave it out. */
  readonly showUsage: boolean;
}

/** The text for standard error. `usage` is the command's usage line without `Usage: `. */
export function formatUsageError(error: UsageError, usage: string, colours = false): string {
  let text = `${errorMark(colours)} ${error.what}\n`;
  for (const detail of error.details ?? []) text += `  ${detail}\n`;
  if (error.tip !== undefined) text += `\n  ${colours ? paint("tip:", "green") : "tip:"} ${error.tip}\n`;
  if (error.showUsage) text += `\n${colours ? emphasize("Usage:") : "Usage:"} ${usage}\n`;
  return `${text}\nFor more information, try '--help'.\n`;
}

/** `error:`, red on a terminal. */
export function errorMark(colours: boolean): string {
  return colours ? paint("error:", "red") : "error:";
}
