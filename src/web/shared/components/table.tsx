// A table whose rows become blocks on narrow screens, each cell with the name of its column.
import type { Key, ReactNode } from "react";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** The cell that names the row. */
  readonly isLead?: boolean;
  /** At the end of the cell: numbers, buttons. */
  readonly isEnd?: boolean;
}

export interface TableProps<Row> {
  /** What it lists, for screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => Key;
}

export function Table<Row>({ caption, columns, rows, keyOf }: TableProps<Row>): ReactNode {
  // Roles are said, as elements that are no longer laid out as a table lose them.
  return (
    // biome-ignore lint/a11y/noRedundantRoles: lost where the style makes blocks of it
    <table className="table" role="table">
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ title, isEnd }) => (
            <th key={title} scope="col" className={isEnd === true ? "end" : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          // biome-ignore lint/a11y/noRedundantRoles: as above
          <tr key={keyOf(row)} role="row">
            {columns.map(({ title, cell, isLead, isEnd }) => (
              <td
                key={title}
                // biome-ignore lint/a11y/noRedundantRoles: as above
                role="cell"
                data-label={title}
                className={
                  [isLead === true && "lead", isEnd === true && "end"].filter(Boolean).join(" ") || undefined
                }
              >
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
