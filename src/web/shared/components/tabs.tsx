// Tabs as links: each has its own address, so they can be opened, shared and gone back to.
import type { ReactNode } from "react";
import { Link } from "../router/link.tsx";

export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly to: string;
  /** A number beside the title. */
  readonly count?: number | undefined;
}

export interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly current: string;
}

export function Tabs({ label, tabs, current }: TabsProps): ReactNode {
  return (
    <nav className="tabs" aria-label={label}>
      <ul>
        {tabs.map(({ id, title, to, count }) => (
          <li key={id}>
            <Link to={to} aria-current={id === current ? "page" : undefined}>
              {title}
              {count !== undefined && <span className="soft small number">{count.toLocaleString()}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
