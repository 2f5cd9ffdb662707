// Name and address of the account, its password, and services it is linked with.
import { type FormEvent, type ReactNode, useState } from "react";
import {
  Button,
  Facts,
  Field,
  ListSkeleton,
  Moment,
  problemText,
  Shown,
  send,
  useCache,
  useJson,
  useToast,
} from "../../shared/index.ts";
import type { Account, Identities } from "../api/people.ts";
import { ConfirmDialog } from "../lists/confirm-dialog.tsx";
import { SESSION_API, useSession } from "../session/session.ts";
import { useWrite } from "../session/write.tsx";

const IDENTITIES_API = "/v1/profile/identities";

export interface AccountTabProps {
  readonly account: Account;
  readonly onPassword: () => void;
}

export function AccountTab({ account, onPassword }: AccountTabProps): ReactNode {
  const session = useSession();
  const identities = useJson<Identities>(IDENTITIES_API);
  const [unlinking, setUnlinking] = useState<Identities["identities"][number] | undefined>(undefined);
  const ways = session.data?.ways ?? [];
  const services = ways.filter(({ kind }) => kind === "oidc" || kind === "oauth");
  return (
    <div className="stack">
      <Facts
        entries={[
          ["Name", account.name],
          ["Here since", <Moment key="at" at={account.created_at} />],
        ]}
      />
      <EmailForm account={account} />
      <Shown known={identities} skeleton={<ListSkeleton rows={2} />}>
        {({ has_password, identities: linked }) => (
          <>
            {ways.some(({ kind }) => kind === "password") && (
              <section className="section" aria-label="Password">
                <h2>Password</h2>
                <p className="row">
                  <span className="soft">
                    {has_password ? "You can sign in with a password." : "You have no password."}
                  </span>
                  <Button onClick={onPassword}>
                    {has_password ? "Change password…" : "Set a password…"}
                  </Button>
                </p>
              </section>
            )}
            {(linked.length > 0 || services.length > 0) && (
              <section className="section" aria-label="Linked services">
                <h2>Linked services</h2>
                {linked.length === 0 ? (
                  <p className="soft">None. Linked with a service, you can sign in through it.</p>
                ) : (
                  <ul className="list card">
                    {linked.map((identity) => (
                      <li key={identity.id} className="list-row">
                        <span className="stacked">
                          <span>
                            <strong dir="auto">{identity.user_name}</strong>{" "}
                            <span className="soft">{identity.provider}</span>
                          </span>
                          <span className="soft small">
                            since <Moment at={identity.created_at} />
                          </span>
                        </span>
                        <Button
                          size="compact"
                          look="danger"
                          aria-label={`Unlink ${identity.provider}`}
                          onClick={() => setUnlinking(identity)}
                        >
                          Unlink
                        </Button>
                      </li>
                    ))}
                  </ul>
                )}
                <p className="row">
                  {services.map((way) => (
                    <a key={way.url} className="button" href={`${way.url}?link=true&return_to=%2Fprofile`}>
                      Link with {way.name}
                    </a>
                  ))}
                </p>
              </section>
            )}
          </>
        )}
      </Shown>
      {unlinking !== undefined && (
        <ConfirmDialog
          title={`Unlink ${unlinking.provider}?`}
          confirm="Unlink"
          act={(signal) =>
            send(`${IDENTITIES_API}/${encodeURIComponent(unlinking.id)}`, { method: "DELETE", signal })
          }
          touches={(key) => key.startsWith("/v1/profile/") || key === SESSION_API}
          done={`${unlinking.provider} is no longer linked`}
          onClose={() => setUnlinking(undefined)}
        >
          <p>
            You can no longer sign in as {unlinking.user_name} of {unlinking.provider}. Your other sessions
            that began so end.
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function EmailForm({ account }: { readonly account: Account }): ReactNode {
  const [email, setEmail] = useState(account.email);
  const cache = useCache();
  const say = useToast();
  const save = useWrite<void>(async (_, signal) => {
    await send("/v1/profile", { method: "PATCH", json: { email: email.trim() }, signal });
    cache.refresh((key) => key === SESSION_API);
    say("Your address is saved");
  });
  const isChanged = email.trim() !== account.email;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isChanged) void save.run();
  };
  return (
    <form className="narrow stack" onSubmit={submit}>
      <Field
        label="Address"
        type="email"
        name="email"
        autoComplete="email"
        required
        maxLength={320}
        value={email}
        onText={setEmail}
        {...(save.problem === undefined ? {} : { problem: problemText(save.problem) })}
      />
      <p>
        <Button type="submit" isBusy={save.isRunning} isDisabled={!isChanged}>
          Save address
        </Button>
      </p>
    </form>
  );
}
