// What every page of an origin begins with: the way to it, its heading, the row of its sisters.
import type { ReactNode } from "react";
import { PageHead } from "../../shared/index.ts";
import { pageOf } from "../api/addresses.ts";
import { useRoleAwaited } from "../session/session.ts";
import { type OriginTab, OriginTabs } from "./origin-tabs.tsx";

export interface OriginPageProps {
  readonly origin: string;
  /** Which of the row of pages it is; without one it is below them, and has no row. */
  readonly current?: OriginTab;
  readonly title: string;
  readonly heading?: ReactNode;
  readonly crumbs?: readonly { readonly text: string; readonly to: string }[];
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function OriginPage({
  origin,
  current,
  title,
  heading,
  crumbs = [],
  actions,
  children,
}: OriginPageProps): ReactNode {
  const isRoleAwaited = useRoleAwaited();
  return (
    <div className="page">
      <PageHead
        title={`${title} · ${origin}`}
        heading={heading ?? title}
        crumbs={[{ text: origin, to: pageOf({ origin }) }, ...crumbs]}
        {...(actions === undefined ? {} : { actions })}
        isWaiting={isRoleAwaited}
      />
      {current !== undefined && <OriginTabs origin={origin} current={current} />}
      {children}
    </div>
  );
}
