// In front of the page, when the session has ended while the reader was at work: signs in without leaving. Somebody else
// than before gets the page anew.
import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import {
  Button,
  fetchJson,
  Shown,
  Skeleton,
  useCache,
  useReopenStream,
  useResource,
  useToast,
} from "../../shared/index.ts";
import type { SignInTold } from "../api/people.ts";
import { Ways } from "../sign-in/ways.tsx";
import { SESSION_API } from "./session.ts";

export interface SignInAgainProps {
  /** Who was signed in, as far as these pages know. */
  readonly before: string | undefined;
  readonly onClose: () => void;
}

export default function SignInAgain({ before, onClose }: SignInAgainProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const cache = useCache();
  const say = useToast();
  const reopen = useReopenStream();
  // Under a key of its own: what the page knows of the reader stays until somebody is signed in again.
  const [key] = useState(() => `sign-in again ${performance.now()}`);
  const asked = useResource(key, (signal) => fetchJson<SignInTold>(SESSION_API, signal));
  const account = asked.data?.account;
  // As in the shared dialog: closed while it is still in the document, so that the focus goes back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  useEffect(() => {
    // Who signs in in another tab comes back to this one.
    const look = (): void => cache.refresh((each) => each === key);
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, [cache, key]);
  useEffect(() => {
    if (account === null || account === undefined) return;
    if (before !== undefined && account.name !== before) {
      window.location.reload();
      return;
    }
    cache.refresh();
    reopen();
    say(`Signed in as ${account.name}. What you had typed is still here.`);
    onClose();
  }, [account, before, cache, onClose, reopen, say]);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="dialog-inner">
        <h2 id={id}>Sign in to go on</h2>
        <p className="soft">Your sign-in has ended. What you have typed stays as it is.</p>
        <Shown known={asked} skeleton={<Skeleton height="9rem" />}>
          {({ ways }) => (
            <Ways
              ways={ways}
              back="/sign-in"
              inNewTab
              {...(before === undefined ? {} : { name: before })}
              onSignedIn={() => cache.refresh((each) => each === key)}
            />
          )}
        </Shown>
        <div className="dialog-buttons">
          <Button onClick={onClose}>Not now</Button>
        </div>
      </div>
    </dialog>
  );
}
