// An ident as text: what tells it apart in its place stands out, the rest stays quiet.
import { Fragment, type ReactNode } from "react";
import type { PartialIdent } from "../api/addresses.ts";

export interface IdentTextProps {
  readonly ident: PartialIdent;
  /** The part that matters here; the name where not given. */
  readonly strong?: "origin" | "name" | "version" | "release";
  /** Leave out what comes before this part: the reader knows it. */
  readonly from?: "name" | "version" | "release";
  /** In one line whatever its length: of a long origin or name the beginning is seen, of the version all. */
  readonly isOneLine?: boolean;
}

const PARTS = ["origin", "name", "version", "release"] as const;

export function IdentText({ ident, strong = "name", from, isOneLine = false }: IdentTextProps): ReactNode {
  const first = from === undefined ? 0 : PARTS.indexOf(from);
  const shown = PARTS.slice(first).filter((part) => ident[part] !== null && ident[part] !== undefined);
  return (
    <span
      className={isOneLine ? "ident one-line" : "ident"}
      dir="ltr"
      title={isOneLine ? shown.map((part) => ident[part]).join("/") : undefined}
    >
      {shown.map((part, index) => (
        <Fragment key={part}>
          {index > 0 && <span className="faint">/</span>}
          <bdi className={part === strong ? "strong" : "faint"}>{ident[part]}</bdi>
        </Fragment>
      ))}
    </span>
  );
}
