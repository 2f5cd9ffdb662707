// What is not as it should be.
import type { ReactNode } from "react";
import { Icon, Link } from "../../shared/index.ts";
import { visibleLine } from "./visible.ts";

export interface ProblemLine {
  /** What it is about, and where that is shown. */
  readonly about?: string;
  readonly to?: string;
  readonly text: string;
}

export function ProblemList({ problems }: { readonly problems: readonly ProblemLine[] }): ReactNode {
  return (
    <ul className="problems">
      {problems.map(({ about, to, text }) => (
        <li key={`${about} ${text}`}>
          <Icon name="alert" size={16} />
          <span>
            {about !== undefined && (
              <>
                {to === undefined ? <strong>{about}</strong> : <Link to={to}>{about}</Link>}
                {": "}
              </>
            )}
            <bdi>{visibleLine(text)}</bdi>
          </span>
        </li>
      ))}
    </ul>
  );
}
