// Where one signs in: every way the depot knows, and why the last attempt at another service failed.
import type { ReactNode } from "react";
import { Icon, Link, PageHead, type PageProps, Shown, Skeleton } from "../../shared/index.ts";
import { useSession } from "../session/session.ts";
import { safeBack } from "./back.ts";
import { FAILURES, UNKNOWN_FAILURE } from "./failures.ts";
import { Ways } from "./ways.tsx";

export default function SignInPage({ query }: PageProps): ReactNode {
  const session = useSession();
  const back = safeBack(query.get("back"));
  const failure = query.get("failure");
  const words = failure === null ? undefined : (FAILURES[failure] ?? UNKNOWN_FAILURE);
  // The whole page anew: nothing that somebody else has read stays in this window.
  const enter = (): void => window.location.assign(back);
  return (
    <div className="page sign-in">
      <PageHead title="Sign in" />
      {words !== undefined && (
        <p className="notice bad" role="alert">
          <Icon name="alert" />
          <span>
            <strong>{words.title}.</strong> {words.advice}
          </span>
        </p>
      )}
      <div className="card card-body">
        <Shown known={session} skeleton={<WaysSkeleton />}>
          {({ ways, account }) =>
            account === null ? (
              <Ways ways={ways} back={back} onSignedIn={enter} />
            ) : (
              <div className="stack">
                <p>
                  You are signed in as <strong dir="auto">{account.name}</strong>.
                </p>
                <Link to={back} className="button primary wide">
                  Go on
                </Link>
              </div>
            )
          }
        </Shown>
      </div>
      <p className="soft small">
        Reading what is public needs no account. Programs sign in with an access token, which you make on your
        profile.
      </p>
    </div>
  );
}

function WaysSkeleton(): ReactNode {
  return (
    <div className="stack">
      <Skeleton height="3.6rem" />
      <Skeleton height="3.6rem" />
      <Skeleton height="2.25rem" />
    </div>
  );
}
