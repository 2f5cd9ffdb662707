// The reader's origins, and invitations to others.
import { type ReactNode, useState } from "react";
import {
  Badge,
  Busy,
  Button,
  isAwaited,
  Link,
  ListSkeleton,
  Moment,
  PageHead,
  type PageProps,
  problemText,
  Shown,
  SignInLink,
  State,
  send,
  useCache,
  useJson,
  useToast,
} from "../../shared/index.ts";
import { apiPath, pageOf } from "../api/addresses.ts";
import { type Invitation, type OwnOrigin, ROLE_TEXTS } from "../api/people.ts";
import { countText } from "../channels/actions.ts";
import { useOwnOrigins, useSession } from "../session/session.ts";
import { useWrite } from "../session/write.tsx";
import { NewOriginDialog } from "./new-origin.tsx";

const INVITATIONS_API = "/v1/user/invitations";

export default function OriginsPage(_: PageProps): ReactNode {
  const session = useSession();
  const account = session.data?.account;
  const own = useOwnOrigins();
  const [isAdding, setAdding] = useState(false);
  return (
    <div className="page">
      <PageHead
        title="Your origins"
        isWaiting={account === undefined && isAwaited(session)}
        actions={
          account !== null &&
          account !== undefined && (
            <Button look="primary" onClick={() => setAdding(true)}>
              New origin
            </Button>
          )
        }
      >
        <p className="lede">
          An origin is a name that packages are published under, with its members and keys.
        </p>
      </PageHead>
      {account === null ? (
        <State title="Sign in to see your origins" icon="lock" action={<SignInLink />}>
          Origins of others are found by searching for their packages.
        </State>
      ) : (
        <>
          {account !== undefined && <Invitations />}
          <Shown known={own} skeleton={<ListSkeleton rows={4} />}>
            {(origins) =>
              origins.length === 0 ? (
                <State title="You are in no origin yet" icon="folder">
                  Make one of your own, or ask somebody to invite you to theirs.
                </State>
              ) : (
                <ul className="list card" aria-label="Your origins">
                  {origins.map((origin) => (
                    <li key={origin.name}>
                      <OriginRow origin={origin} />
                    </li>
                  ))}
                </ul>
              )
            }
          </Shown>
        </>
      )}
      {isAdding && <NewOriginDialog onClose={() => setAdding(false)} />}
    </div>
  );
}

function OriginRow({
  origin: { name, role, package_count, default_package_visibility },
}: {
  readonly origin: OwnOrigin;
}) {
  return (
    <Link to={pageOf({ origin: name })} className="list-row">
      <strong dir="auto">{name}</strong>
      <span className="row">
        {default_package_visibility === "private" && <Badge>Private</Badge>}
        <span className="soft number">{countText(package_count, "package")}</span>
        <Badge look={role === "owner" ? "accent" : undefined}>{ROLE_TEXTS[role]}</Badge>
      </span>
    </Link>
  );
}

function Invitations(): ReactNode {
  const invitations = useJson<readonly Invitation[]>(INVITATIONS_API);
  if (isAwaited(invitations)) return <Busy />;
  const list = invitations.data ?? [];
  if (list.length === 0) return null;
  return (
    <section className="section" aria-label="Invitations">
      <h2>Invitations</h2>
      <ul className="list card">
        {list.map((invitation) => (
          <li key={invitation.id}>
            <InvitationRow invitation={invitation} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function InvitationRow({
  invitation: { id, origin, created_at },
}: {
  readonly invitation: Invitation;
}): ReactNode {
  const cache = useCache();
  const say = useToast();
  const url = apiPath(["origins", origin, "invitations", id]);
  const refresh = (): void =>
    cache.refresh((key) => key.startsWith("/v1/user/") || key.includes(`/${origin}/`));
  const accept = useWrite<void>(async (_, signal) => {
    await send(url, { method: "PUT", signal });
    say(`You are now a member of ${origin}`);
    refresh();
  });
  const ignore = useWrite<void>(async (_, signal) => {
    await send(`${url}/ignore`, { method: "PUT", signal });
    say(`The invitation to ${origin} is ignored`);
    refresh();
  });
  const problem = accept.problem ?? ignore.problem;
  return (
    <div className="list-row">
      <span className="stacked">
        <span>
          You are invited to <Link to={pageOf({ origin })}>{origin}</Link>
        </span>
        <span className="soft small">
          <Moment at={created_at} />
        </span>
        {problem !== undefined && (
          <span className="field-problem" role="alert">
            {problemText(problem)}
          </span>
        )}
      </span>
      <span className="row">
        <Button
          look="primary"
          isBusy={accept.isRunning}
          aria-label={`Accept the invitation to ${origin}`}
          onClick={() => void accept.run()}
        >
          Accept
        </Button>
        <Button
          isBusy={ignore.isRunning}
          aria-label={`Ignore the invitation to ${origin}`}
          onClick={() => void ignore.run()}
        >
          Ignore
        </Button>
      </span>
    </div>
  );
}
