// What a person sees of a command: status lines, questions, progress (reference/cli.md §6). With `--json` standard
// output belongs to the data, so these lines go to standard error. Every message may hold what a stranger wrote, so none
// of them reaches the terminal with control characters.
import { HabError } from "../error/index.ts";
import { type Colour, coloursLines, paint } from "./colour.ts";
import { uiErrors } from "./errors.ts";
import { type Glyph, type GlyphStyle, glyph, parseGlyphStyle } from "./glyphs.ts";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";
import { createProgressBoard, type Progress, type ProgressBoard } from "./progress.ts";
import { type LineReader, parseYesNo, type YesNo } from "./prompt.ts";
import { type Status, statusStyle } from "./status.ts";

export interface Ui {
  /** `» message`: a piece of work starts. */
  begin(message: string): void;
  /** `★ message`: it ended well. */
  end(message: string): void;
  /** `✓ Installed core/redis/…`: one step of it. */
  status(status: Status, message: string): void;
  /** A plain line for people. Data goes to `context.stdout`. */
  info(message: string): void;
  /** Running text, wrapped at 75 columns and indented, with an empty line after each paragraph. */
  para(text: string): void;
  title(text: string): void;
  heading(text: string): void;
  /** An empty line. */
  br(): void;
  /** `Ø message`, on standard error. */
  warn(message: string): void;
  /** A block of `✗✗✗` lines on standard error. Does not end the command: throw a HabError for that. */
  fatal(message: string): void;
  /** Progress of a download or the like (progress.ts). `total` in bytes, undefined when unknown. */
  progress(label: string, total: number | undefined): Progress;
  /** Takes a progress line away that is still there, for the end of a command. */
  settle(): void;
  /** Asks a yes-or-no question; the default is what an empty answer or the end of standard input means. */
  confirm(question: string, fallback?: "yes" | "no"): Promise<YesNo>;
  /** Asks for a text. Throws HAB-UI-002 when standard input ends and there is no default. */
  ask(question: string, fallback?: string): Promise<string>;
}

export interface UiOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readLine: LineReader;
  /** Lines for people go to standard error because standard output carries JSON. */
  readonly json?: boolean;
}

const PARAGRAPH_COLUMNS = 73;

export function createUi(options: UiOptions): Ui {
  const { stderr, env, readLine } = options;
  const linesOutput = options.json === true ? stderr : options.stdout;
  let made: ProgressBoard | undefined;
  // Asked for late: to look whether an output is a terminal takes longer than most commands.
  const board = () => {
    made ??= createProgressBoard(linesOutput, { canRedraw: canRedraw(linesOutput, env) });
    return made;
  };
  const above = (output: Output): Pick<Output, "write"> => ({
    write(text) {
      made?.clear();
      output.write(text);
    },
  });
  const lines = above(linesOutput);
  const warnings = above(stderr);
  const colours = coloursLines(env);
  const style = glyphStyle(env["HAB_GLYPH_STYLE"], stderr);
  const sign = (name: Glyph) => glyph(name, style());
  const painted = (text: string, colour: Colour) => (colours ? paint(text, colour) : text);
  const heading = (text: string) =>
    lines.write(colours ? `${paint(`${printable(text)}\n`, "green")}\n` : `${printable(text)}\n\n`);

  const ui: Ui = {
    begin: (message) => lines.write(`${painted(`${sign("begin")} ${printable(message)}`, "yellow")}\n`),
    end: (message) => lines.write(`${painted(`${sign("end")} ${printable(message)}`, "magenta")}\n`),
    status(status, message) {
      const { glyph, text, colour } = statusStyle(status);
      lines.write(`${painted(`${sign(glyph)} ${text}`, colour)} ${printable(message)}\n`);
    },
    info: (message) => lines.write(`${printable(message)}\n`),
    para: (text) => lines.write(formatParagraphs(printable(text))),
    title: (text) => heading(`${text}\n${"=".repeat([...text].length)}`),
    heading,
    br: () => lines.write("\n"),
    warn: (message) => warnings.write(`${painted(`${sign("warn")} ${printable(message)}`, "yellow")}\n`),
    fatal(message) {
      const mark = sign("fatal");
      for (const line of [
        mark,
        ...printable(message)
          .split("\n")
          .map((part) => `${mark} ${part}`),
        mark,
      ])
        warnings.write(`${painted(line, "red")}\n`);
    },
    progress: (label, total) => board().start(label, total),
    settle: () => made?.clear(),
    async confirm(question, fallback) {
      const choices =
        fallback === "yes" ? "[Yes/no/quit]" : fallback === "no" ? "[yes/No/quit]" : "[yes/no/quit]";
      for (;;) {
        lines.write(`${painted(printable(question), "cyan")} ${choices} `);
        const answer = parseYesNo(await readLine(), fallback);
        if (answer !== undefined) return answer;
      }
    },
    async ask(question, fallback) {
      for (;;) {
        lines.write(
          `${painted(`${printable(question)}:`, "cyan")} ${fallback === undefined ? "" : `[default: ${printable(fallback)}]`} `,
        );
        const answer = await readLine();
        const text = answer?.trim() ?? "";
        if (text !== "") return text;
        if (fallback !== undefined) return fallback;
        if (answer === undefined)
          throw new HabError(uiErrors.noAnswer, `No answer to "${question}": standard input has ended`);
      }
    },
  };
  return ui;
}

/** A dumb terminal knows no way back on its line. */
function canRedraw(output: Output, env: UiOptions["env"]): boolean {
  const quiet = env["HAB_NONINTERACTIVE"] === "1" || env["HAB_NONINTERACTIVE"] === "true";
  return !quiet && env["TERM"] !== "dumb" && output.isTerminal;
}

/** The glyph style, looked up at the first glyph; an unknown one is reported once. */
function glyphStyle(text: string | undefined, stderr: Output): () => GlyphStyle {
  let style: GlyphStyle | undefined;
  return () => {
    if (style !== undefined) return style;
    const parsed = parseGlyphStyle(text);
    if (parsed === undefined) stderr.write(`Unknown symbol style '${text}'\nSetting GlyphStyle to full\n`);
    style = parsed ?? "full";
    return style;
  };
}

function formatParagraphs(text: string): string {
  let result = "";
  for (const paragraph of text.split(/\n\s*\n/)) {
    let line = "";
    for (const word of paragraph.split(/\s+/).filter((part) => part !== "")) {
      if (line !== "" && line.length + word.length + 1 > PARAGRAPH_COLUMNS) {
        result += `  ${line}\n`;
        line = "";
      }
      line += `${word} `;
    }
    if (line !== "") result += `  ${line}\n`;
    result += "\n";
  }
  return result;
}
