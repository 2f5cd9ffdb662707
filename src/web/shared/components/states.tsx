// What stands where content should be: nothing there, on its way, failed. Each says what the reader can do.
import type { ReactNode } from "react";
import type { Known } from "../data/cache.ts";
import { useCache } from "../data/hooks.ts";
import type { Problem } from "../data/problem.ts";
import { useTitle } from "../router/context.ts";
import { Link } from "../router/link.tsx";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";

export interface StateProps {
  readonly kind?: "empty" | "bad";
  readonly icon?: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  /** 1 where it is the whole page. */
  readonly heading?: 1 | 2;
}

export function State({ kind = "empty", icon, title, children, action, heading = 2 }: StateProps): ReactNode {
  const Heading = heading === 1 ? "h1" : "h2";
  return (
    <div className={`state ${kind === "bad" ? "bad" : ""}`} role={kind === "bad" ? "alert" : undefined}>
      <Icon name={icon ?? (kind === "bad" ? "alert" : "box")} size={40} />
      <Heading tabIndex={heading === 1 ? -1 : undefined}>{title}</Heading>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}

export function NotFound(): ReactNode {
  useTitle("No such page");
  return (
    <State
      heading={1}
      title="There is no such page"
      action={
        <Link to="/" className="button">
          Go to the start
        </Link>
      }
    >
      The address may be mistyped, or what it named is no longer there.
    </State>
  );
}

const PROBLEM_ICONS: Partial<Record<Problem["kind"], IconName>> = {
  offline: "cloudOff",
  "signed-out": "lock",
  forbidden: "lock",
  missing: "box",
  timeout: "clock",
};

export interface ProblemStateProps {
  readonly problem: Problem;
  readonly onRetry?: (() => void) | undefined;
  /** Where one signs in, if there is such a place. */
  readonly heading?: 1 | 2;
  /** Better words for what is not there. */
  readonly missing?: { readonly title: string; readonly advice: string };
}

export function ProblemState({ problem, onRetry, heading, missing }: ProblemStateProps): ReactNode {
  const words = problem.kind === "missing" && missing !== undefined ? missing : problem;
  return (
    <State
      kind={problem.kind === "missing" ? "empty" : "bad"}
      icon={PROBLEM_ICONS[problem.kind] ?? "alert"}
      title={words.title}
      {...(heading === undefined ? {} : { heading })}
      action={
        problem.kind === "signed-out" ? (
          <SignInLink />
        ) : onRetry === undefined ? undefined : (
          <Button onClick={onRetry}>Try again</Button>
        )
      }
    >
      {words.advice}
      {problem.detail !== undefined && (
        <>
          {" "}
          <span dir="auto">The server said: “{problem.detail}”.</span>
        </>
      )}
    </State>
  );
}

/** Leads to where one signs in and back again. */
export function SignInLink(): ReactNode {
  const back = `${window.location.pathname}${window.location.search}`;
  return (
    <Link to={`/sign-in?back=${encodeURIComponent(back)}`} className="button primary">
      Sign in
    </Link>
  );
}

export interface ShownProps<Data> {
  readonly known: Known<Data>;
  /** Keys to read again at "Try again"; everything that failed where not given. */
  readonly retry?: (key: string) => boolean;
  /** Of the size of what will come. */
  readonly skeleton: ReactNode;
  readonly missing?: ProblemStateProps["missing"];
  readonly heading?: 1 | 2;
  readonly children: (data: Data) => ReactNode;
}

/** A thing in whatever state it is: on its way, there, there but old, or not to be had. */
export function Shown<Data>({
  known,
  retry,
  skeleton,
  missing,
  heading,
  children,
}: ShownProps<Data>): ReactNode {
  const cache = useCache();
  const again = (): void => (retry === undefined ? cache.retryFailed() : cache.refresh(retry));
  // That it is old is told apart from it (app/low-notice.tsx): what is read does not move.
  if (known.data !== undefined) return children(known.data);
  if (known.problem !== undefined && !known.isLoading)
    return (
      <ProblemState
        problem={known.problem}
        onRetry={known.problem.mayPass ? again : undefined}
        {...(missing === undefined ? {} : { missing })}
        {...(heading === undefined ? {} : { heading })}
      />
    );
  return <Busy>{skeleton}</Busy>;
}

/** Tells screen readers that something comes, without reading the shapes that stand for it. */
export function Busy({ children }: { readonly children?: ReactNode }): ReactNode {
  return (
    <div aria-busy="true" className={children === undefined ? "visually-hidden" : undefined}>
      <span className="visually-hidden" role="status">
        Loading
      </span>
      <div aria-hidden="true">{children}</div>
    </div>
  );
}

export interface SkeletonProps {
  /** CSS lengths. */
  readonly width?: string;
  readonly height?: string;
}

export function Skeleton({ width = "100%", height = "1em" }: SkeletonProps): ReactNode {
  return <span className="skeleton" style={{ width, height }} />;
}

/** Stands for a list of so many rows. */
export function ListSkeleton({ rows }: { readonly rows: number }): ReactNode {
  return (
    <ul className="list">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing but their number is known
        <li key={row}>
          <span className="list-row">
            <Skeleton width={`${12 + ((row * 5) % 9)}rem`} />
            <Skeleton width="5rem" />
          </span>
        </li>
      ))}
    </ul>
  );
}

export function PageSkeleton(): ReactNode {
  return (
    <Busy>
      <div className="page">
        <Skeleton width="18rem" height="2.2rem" />
        <Skeleton width="30rem" />
        <Skeleton height="16rem" />
      </div>
    </Busy>
  );
}
