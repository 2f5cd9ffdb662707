// Progress of something that has a size, drawn on one line of a terminal; in a pipe there is nothing to see.
import type { Output } from "./output.ts";

export interface Progress {
  /** Bytes done so far (not the step). */
  update(done: number): void;
  /** Takes the line away. */
  finish(): void;
}

const REDRAW_MS = 100;
const BAR_COLUMNS = 20;

const SILENT: Progress = { update() {}, finish() {} };

/**
 * Starts a progress line. `total` undefined: size unknown, shows what is done and the rate only. `now` in milliseconds.
 */
export function startProgress(
  output: Output,
  label: string,
  total: number | undefined,
  now: () => number = () => performance.now(),
): Progress {
  if (!output.isTerminal) return SILENT;
  const startedMs = now();
  let drawnMs = Number.NEGATIVE_INFINITY;
  return {
    update(done) {
      if (now() - drawnMs < REDRAW_MS) return;
      drawnMs = now();
      const line = progressLine(label, done, total, drawnMs - startedMs);
      output.write(`\r\u001b[K${line.slice(0, output.columns - 1)}`);
    },
    finish() {
      if (drawnMs !== Number.NEGATIVE_INFINITY) output.write("\r\u001b[K");
    },
  };
}

/** `core-redis…  [=====>----]  45 %  12.00 MB / 26.50 MB  8.10 MB/s  2 s left`. */
export function progressLine(
  label: string,
  done: number,
  total: number | undefined,
  elapsedMs: number,
): string {
  const perSecond = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  const rate = `${formatBytes(perSecond)}/s`;
  if (total === undefined || total <= 0) return `  ${label}  ${formatBytes(done)}  ${rate}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_COLUMNS);
  const bar =
    "=".repeat(filled) +
    (filled < BAR_COLUMNS ? ">" : "") +
    "-".repeat(Math.max(0, BAR_COLUMNS - filled - 1));
  const left = perSecond > 0 ? `  ${formatSeconds((total - done) / perSecond)} left` : "";
  return `  ${label}  [${bar}] ${Math.floor(share * 100)} %  ${formatBytes(done)} / ${formatBytes(total)}  ${rate}${left}`;
}

/** 1024-based, two decimals: `12 B`, `1.50 KB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.floor(bytes)} B`;
  let value = bytes;
  let unit = "B";
  for (const next of ["KB", "MB", "GB", "TB"]) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return `${value.toFixed(2)} ${unit}`;
}

function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
