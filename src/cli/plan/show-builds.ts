// What a person sees while plans are built side by side: a line when each starts and ends, and on a terminal one line that
// tells what is at work.
import { readFileSync } from "node:fs";
import type { BuildEvent, Step } from "../../build/index.ts";
import { steadyNow } from "../../host/index.ts";
import { type Output, printableLine, type Ui } from "../../ui/index.ts";
import type { Environment } from "../grammar/parse.ts";

export interface ShowOptions {
  readonly ui: Ui;
  readonly steps: readonly Step[];
  /** Where the line of what is at work is drawn; undefined where lines for people are not on standard output. */
  readonly output: Output | undefined;
  /** All output of all builds. */
  readonly verbose: boolean;
  readonly env: Environment;
}

export interface ShownBuilds {
  readonly report: (event: BuildEvent) => void;
  readonly close: () => void;
}

const REDRAW_MS = 1000;
const CLEAR_LINE = "\r\u001b[K";
/** Of a log, when its build fails. */
const LAST_LINES = 15;

export function showBuilds({ ui, steps, output, verbose, env }: ShowOptions): ShownBuilds {
  const canDraw = output?.isTerminal === true && env["TERM"] !== "dumb" && !verbose;
  const atWork = new Map<string, number>();
  let done = 0;
  let started = 0;
  let isDrawn = false;
  const clear = () => {
    if (isDrawn) output?.write(CLEAR_LINE);
    isDrawn = false;
  };
  const draw = () => {
    if (!canDraw || output === undefined || atWork.size === 0) return;
    const now = steadyNow();
    const each = [...atWork].map(([key, since]) => `${key} ${Math.round((now - since) / 1000)} s`);
    const line = `  ${done} of ${steps.length} done; at work: ${each.join(", ")}`;
    output.write(`${CLEAR_LINE}${line.slice(0, output.columns - 1)}`);
    isDrawn = true;
  };
  const timer = canDraw ? setInterval(draw, REDRAW_MS) : undefined;
  const width = Math.max(...steps.map(({ node }) => node.key.length));
  return {
    report(event) {
      if (event.kind === "output") {
        if (verbose)
          for (const line of event.lines)
            ui.info(`${event.key.padEnd(width)} | ${printableLine(line.replace(/\u001b\[[0-9;]*m/g, ""))}`);
        return;
      }
      clear();
      if (event.kind === "started") {
        atWork.set(event.key, steadyNow());
        started++;
        ui.begin(`Building ${event.key} (${started} of ${steps.length})`);
      } else {
        atWork.delete(event.key);
        done++;
        tellEnd(ui, event);
      }
      draw();
    },
    close() {
      clearInterval(timer);
      clear();
    },
  };
}

function tellEnd(ui: Ui, event: Exclude<BuildEvent, { kind: "output" | "started" }>): void {
  switch (event.kind) {
    case "built":
      ui.end(`Built ${event.ident} in ${event.seconds} s`);
      return;
    case "skipped":
      ui.warn(
        `${event.key} is not built${event.because === undefined ? "" : `: ${event.because} is missing`}`,
      );
      return;
    case "failed":
      ui.warn(
        `${event.key} could not be built (${event.why}, after ${event.seconds} s). The end of ${event.log}:`,
      );
      for (const line of lastLines(event.log)) ui.warn(`  ${printableLine(line)}`);
  }
}

function lastLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").trimEnd().split("\n").slice(-LAST_LINES);
  } catch {
    return [];
  }
}
