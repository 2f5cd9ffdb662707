// The head of a page: the way to it, its heading (which gets the focus when the reader arrives), and what can be done.
import type { ReactNode } from "react";
import { useTitle } from "../router/context.ts";
import { Link } from "../router/link.tsx";
import { Busy } from "./states.tsx";

export interface PageHeadProps {
  /** Of the window. */
  readonly title: string;
  /** The heading, where it is more than the title. */
  readonly heading?: ReactNode;
  /** The pages above this one, from the top. */
  readonly crumbs?: readonly { readonly text: string; readonly to: string }[];
  readonly actions?: ReactNode;
  /** What is in the head, or who reads it, is not known yet: what follows waits for it while the page comes in. */
  readonly isWaiting?: boolean;
  readonly children?: ReactNode;
}

export function PageHead({
  title,
  heading,
  crumbs = [],
  actions,
  isWaiting = false,
  children,
}: PageHeadProps): ReactNode {
  useTitle(title);
  return (
    <header className="page-head">
      {crumbs.length > 0 && (
        <nav className="crumbs" aria-label="Above this page">
          <ol>
            {crumbs.map(({ text, to }) => (
              <li key={to}>
                <Link to={to} dir="auto">
                  {text}
                </Link>
              </li>
            ))}
          </ol>
        </nav>
      )}
      <div className="page-head-row">
        <h1 tabIndex={-1} dir="auto">
          {heading ?? title}
        </h1>
        {actions !== undefined && <div className="row">{actions}</div>}
      </div>
      {children}
      {isWaiting && <Busy />}
    </header>
  );
}
