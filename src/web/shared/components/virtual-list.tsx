// A list of thousands of rows of one height, of which only those in sight exist. Moves with the keys of a list; screen readers
// are told the position and the whole.
import { type Key, type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from "react";

export interface VirtualListProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => Key;
  readonly render: (row: Row) => ReactNode;
  /** In units of the root's font size. */
  readonly rowRem: number;
  /** Rows seen at once at most. */
  readonly maxRows: number;
}

/** Rows beyond the edges that exist too, so that quick scrolling shows no holes. */
const MARGIN_ROWS = 8;

export function VirtualList<Row>({
  label,
  rows,
  keyOf,
  render,
  rowRem,
  maxRows,
}: VirtualListProps<Row>): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [remPx, setRemPx] = useState(16);
  useLayoutEffect(() => {
    setRemPx(Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
  }, []);
  const rowPx = rowRem * remPx;
  const seen = Math.min(maxRows, rows.length);
  const from = Math.max(0, Math.floor(top / rowPx) - MARGIN_ROWS);
  const until = Math.min(rows.length, Math.ceil(top / rowPx) + seen + MARGIN_ROWS);
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    // Between the links of the rows, which are what the keyboard is for here.
    const links = [...(box.current?.querySelectorAll<HTMLElement>("[data-row] a, [data-row] button") ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    const next = links[at < 0 ? 0 : at + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a list whose items are mostly absent
    <div
      ref={box}
      className="virtual"
      role="list"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      style={{ height: `${seen * rowRem}rem` }}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={keys}
    >
      <div className="virtual-space" role="presentation" style={{ height: `${rows.length * rowRem}rem` }}>
        {rows.slice(from, until).map((row, index) => (
          // biome-ignore lint/a11y/useSemanticElements: as above
          <div
            key={keyOf(row)}
            data-row={from + index}
            role="listitem"
            aria-setsize={rows.length}
            aria-posinset={from + index + 1}
            className="virtual-row"
            style={{ height: `${rowRem}rem`, transform: `translateY(${(from + index) * rowRem}rem)` }}
          >
            {render(row)}
          </div>
        ))}
      </div>
    </div>
  );
}
