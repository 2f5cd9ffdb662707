// The frame around every page: the bar with the ways to other pages, the content, the foot.
import type { ReactNode } from "react";
import { Mark } from "../components/icon.tsx";
import { LiveMark } from "../live/live.tsx";
import { Link, NavLink } from "../router/link.tsx";
import { LowNotice } from "./low-notice.tsx";

export interface FrameLink {
  readonly text: string;
  readonly to: string;
  /** Current too below this address. */
  readonly under?: string;
}

export interface FrameProps {
  readonly name: string;
  readonly links: readonly FrameLink[];
  /** In the middle of the bar: a search. */
  readonly middle?: ReactNode;
  /** At the end of the bar: who is signed in. */
  readonly end?: ReactNode;
  readonly foot?: ReactNode;
  /** At the beginning of the foot; where not given, whether the stream of LiveProvider is live. */
  readonly live?: ReactNode;
  /** What is wrong with the connection; where not given, of what the page has read. */
  readonly notice?: ReactNode;
  readonly children: ReactNode;
}

export function Frame({
  name,
  links,
  middle,
  end,
  foot,
  live = <LiveMark />,
  notice = <LowNotice />,
  children,
}: FrameProps): ReactNode {
  return (
    <div className="frame">
      <a href="#main" className="skip-link">
        Skip to the content
      </a>
      <header className="bar">
        <div className="bar-inner">
          <Link to="/" className="brand">
            <Mark />
            {name}
          </Link>
          <nav aria-label="Main">
            <ul>
              {links.map((link) => (
                <li key={link.to}>
                  <NavLink to={link.to} {...(link.under === undefined ? {} : { under: link.under })}>
                    {link.text}
                  </NavLink>
                </li>
              ))}
            </ul>
          </nav>
          <div className="bar-middle">{middle}</div>
          <div className="bar-end">{end}</div>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer className="foot">
        <div className="foot-inner">
          {live}
          {foot}
        </div>
      </footer>
      {notice}
    </div>
  );
}
