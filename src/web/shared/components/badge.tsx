// A short word about a thing: a channel, a platform, a state.
import type { ReactNode } from "react";
import { Link } from "../router/link.tsx";

export type BadgeLook = "accent" | "good" | "warn" | "bad";

export interface BadgeProps {
  readonly look?: BadgeLook | undefined;
  /** Where it leads. */
  readonly to?: string;
  readonly title?: string;
  readonly children: ReactNode;
}

export function Badge({ look, to, title, children }: BadgeProps): ReactNode {
  const name = look === undefined ? "badge" : `badge ${look}`;
  const text = (
    <span title={title} dir="auto">
      {children}
    </span>
  );
  return to === undefined ? (
    <span className={name}>{text}</span>
  ) : (
    <Link to={to} className={name}>
      {text}
    </Link>
  );
}
