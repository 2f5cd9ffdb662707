// At the end of the bar: who is signed in, with the ways to what is theirs; or the way to sign in.
import { type ReactNode, useId, useRef } from "react";
import { Button, Icon, Link, problemText, send, useAction, usePlace } from "../../shared/index.ts";
import { useAccount } from "./session.ts";

export function AccountMenu(): ReactNode {
  const account = useAccount();
  const { path, search } = usePlace();
  if (account === undefined) return <span className="account-slot" />;
  if (account === null)
    return (
      <span className="account-slot">
        {path !== "/sign-in" && (
          <Link to={`/sign-in?back=${encodeURIComponent(path + search)}`} className="button">
            Sign in
          </Link>
        )}
      </span>
    );
  return (
    <span className="account-slot">
      <Menu name={account.name} email={account.email} />
    </span>
  );
}

function Menu({ name, email }: { readonly name: string; readonly email: string }): ReactNode {
  const menu = useRef<HTMLDivElement>(null);
  const id = useId();
  const signOut = useAction<void>(async (_, signal) => {
    await send("/v1/sign-out", { method: "POST", signal });
    // Nothing of what was read stays in this window.
    window.location.assign("/");
  });
  const hide = (): void => menu.current?.hidePopover();
  return (
    <>
      <button
        type="button"
        className="button plain account-button"
        popoverTarget={id}
        aria-label={`Account ${name}`}
      >
        <span dir="auto">{name}</span>
        <Icon name="down" size={16} />
      </button>
      <div ref={menu} id={id} popover="auto" className="account-menu">
        <p className="account-who">
          <strong dir="auto">{name}</strong>
          {email !== "" && (
            <span className="soft small" dir="auto">
              {email}
            </span>
          )}
        </p>
        <ul>
          {[
            ["/origins", "Origins and invitations"],
            ["/profile", "Profile"],
            ["/profile?tab=tokens", "Access tokens"],
          ].map(([to = "", text]) => (
            <li key={to}>
              <Link to={to} onClick={hide}>
                {text}
              </Link>
            </li>
          ))}
        </ul>
        <Button
          isBusy={signOut.isRunning}
          onClick={() => void signOut.run()}
          aria-describedby={signOut.problem === undefined ? undefined : `${id}-problem`}
        >
          Sign out
        </Button>
        {signOut.problem !== undefined && (
          <p id={`${id}-problem`} className="field-problem" role="alert">
            {problemText(signOut.problem)}
          </p>
        )}
      </div>
    </>
  );
}
