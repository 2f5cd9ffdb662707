// Releases in rows, each leading to its page; thousands of them are no trouble.
import type { ReactNode } from "react";
import { Link, VirtualList } from "../../shared/index.ts";
import { pageOf } from "../api/addresses.ts";
import { IdentText } from "./ident-text.tsx";
import { identOf } from "./parse.ts";

export interface IdentListProps {
  readonly label: string;
  /** Each once. */
  readonly idents: readonly string[];
  readonly maxRows?: number;
}

export function IdentList({ label, idents, maxRows = 8 }: IdentListProps): ReactNode {
  return (
    <VirtualList
      label={label}
      rows={idents}
      keyOf={(ident) => ident}
      rowRem={2.25}
      maxRows={maxRows}
      render={(ident) => (
        <Link to={pageOf(identOf(ident))} className="grow plain-link" title={ident}>
          <IdentText ident={identOf(ident)} from="name" />
        </Link>
      )}
    />
  );
}

export interface ReleaseListProps {
  readonly label: string;
  readonly releases: readonly { readonly ident: string; readonly target: string }[];
  readonly maxRows?: number;
}

/** The same with the platform of each. */
export function ReleaseList({ label, releases, maxRows = 8 }: ReleaseListProps): ReactNode {
  return (
    <VirtualList
      label={label}
      rows={releases}
      keyOf={({ ident, target }) => `${ident} ${target}`}
      rowRem={2.25}
      maxRows={maxRows}
      render={({ ident, target }) => (
        <>
          <Link to={pageOf(identOf(ident))} className="grow plain-link" title={ident}>
            <IdentText ident={identOf(ident)} from="name" />
          </Link>
          <span className="soft small">{target}</span>
        </>
      )}
    />
  );
}
