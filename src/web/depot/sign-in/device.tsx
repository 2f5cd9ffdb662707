// Where a person approves a terminal that signs in by a code (docs/sign-in.md): first the code, then what asks, from where and
// for how long. The code may be in the address, but nothing is approved by opening it.
import { type FormEvent, type ReactNode, useState } from "react";
import {
  Button,
  Facts,
  Field,
  Icon,
  ListSkeleton,
  Moment,
  PageHead,
  type PageProps,
  problemText,
  Shown,
  SignInLink,
  State,
  send,
  useJson,
  useRouter,
} from "../../shared/index.ts";
import type { DeviceRequest } from "../api/people.ts";
import { useAccount } from "../session/session.ts";
import { useWrite } from "../session/write.tsx";

const PAGE = "/sign-in/device";

const MISSING = {
  title: "There is no such code",
  advice:
    "It may have expired, or be decided on already. Compare it with your terminal, or begin there anew: hab user login --with-browser",
};

const WORDS = {
  404: "The code has expired, or somebody has decided on it already",
  429: "Too many codes: wait a minute, then try again",
};

type Decision = "approved" | "refused";

export default function DevicePage({ query }: PageProps): ReactNode {
  const account = useAccount();
  const code = query.get("code") ?? "";
  const [decision, setDecision] = useState<Decision | undefined>(undefined);
  return (
    <div className="page sign-in">
      <PageHead title="Sign in a terminal" />
      {account === null ? (
        <State title="Sign in first" icon="lock" action={<SignInLink />}>
          Then you come back here, and see what asks to be signed in as you.
        </State>
      ) : account === undefined ? (
        <ListSkeleton rows={4} />
      ) : decision !== undefined ? (
        <Decided decision={decision} />
      ) : code === "" ? (
        <CodeForm />
      ) : (
        <Asked key={code} code={code} name={account.name} onDecided={setDecision} />
      )}
    </div>
  );
}

function CodeForm(): ReactNode {
  const [code, setCode] = useState("");
  const router = useRouter();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    router.go(`${PAGE}?code=${encodeURIComponent(code.trim())}`);
  };
  return (
    <form className="card card-body stack" onSubmit={submit}>
      <Field
        label="Code"
        hint="Eight letters, which your terminal shows"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        required
        maxLength={40}
        value={code}
        onText={setCode}
      />
      <Button type="submit" look="primary" className="wide">
        Look at what asks
      </Button>
    </form>
  );
}

interface AskedProps {
  readonly code: string;
  /** Of the reader's account. */
  readonly name: string;
  readonly onDecided: (decision: Decision) => void;
}

function Asked({ code, name, onDecided }: AskedProps): ReactNode {
  const address = `/v1/profile/device-requests/${encodeURIComponent(code)}`;
  const request = useJson<DeviceRequest>(address);
  return (
    <Shown known={request} skeleton={<ListSkeleton rows={4} />} missing={MISSING}>
      {(asked) => <Question asked={asked} address={address} name={name} onDecided={onDecided} />}
    </Shown>
  );
}

function Question({
  asked,
  address,
  name,
  onDecided,
}: Omit<AskedProps, "code"> & { readonly asked: DeviceRequest; readonly address: string }): ReactNode {
  const decide = useWrite<boolean>(
    (approve, signal) => send(address, { method: "PUT", json: { id: asked.id, approve }, signal }),
    WORDS,
  );
  const answer = async (approve: boolean): Promise<void> => {
    if (await decide.run(approve)) onDecided(approve ? "approved" : "refused");
  };
  return (
    <div className="card card-body stack">
      <p>
        A terminal asks to act as <strong dir="auto">{name}</strong>, with all that you may do. Approve it
        only if you have begun this yourself, just now, and it shows this code:
      </p>
      <p className="device-code">
        <code>{asked.user_code}</code>
      </p>
      <Facts
        entries={[
          ["Calls itself", asked.label],
          ["Asks from", asked.same_address ? `${asked.address}, as you do` : asked.address],
          ["Since", <Moment key="since" at={asked.created_at} />],
          ["Stays signed in", asked.days === null ? "until it is signed out" : daysText(asked.days)],
        ]}
      />
      {!asked.same_address && (
        <p className="notice" role="note">
          <Icon name="alert" />
          <span>
            It asks from another address than yours. If somebody has sent you this code or this address,
            refuse.
          </span>
        </p>
      )}
      {decide.problem !== undefined && (
        <p className="notice bad" role="alert">
          {problemText(decide.problem)}
        </p>
      )}
      <div className="row">
        <Button look="primary" isBusy={decide.isRunning} onClick={() => void answer(true)}>
          Approve
        </Button>
        <Button look="danger" isBusy={decide.isRunning} onClick={() => void answer(false)}>
          Refuse
        </Button>
      </div>
    </div>
  );
}

function daysText(days: number): string {
  return days === 1 ? "for a day" : `for ${days} days`;
}

function Decided({ decision }: { readonly decision: Decision }): ReactNode {
  return decision === "approved" ? (
    <State title="Approved" icon="check">
      Go back to your terminal: it is signed in within seconds. Its token is among your access tokens, where
      you can revoke it.
    </State>
  ) : (
    <State title="Refused" icon="lock">
      The terminal is not signed in, and its code is worth nothing any more.
    </State>
  );
}
