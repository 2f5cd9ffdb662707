// Tabs as links: each has its own address, so they can be opened, shared and gone back to.
import { type ReactNode, useEffect, useRef } from "react";
import { Link } from "../router/link.tsx";
import { numberText } from "./number.ts";

export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly to: string;
  /** A number beside the title; `pending` where one will come. */
  readonly count?: number | "pending" | undefined;
}

export interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly current: string;
}

export function Tabs({ label, tabs, current }: TabsProps): ReactNode {
  const list = useRef<HTMLUListElement>(null);
  // On small screens the row is longer than what is seen of it: where one is must be.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab, or others beside it, may be out of sight
  useEffect(() => {
    const row = list.current;
    const link = row?.querySelector<HTMLElement>("[aria-current]");
    if (row === null || link === null || link === undefined) return;
    const start = link.offsetLeft - row.offsetLeft;
    const isSeen = start >= row.scrollLeft && start + link.offsetWidth <= row.scrollLeft + row.clientWidth;
    if (!isSeen) row.scrollLeft = start - (row.clientWidth - link.offsetWidth) / 2;
  }, [current, tabs.length]);
  return (
    <nav className="tabs" aria-label={label}>
      <ul ref={list}>
        {tabs.map(({ id, title, to, count }) => (
          <li key={id}>
            <Link to={to} aria-current={id === current ? "page" : undefined}>
              {title}
              {count === "pending" ? (
                <span data-pending="" />
              ) : (
                count !== undefined && <span className="soft small number">{numberText(count)}</span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
