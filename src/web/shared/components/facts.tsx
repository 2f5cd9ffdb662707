// Terms and what they are, in a column.
import { Fragment, type ReactNode } from "react";

/** Entries without a value are left out. */
export function Facts({
  entries,
}: {
  readonly entries: readonly (readonly [string, ReactNode])[];
}): ReactNode {
  return (
    <dl className="facts">
      {entries
        .filter(([, value]) => value !== undefined && value !== null && value !== false && value !== "")
        .map(([term, value]) => (
          <Fragment key={term}>
            <div>
              <dt>{term}</dt>
              <dd dir="auto">{value}</dd>
            </div>
          </Fragment>
        ))}
    </dl>
  );
}
