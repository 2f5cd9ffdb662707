// The reader's own account: address and password, access tokens, where they are signed in.
import { type ReactNode, useState } from "react";
import {
  Busy,
  Button,
  ListSkeleton,
  PageHead,
  type PageProps,
  SignInLink,
  State,
  Tabs,
} from "../../shared/index.ts";
import { useAccount } from "../session/session.ts";
import { AccountTab } from "./account.tsx";
import { NewTokenDialog } from "./new-token.tsx";
import { PasswordDialog } from "./password.tsx";
import { SessionsTab } from "./sessions.tsx";
import { TokensTab } from "./tokens.tsx";

const TABS = [
  { id: "account", title: "Account" },
  { id: "tokens", title: "Access tokens" },
  { id: "sessions", title: "Sessions" },
] as const;

/** What is asked in front of the page; held above what is read again. */
export type Asked = "new-token" | "password";

export default function ProfilePage({ query }: PageProps): ReactNode {
  const account = useAccount();
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const close = (): void => setAsked(undefined);
  const wanted = query.get("tab") ?? "account";
  const current = TABS.find(({ id }) => id === wanted)?.id ?? "account";
  return (
    <div className="page">
      <PageHead
        title="Profile"
        heading={account === null || account === undefined ? "Profile" : account.name}
        actions={
          current === "tokens" && account !== null ? (
            <Button look="primary" onClick={() => setAsked("new-token")}>
              New token
            </Button>
          ) : undefined
        }
      />
      {account === null ? (
        <State title="You are not signed in" icon="lock" action={<SignInLink />}>
          Your account, tokens and sessions are here when you are.
        </State>
      ) : (
        <>
          <Tabs
            label="Your account"
            current={current}
            tabs={TABS.map(({ id, title }) => ({
              id,
              title,
              to: id === "account" ? "/profile" : `/profile?tab=${id}`,
            }))}
          />
          {account === undefined ? (
            <Busy>
              <ListSkeleton rows={4} />
            </Busy>
          ) : current === "account" ? (
            <AccountTab account={account} onPassword={() => setAsked("password")} />
          ) : current === "tokens" ? (
            <TokensTab />
          ) : (
            <SessionsTab />
          )}
        </>
      )}
      {asked === "new-token" && <NewTokenDialog onClose={close} />}
      {asked === "password" && <PasswordDialog onClose={close} />}
    </div>
  );
}
