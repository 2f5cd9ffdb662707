// Members of an origin and who is invited: roles, invitations, removing, leaving.
import { type ReactNode, useState } from "react";
import {
  Button,
  ListSkeleton,
  Moment,
  type PageProps,
  problemText,
  SearchField,
  Select,
  Shown,
  Skeleton,
  send,
  useCache,
  useJson,
  useRouter,
  useToast,
  VirtualList,
} from "../../shared/index.ts";
import { apiPath } from "../api/addresses.ts";
import { type Invitation, ROLE_TEXTS, ROLES, type Role } from "../api/people.ts";
import { ofOrigin } from "../channels/addresses.ts";
import { ConfirmDialog } from "../lists/confirm-dialog.tsx";
import { OriginPage } from "../origin/origin-page.tsx";
import { OWN_ORIGINS_API, reaches, useAccount, useRole } from "../session/session.ts";
import { useWrite } from "../session/write.tsx";
import { InviteDialog } from "./invite.tsx";

type Asked =
  | { readonly kind: "invite" }
  | { readonly kind: "remove"; readonly name: string }
  | { readonly kind: "rescind"; readonly invitation: Invitation }
  | { readonly kind: "leave" };

/** From so many on, one looks for a member by name. */
const MANY = 12;

export default function MembersPage({ params }: PageProps): ReactNode {
  const origin = params["origin"] ?? "";
  const role = useRole(origin);
  const account = useAccount();
  const router = useRouter();
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const close = (): void => setAsked(undefined);
  const members = useJson<{ readonly members: readonly string[] }>(apiPath(["origins", origin, "users"]));
  const invitations = useJson<{ readonly invitations: readonly Invitation[] }>(
    apiPath(["origins", origin, "invitations"]),
  );
  const mayInvite = reaches(role, "maintainer");
  return (
    <OriginPage
      origin={origin}
      current="members"
      title="Members"
      actions={
        <>
          {mayInvite && (
            <Button look="primary" onClick={() => setAsked({ kind: "invite" })}>
              Invite…
            </Button>
          )}
          {role !== undefined && role !== null && role !== "owner" && (
            <Button onClick={() => setAsked({ kind: "leave" })}>Leave {origin}…</Button>
          )}
        </>
      }
    >
      <Shown known={members} skeleton={<ListSkeleton rows={5} />}>
        {({ members: names }) => (
          <MemberList
            origin={origin}
            names={names}
            self={account?.name}
            role={role}
            onRemove={(name) => setAsked({ kind: "remove", name })}
          />
        )}
      </Shown>
      <section className="section" aria-label="Invitations">
        <h2>Invited</h2>
        <Shown known={invitations} skeleton={<ListSkeleton rows={2} />}>
          {({ invitations: list }) =>
            list.length === 0 ? (
              <p className="soft">Nobody is invited.</p>
            ) : (
              <div className="card">
                <VirtualList
                  label="Invitations that nobody has accepted yet"
                  rows={list}
                  keyOf={({ id }) => id}
                  rowRem={3}
                  maxRows={8}
                  render={(invitation) => (
                    <>
                      <strong className="grow ellipsis" title={invitation.account_name} dir="auto">
                        {invitation.account_name}
                      </strong>
                      <span className="soft small wide-only">
                        {invitation.ignored ? "ignored" : "waits"}, sent <Moment at={invitation.created_at} />
                      </span>
                      {mayInvite && (
                        <Button
                          size="compact"
                          aria-label={`Take back the invitation of ${invitation.account_name}`}
                          onClick={() => setAsked({ kind: "rescind", invitation })}
                        >
                          Take back
                        </Button>
                      )}
                    </>
                  )}
                />
              </div>
            )
          }
        </Shown>
      </section>
      {asked?.kind === "invite" && <InviteDialog origin={origin} onClose={close} />}
      {asked?.kind === "remove" && (
        <ConfirmDialog
          title={`Remove ${asked.name} from ${origin}?`}
          confirm="Remove member"
          act={(signal) =>
            send(apiPath(["origins", origin, "users", asked.name]), { method: "DELETE", signal })
          }
          touches={ofOrigin(origin)}
          done={`${asked.name} is no longer a member of ${origin}`}
          onClose={close}
        >
          <p>
            {asked.name} will no longer see what is private in {origin}, nor change anything there. What they
            have uploaded stays. Access tokens of theirs stop working for {origin} at once.
          </p>
        </ConfirmDialog>
      )}
      {asked?.kind === "rescind" && (
        <ConfirmDialog
          title={`Take the invitation of ${asked.invitation.account_name} back?`}
          confirm="Take back"
          act={(signal) =>
            send(apiPath(["origins", origin, "invitations", asked.invitation.id]), {
              method: "DELETE",
              signal,
            })
          }
          touches={ofOrigin(origin)}
          done={`${asked.invitation.account_name} is no longer invited`}
          onClose={close}
        >
          <p>{asked.invitation.account_name} can no longer accept it. You can invite them again.</p>
        </ConfirmDialog>
      )}
      {asked?.kind === "leave" && (
        <ConfirmDialog
          title={`Leave ${origin}?`}
          confirm={`Leave ${origin}`}
          act={(signal) => send(apiPath(["origins", origin, "depart"]), { method: "POST", signal })}
          touches={(key) => ofOrigin(origin)(key) || key.startsWith(OWN_ORIGINS_API)}
          done={`You have left ${origin}`}
          onClose={close}
          onDone={() => router.go("/origins")}
        >
          <p>
            You will no longer see what is private in {origin}, nor change anything there. To come back you
            must be invited again.
          </p>
        </ConfirmDialog>
      )}
    </OriginPage>
  );
}

interface MemberListProps {
  readonly origin: string;
  readonly names: readonly string[];
  readonly self: string | undefined;
  readonly role: Role | null | undefined;
  readonly onRemove: (name: string) => void;
}

function MemberList({ origin, names, self, role, onRemove }: MemberListProps): ReactNode {
  const [wanted, setWanted] = useState("");
  const shown = names.filter((name) => name.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <section className="section" aria-label="Members">
      {names.length > MANY && (
        <SearchField label="Find a member" placeholder="Find a member" value={wanted} onText={setWanted} />
      )}
      {shown.length === 0 ? (
        <p className="soft" role="status">
          No member has this in the name.
        </p>
      ) : (
        <div className="card">
          <VirtualList
            label={`Members of ${origin}`}
            rows={shown}
            keyOf={(name) => name}
            rowRem={3.25}
            maxRows={12}
            render={(name) => (
              <MemberRow origin={origin} name={name} isSelf={name === self} role={role} onRemove={onRemove} />
            )}
          />
        </div>
      )}
    </section>
  );
}

interface MemberRowProps {
  readonly origin: string;
  readonly name: string;
  readonly isSelf: boolean;
  /** Of the reader. */
  readonly role: Role | null | undefined;
  readonly onRemove: (name: string) => void;
}

function MemberRow({ origin, name, isSelf, role, onRemove }: MemberRowProps): ReactNode {
  const cache = useCache();
  const say = useToast();
  const url = apiPath(["origins", origin, "users", name, "role"]);
  // The API tells roles to members, not to those who may only read.
  const held = useJson<{ readonly role: Role }>(reaches(role, "member") ? url : undefined);
  const theirs = isSelf ? role : held.data?.role;
  const change = useWrite(async (wanted: Role, signal) => {
    await send(`${url}?role=${wanted}`, { method: "PUT", signal });
    say(`${name} is now ${ROLE_TEXTS[wanted].toLowerCase()} of ${origin}`);
    cache.refresh(ofOrigin(origin));
  });
  const mayChange = reaches(role, "administrator") && !isSelf && theirs !== undefined && theirs !== "owner";
  return (
    <>
      <span className="grow ellipsis" title={name}>
        <strong dir="auto">{name}</strong>
        {isSelf && <span className="soft"> (you)</span>}
        {change.problem !== undefined && (
          <span className="field-problem" role="alert">
            {" "}
            {problemText(change.problem)}
          </span>
        )}
      </span>
      {mayChange && theirs !== null ? (
        <Select
          label={`Role of ${name}`}
          isLabelHidden
          value={theirs}
          options={ROLES.filter((each) => each !== "owner").map((each) => ({
            value: each,
            text: ROLE_TEXTS[each],
          }))}
          onChoice={(value) => {
            const wanted = ROLES.find((each) => each === value);
            if (wanted !== undefined) void change.run(wanted);
          }}
        />
      ) : theirs !== null && theirs !== undefined ? (
        <span className="soft">{ROLE_TEXTS[theirs]}</span>
      ) : (
        reaches(role, "member") && held.problem === undefined && <Skeleton width="6rem" />
      )}
      {role === "owner" && !isSelf && (
        <Button size="compact" look="danger" aria-label={`Remove ${name}`} onClick={() => onRemove(name)}>
          Remove
        </Button>
      )}
    </>
  );
}
