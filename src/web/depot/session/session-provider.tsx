// Around all pages: asks to sign in again when a write finds that the session has ended.
import { type ReactNode, useCallback, useRef, useState } from "react";
import { useAccount } from "./session.ts";
import SignInAgain from "./sign-in-again.tsx";
import { AskSignInContext } from "./write.tsx";

export function SessionProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const account = useAccount();
  // The last known: when the session ends, the page soon hears that nobody is signed in.
  const before = useRef<string | undefined>(undefined);
  if (account !== undefined && account !== null) before.current = account.name;
  const [isAsking, setAsking] = useState(false);
  const ask = useCallback(() => setAsking(true), []);
  const close = useCallback(() => setAsking(false), []);
  return (
    <AskSignInContext value={ask}>
      {children}
      {isAsking && <SignInAgain before={before.current} onClose={close} />}
    </AskSignInContext>
  );
}
