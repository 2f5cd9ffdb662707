// The parts of a long list, each with an address: `?from=50`.
import type { ReactNode } from "react";
import { Link, numberText } from "../../shared/index.ts";
import type { Page } from "../api/types.ts";

/** Entries of a part: the API's. */
export const PART_SIZE = 50;

/** The first row that the address asks for. */
export function rangeOf(query: URLSearchParams): number {
  const from = Number(query.get("from") ?? "0");
  return Number.isSafeInteger(from) && from > 0 ? Math.floor(from / PART_SIZE) * PART_SIZE : 0;
}

export interface PagerProps {
  readonly page: Page<unknown>;
  /** The address of the list without its part. */
  readonly base: string;
  readonly noun: string;
}

export function Pager({ page, base, noun }: PagerProps): ReactNode {
  const { range_start: first, total_count: total } = page;
  if (total <= PART_SIZE) return null;
  const join = base.includes("?") ? "&" : "?";
  const at = (from: number): string => (from <= 0 ? base : `${base}${join}from=${from}`);
  const last = first + page.data.length;
  return (
    <nav className="pager" aria-label={`Parts of the list of ${noun}`}>
      <span className="soft small number">
        {numberText(first + 1)}–{numberText(last)} of {numberText(total)} {noun}
      </span>
      <span className="row">
        {first > 0 && (
          <Link to={at(first - PART_SIZE)} className="button compact" rel="prev">
            Earlier
          </Link>
        )}
        {last < total && (
          <Link to={at(first + PART_SIZE)} className="button compact" rel="next">
            Further
          </Link>
        )}
      </span>
    </nav>
  );
}
