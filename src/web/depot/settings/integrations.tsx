// Accounts that an origin has with container registries, by their names. Passwords are shown to nobody.
import { type ReactNode, useState } from "react";
import {
  Button,
  Dialog,
  Field,
  ListSkeleton,
  Select,
  Shown,
  send,
  useCache,
  useJson,
  useToast,
} from "../../shared/index.ts";
import { apiPath } from "../api/addresses.ts";
import { ofOrigin } from "../channels/addresses.ts";
import { useWrite } from "../session/write.tsx";
import type { Asked } from "./page.tsx";

export interface IntegrationsSectionProps {
  readonly origin: string;
  readonly mayChange: boolean;
  readonly ask: (asked: Asked) => void;
}

/** Kinds that the original's pages offer (reference/depot-api.md §21). */
const KINDS = [
  { value: "docker", text: "Docker Hub, or a registry like it" },
  { value: "amazon", text: "Amazon ECR" },
  { value: "azure", text: "Azure Container Registry" },
] as const;

export function IntegrationsSection({ origin, mayChange, ask }: IntegrationsSectionProps): ReactNode {
  const [isAdding, setAdding] = useState(false);
  const known = useJson<Readonly<Record<string, readonly string[]>>>(
    apiPath(["origins", origin, "integrations"]),
  );
  return (
    <section className="section" aria-label="Integrations">
      <div className="row between">
        <h2>Integrations</h2>
        {mayChange && (
          <Button size="compact" onClick={() => setAdding(true)}>
            Add an account…
          </Button>
        )}
      </div>
      <p className="soft">Accounts with container registries.</p>
      <Shown known={known} skeleton={<ListSkeleton rows={2} />}>
        {(kinds) => {
          const all = Object.entries(kinds).flatMap(([integration, names]) =>
            names.map((name) => ({ integration, name })),
          );
          return all.length === 0 ? (
            <p className="soft">There are none.</p>
          ) : (
            <ul className="list card">
              {all.map(({ integration, name }) => (
                <li key={`${integration}/${name}`} className="list-row">
                  <span>
                    <strong dir="auto">{name}</strong> <span className="soft">{integration}</span>
                  </span>
                  {mayChange && (
                    <Button
                      size="compact"
                      look="danger"
                      aria-label={`Delete the integration ${name}`}
                      onClick={() => ask({ kind: "integration", integration, name })}
                    >
                      Delete
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          );
        }}
      </Shown>
      {isAdding && <AddDialog origin={origin} onClose={() => setAdding(false)} />}
    </section>
  );
}

function AddDialog({
  origin,
  onClose,
}: {
  readonly origin: string;
  readonly onClose: () => void;
}): ReactNode {
  const [kind, setKind] = useState<string>("docker");
  const [name, setName] = useState("");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [url, setUrl] = useState("");
  const cache = useCache();
  const say = useToast();
  const add = useWrite<void>(async (_, signal) => {
    await send(apiPath(["origins", origin, "integrations", kind, name.trim()]), {
      method: "PUT",
      json: { username: username.trim(), password, ...(url.trim() === "" ? {} : { url: url.trim() }) },
      signal,
    });
    setPassword("");
    cache.refresh(ofOrigin(origin));
    say(`The account ${name.trim()} is stored`);
  });
  const confirm = async (): Promise<void> => {
    if (await add.run()) onClose();
  };
  return (
    <Dialog
      title="Add an account with a registry"
      confirm="Store"
      isBusy={add.isRunning}
      isDisabled={name.trim() === "" || username.trim() === "" || password === ""}
      problem={add.problem}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <Select label="Registry" value={kind} options={KINDS} onChoice={setKind} />
      <Field
        label="Name"
        hint="What to call it here. One of the same name is replaced."
        value={name}
        onText={setName}
        maxLength={255}
        required
        autoComplete="off"
        dir="auto"
      />
      <Field
        label="User name there"
        value={username}
        onText={setUsername}
        maxLength={255}
        required
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <Field
        label="Password or token there"
        hint="Kept encrypted, and shown to nobody."
        type="password"
        value={password}
        onText={setPassword}
        maxLength={1024}
        required
        autoComplete="off"
      />
      <Field
        label="Address of the registry"
        hint="Where it is not the usual one."
        type="url"
        value={url}
        onText={setUrl}
        maxLength={1000}
        autoComplete="off"
      />
    </Dialog>
  );
}
