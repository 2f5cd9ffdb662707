// Asks for the token of the gateway. It is held in memory until this window is closed or loaded anew, and sent nowhere but to
// this Supervisor.
import { type FormEvent, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { Button, Field, Icon, PageHead } from "../../shared/index.ts";
import { useSession } from "../told/hooks.ts";

/** What a header can carry, and the gateway takes as one word. */
const TOKEN = /^[\u0021-\u007e]+$/;

export function TokenPage({ refused }: { readonly refused: boolean }): ReactNode {
  const session = useSession();
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const form = useRef<HTMLFormElement>(null);
  // The attribute counts once for a document, and this page may come back.
  useLayoutEffect(() => form.current?.querySelector("input")?.focus(), []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const given = token.trim();
    if (!TOKEN.test(given)) {
      setProblem(given === "" ? "Enter the token." : "A token has no blanks and no letters beyond ASCII.");
      return;
    }
    session.unlock(given);
  };
  const told = refused ? "This token is not accepted, or not any more." : undefined;
  return (
    <div className="page token-page">
      <PageHead title="This Supervisor asks for its token" />
      <form ref={form} className="card card-body stack" onSubmit={submit}>
        <Field
          label="Token"
          type="password"
          autoComplete="off"
          autoFocus
          value={token}
          onText={(text) => {
            setToken(text);
            setProblem(undefined);
          }}
          problem={problem ?? (token === "" ? told : undefined)}
          hint="The value of HAB_SUP_GATEWAY_AUTH_TOKEN, which the Supervisor was started with."
        />
        <div className="row">
          <Button type="submit" look="primary">
            Look
          </Button>
          <span className="soft small row">
            <Icon name="lock" size={16} /> Kept in this window's memory only, and gone when it is closed.
          </span>
        </div>
      </form>
    </div>
  );
}
