// An ident as text: what tells it apart in its place stands out, the rest stays quiet.
import { Fragment, type ReactNode } from "react";
import type { PartialIdent } from "../api/addresses.ts";
import { identText } from "./parse.ts";

export interface IdentTextProps {
  readonly ident: PartialIdent;
  /** The part that matters here; the name where not given. */
  readonly strong?: "origin" | "name" | "version" | "release";
  /** Leave out what comes before this part: the reader knows it. */
  readonly from?: "name" | "version" | "release";
  /** In a list: of a very long part the beginning and the end are seen, and all of it on hover. */
  readonly isShort?: boolean;
}

const PARTS = ["origin", "name", "version", "release"] as const;

export function IdentText({ ident, strong = "name", from, isShort = false }: IdentTextProps): ReactNode {
  const first = from === undefined ? 0 : PARTS.indexOf(from);
  const shown = PARTS.slice(first).filter((part) => ident[part] !== null && ident[part] !== undefined);
  return (
    <span
      className="ident"
      dir="ltr"
      title={isShort && shown.some((part) => isLong(ident[part])) ? identText(ident) : undefined}
    >
      {shown.map((part, index) => (
        <Fragment key={part}>
          {index > 0 && <span className="faint">/</span>}
          <bdi className={part === strong ? "strong" : "faint"}>
            {isShort ? shortened(ident[part] ?? "") : ident[part]}
          </bdi>
        </Fragment>
      ))}
    </span>
  );
}

/** Parts that people give are shorter; what is kept of a longer one. */
const LONG = { from: 36, begin: 22, end: 10 } as const;

function isLong(part: string | null | undefined): boolean {
  return (part ?? "").length > LONG.from;
}

function shortened(part: string): string {
  return isLong(part) ? `${part.slice(0, LONG.begin)}…${part.slice(-LONG.end)}` : part;
}
