// The frame around every page: the bar with the ways to other pages, the content, the foot.
import { type ReactNode, useEffect } from "react";
import { Icon, Mark } from "../components/icon.tsx";
import { useCache, useOnline } from "../data/hooks.ts";
import { LiveMark } from "../live/live.tsx";
import { Link, NavLink } from "../router/link.tsx";

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
  readonly children: ReactNode;
}

export function Frame({
  name,
  links,
  middle,
  end,
  foot,
  live = <LiveMark />,
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
        <OfflineNotice />
        {children}
      </main>
      <footer className="foot">
        <div className="foot-inner">
          {live}
          {foot}
        </div>
      </footer>
    </div>
  );
}

/** Above the content while there is no connection; when it is back, what failed is tried again. */
function OfflineNotice(): ReactNode {
  const isOnline = useOnline();
  const cache = useCache();
  useEffect(() => {
    if (isOnline) cache.retryFailed();
  }, [isOnline, cache]);
  if (isOnline) return null;
  return (
    <div className="notice offline-notice" role="status">
      <Icon name="cloudOff" />
      You are offline. What you see is as it was last read; it is read again when the connection is back.
    </div>
  );
}
