// Progress of things that have a size. On a terminal one line tells of all of them, however many go on at once; elsewhere
// (a pipe, a log, TERM=dumb) a long one says now and then, and at its end, how it went, each time on a line of its own.
import type { Output } from "./output.ts";
import { printableLine } from "./printable.ts";

export interface Progress {
  /** Bytes done so far (not the step). After `finish` it starts anew. */
  update(done: number): void;
  /** It has ended, well or not. */
  finish(): void;
}

export interface ProgressBoard {
  /** Starts an item. `total` in bytes, undefined when unknown. */
  start(label: string, total: number | undefined): Progress;
  /** Takes the line away so that another can be written; it comes back with the next update. */
  clear(): void;
}

export interface ProgressOptions {
  /** Whether a line can be drawn over: a terminal that knows how. */
  readonly canRedraw: boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

const REDRAW_MS = 100;
/** Before that nobody needs to be told, and the output is that of the original. */
const LONG_MS = 2_000;
/** How often a log is told that something still goes on. */
const REPORT_MS = 10_000;
const BAR_COLUMNS = 20;
/** A name shorter than this says too little: then the bar makes room. */
const LEAST_LABEL_COLUMNS = 16;
const CLEAR_LINE = "\r\u001b[K";

interface Item {
  readonly label: string;
  readonly total: number | undefined;
  startedMs: number;
  reportedMs: number;
  done: number;
}

/** The one place that draws progress on an output. */
export function createProgressBoard(output: Output, options: ProgressOptions): ProgressBoard {
  const now = options.now ?? (() => performance.now());
  return options.canRedraw ? drawnBoard(output, now) : toldBoard(output, now);
}

function drawnBoard(output: Output, now: () => number): ProgressBoard {
  const active = new Set<Item>();
  let drawnMs = Number.NEGATIVE_INFINITY;
  let isDrawn = false;
  const clear = () => {
    if (isDrawn) output.write(CLEAR_LINE);
    isDrawn = false;
    drawnMs = Number.NEGATIVE_INFINITY;
  };
  return {
    clear,
    start: (label, total) =>
      progressOf(label, total, now, {
        update(item) {
          active.add(item);
          if (now() - drawnMs < REDRAW_MS) return;
          drawnMs = now();
          isDrawn = true;
          output.write(`${CLEAR_LINE}${boardLine([...active], drawnMs, output.columns - 1)}`);
        },
        finish(item) {
          active.delete(item);
          clear();
        },
      }),
  };
}

function toldBoard(output: Output, now: () => number): ProgressBoard {
  return {
    clear() {},
    start: (label, total) =>
      progressOf(label, total, now, {
        update(item) {
          if (now() - item.reportedMs < REPORT_MS) return;
          item.reportedMs = now();
          const elapsedMs = item.reportedMs - item.startedMs;
          output.write(`  ${item.label}  ${progressFigures(item.done, item.total, elapsedMs)}\n`);
        },
        finish(item) {
          const elapsedMs = now() - item.startedMs;
          if (elapsedMs >= LONG_MS) output.write(`${finishedLine(item.label, item.done, elapsedMs)}\n`);
        },
      }),
  };
}

function progressOf(
  label: string,
  total: number | undefined,
  now: () => number,
  board: { update(item: Item): void; finish(item: Item): void },
): Progress {
  const begin = (): Item => ({
    label: printableLine(label),
    total,
    startedMs: now(),
    reportedMs: now(),
    done: 0,
  });
  let item: Item | undefined = begin();
  return {
    update(done) {
      item ??= begin();
      item.done = done;
      board.update(item);
    },
    finish() {
      if (item !== undefined) board.finish(item);
      item = undefined;
    },
  };
}

/** One item with its name; several as their number and sum, from when the first of them started. */
function boardLine(items: readonly Item[], nowMs: number, columns: number): string {
  const sum = (numbers: readonly number[]) => numbers.reduce((left, right) => left + right, 0);
  const [first] = items;
  const label = items.length === 1 && first !== undefined ? first.label : `${items.length} downloads`;
  const totals = items.flatMap(({ total }) => (total === undefined ? [] : [total]));
  return progressLine(
    label,
    sum(items.map(({ done }) => done)),
    totals.length === items.length ? sum(totals) : undefined,
    nowMs - Math.min(...items.map(({ startedMs }) => startedMs)),
    columns,
  );
}

/**
 * `core/redis/…  [=====>----] 45 %  12.00 MB / 26.50 MB  8.10 MB/s  2 s left`. Where that is wider than `columns`, first
 * the name is shortened, then the bar goes: the figures are what one looks for.
 */
export function progressLine(
  label: string,
  done: number,
  total: number | undefined,
  elapsedMs: number,
  columns: number = Number.POSITIVE_INFINITY,
): string {
  const figures = progressFigures(done, total, elapsedMs);
  const bar = total === undefined || total <= 0 ? "" : `${progressBar(done / total)} `;
  for (const rest of [`${bar}${figures}`, figures]) {
    const room = columns - rest.length - 4;
    if (label.length <= room) return `  ${label}  ${rest}`;
    if (room >= LEAST_LABEL_COLUMNS) return `  ${label.slice(0, room - 1)}…  ${rest}`;
  }
  return `  ${figures}`.slice(0, Math.max(0, columns));
}

function progressBar(share: number): string {
  const filled = Math.round(Math.min(1, share) * BAR_COLUMNS);
  const head = filled < BAR_COLUMNS ? ">" : "";
  return `[${"=".repeat(filled)}${head}${"-".repeat(Math.max(0, BAR_COLUMNS - filled - 1))}]`;
}

/** `  core/redis/…  26.50 MB in 12 s  2.21 MB/s`. */
function finishedLine(label: string, done: number, elapsedMs: number): string {
  return `  ${label}  ${formatBytes(done)} in ${formatSeconds(elapsedMs / 1000)}  ${formatRate(done, elapsedMs)}`;
}

function progressFigures(done: number, total: number | undefined, elapsedMs: number): string {
  const rate = formatRate(done, elapsedMs);
  if (total === undefined || total <= 0) return `${formatBytes(done)}  ${rate}`;
  const percent = Math.floor(Math.min(1, done / total) * 100);
  const left =
    done > 0 && elapsedMs > 0 ? `  ${formatSeconds(((total - done) * elapsedMs) / done / 1000)} left` : "";
  return `${percent} %  ${formatBytes(done)} / ${formatBytes(total)}  ${rate}${left}`;
}

function formatRate(bytes: number, elapsedMs: number): string {
  return `${formatBytes(elapsedMs > 0 ? (bytes * 1000) / elapsedMs : 0)}/s`;
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
