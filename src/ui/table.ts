// Tables as the original prints them: columns as wide as their longest cell, the last one unpadded
// (reference/cli.md §10.6, §10.12).
import { printableLine } from "./printable.ts";

export interface TableOptions {
  /** Least width of a column without the gap. The original uses 5 for origin tables, 2 for `svc status`. */
  readonly minimumWidth?: number;
  /** Blanks between columns. */
  readonly gap?: number;
}

/** Lines of a table, each ending in a newline; the first row may be a heading. Control characters in a cell become `?`. */
export function formatTable(given: readonly (readonly string[])[], options: TableOptions = {}): string {
  const { minimumWidth = 2, gap = 2 } = options;
  // Cells come from strangers too: one must neither steer the terminal nor look like another row.
  const rows = given.map((row) => row.map((cell) => printableLine(cell)));
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? minimumWidth, [...cell].length);
    });
  let text = "";
  for (const row of rows) {
    row.forEach((cell, column) => {
      const isLast = column === row.length - 1;
      text += isLast ? cell : cell + " ".repeat((widths[column] ?? 0) + gap - [...cell].length);
    });
    text += "\n";
  }
  return text;
}
