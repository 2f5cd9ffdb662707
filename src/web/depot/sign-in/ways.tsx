// The ways to sign in that the depot tells: name and password here, the others at the service that knows the reader.
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Button, Field, Icon, ProblemError, problemText, send, useAction } from "../../shared/index.ts";
import type { SignInWay } from "../api/people.ts";

export interface WaysProps {
  readonly ways: readonly SignInWay[];
  /** Where the other services send the reader back to. */
  readonly back: string;
  /** Other ways in a tab of their own: what is typed here would be lost. */
  readonly inNewTab?: boolean;
  /** Filled in already. */
  readonly name?: string;
  readonly onSignedIn: () => void;
}

export function Ways({ ways, back, inNewTab = false, name, onSignedIn }: WaysProps): ReactNode {
  const hasPassword = ways.some(({ kind }) => kind === "password");
  const others = ways.filter(({ kind }) => kind !== "password");
  if (ways.length === 0)
    return (
      <p className="notice">
        <Icon name="alert" />
        This depot lets nobody sign in with a browser. Whoever runs it can change that.
      </p>
    );
  return (
    <div className="stack">
      {hasPassword && <PasswordForm {...(name === undefined ? {} : { name })} onSignedIn={onSignedIn} />}
      {hasPassword && others.length > 0 && <p className="or soft small">or</p>}
      {others.length > 0 && (
        <ul className="stack ways">
          {others.map((way) => (
            <li key={way.url}>
              <a
                className="button wide"
                href={`${way.url}?return_to=${encodeURIComponent(back)}`}
                {...(inNewTab ? { target: "_blank", rel: "noopener" } : {})}
              >
                {wayText(way)}
                {inNewTab && <Icon name="external" size={16} />}
              </a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function wayText({ kind, name }: SignInWay): string {
  switch (kind) {
    case "kerberos":
      return `Sign in with ${name} as on this machine`;
    case "proxy":
      return "Sign in as the proxy knows you";
    default:
      return `Sign in with ${name}`;
  }
}

function PasswordForm({
  name: given = "",
  onSignedIn,
}: {
  readonly name?: string;
  readonly onSignedIn: () => void;
}): ReactNode {
  const [name, setName] = useState(given);
  const [password, setPassword] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const signIn = useAction<void>(async (_, signal) => {
    try {
      await send("/v1/sign-in/password", { method: "POST", json: { name: name.trim(), password }, signal });
    } catch (error) {
      throw inWords(error);
    }
  });
  useEffect(() => {
    const field = form.current?.querySelector<HTMLInputElement>(
      given === "" ? "input" : "input[type=password]",
    );
    field?.focus();
  }, [given]);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    event.stopPropagation();
    if (await signIn.run()) onSignedIn();
  };
  return (
    <form ref={form} className="stack" onSubmit={(event) => void submit(event)}>
      <Field
        label="Name"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={255}
        dir="auto"
        value={name}
        onText={setName}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        maxLength={1024}
        value={password}
        onText={setPassword}
      />
      {signIn.problem !== undefined && (
        <p className="notice bad" role="alert">
          {problemText(signIn.problem)}
        </p>
      )}
      <Button type="submit" look="primary" className="wide" isBusy={signIn.isRunning}>
        {signIn.isRunning ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}

/** What refusals mean here. */
function inWords(error: unknown): unknown {
  if (!(error instanceof ProblemError)) return error;
  const { problem } = error;
  if (problem.status === 401)
    return new ProblemError({
      ...problem,
      title: "Name or password is not right",
      advice: "Check both. Whoever runs this depot can set a new password.",
    });
  if (problem.status === 429) {
    const minutes = Math.ceil((problem.retryAfterMs ?? 0) / 60_000);
    return new ProblemError({
      ...problem,
      title: "Too many attempts",
      advice: minutes > 1 ? `Wait ${minutes} minutes, then try again.` : "Wait a minute, then try again.",
    });
  }
  return error;
}
