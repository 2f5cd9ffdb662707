// What the Supervisor prints: `PREAMBLE(KEY): CONTENT` or one JSON object a line (reference/supervisor.md §16.1).

export interface OutputFormat {
  readonly json: boolean;
  readonly color: boolean;
}

/** The preamble of lines that concern the Supervisor itself. */
export const PROGRAM = "hab-sup";

/** Colour as the original decides it: TERM set and not dumb, NO_COLOR unset, and no check for a terminal. */
export function outputFormat(
  options: { readonly noColor: boolean; readonly jsonLogging: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): OutputFormat {
  const term = environment["TERM"];
  const color =
    !options.jsonLogging &&
    !options.noColor &&
    term !== undefined &&
    term !== "dumb" &&
    environment["NO_COLOR"] === undefined;
  return { json: options.jsonLogging, color };
}

/** One line without its end. */
export function formatLine(format: OutputFormat, preamble: string, key: string, content: string): string {
  if (format.json) return JSON.stringify({ preamble, logkey: key, content });
  if (!format.color) return `${preamble}(${key}): ${content}`;
  const hue = preamble === PROGRAM ? "36" : "32";
  return `\x1b[0m\x1b[0m\x1b[${hue}m${preamble}\x1b[0m(\x1b[0m\x1b[1m\x1b[37m${key}\x1b[0m): \x1b[0m${content}\x1b[0m`;
}

/** Where lines go. One for the whole Supervisor, handed to whoever has something to say. */
export interface Output {
  line(preamble: string, key: string, content: string): void;
}

/** An output that writes whole lines to `write`. A closed reader must never stop the Supervisor, so failures are dropped. */
export function createOutput(format: OutputFormat, write: (text: string) => void): Output {
  return {
    line(preamble, key, content) {
      try {
        write(`${formatLine(format, preamble, key, content)}\n`);
      } catch {
        // Nobody reads any more.
      }
    },
  };
}
