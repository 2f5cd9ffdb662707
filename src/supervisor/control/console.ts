// Lines for the person behind a control request: streamed to the client as they come and echoed on the Supervisor's own
// output (reference/supervisor.md §12.7).
import type { CtlReplyStream } from "../../ctl/index.ts";
import { type Output, PROGRAM } from "../output.ts";

/** Colours as the protocol names them. */
export type ConsoleColor = "Yellow" | "Magenta" | "Green" | "Cyan" | "Red";

/** Least time between two progress messages: a fast download must not flood the client. */
const PROGRESS_INTERVAL_MS = 100;

export class Console {
  readonly #reply: CtlReplyStream;
  readonly #output: Output;
  #queue: Promise<void> = Promise.resolve();
  #lastProgressMs = 0;

  constructor(reply: CtlReplyStream, output: Output) {
    this.#reply = reply;
    this.#output = output;
  }

  /** A plain line. */
  info(message: string): void {
    this.#echo(message);
    this.#line(`${message}\n`);
  }

  /** `» message`. */
  begin(message: string): void {
    this.#echo(`» ${message}`);
    this.#line(`» ${message}`, "Yellow");
    this.#line("\n");
  }

  /** `★ message`. */
  end(message: string): void {
    this.#echo(`★ ${message}`);
    this.#line(`★ ${message}`, "Magenta");
    this.#line("\n");
  }

  /** `<glyph> <Verb> message`. */
  status(glyph: string, verb: string, message: string, color: ConsoleColor = "Green"): void {
    this.#echo(`${glyph} ${verb} ${message}`);
    this.#line(`${glyph} ${verb}`, color);
    this.#line(` ${message}\n`);
  }

  /** `Ø message`. */
  warn(message: string): void {
    this.#echo(`Ø ${message}`);
    this.#line(`Ø ${message}`, "Yellow");
    this.#line("\n");
  }

  progress(position: number, total: number): void {
    const now = performance.now();
    if (position < total && now - this.#lastProgressMs < PROGRESS_INTERVAL_MS) return;
    this.#lastProgressMs = now;
    this.#send({
      message: "NetProgress",
      fields: { total: BigInt(total), position: BigInt(position) },
    });
  }

  /** Resolves when everything said so far has been sent. */
  settled(): Promise<void> {
    return this.#queue;
  }

  #line(line: string, color?: ConsoleColor): void {
    this.#send({
      message: "ConsoleLine",
      fields: color === undefined ? { line, bold: false } : { line, color, bold: true },
    });
  }

  #send(reply: Parameters<CtlReplyStream["partial"]>[0]): void {
    this.#queue = this.#queue.then(() => this.#reply.partial(reply)).catch(() => {});
  }

  #echo(message: string): void {
    this.#output.line(PROGRAM, "AG", message);
  }
}
