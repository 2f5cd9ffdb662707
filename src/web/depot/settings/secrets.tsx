// Names of an origin's secrets. Their values are encrypted for builds, and are taken over the wire but never shown.
import type { ReactNode } from "react";
import { Button, CopyLine, fetchJson, ListSkeleton, Shown, useResource } from "../../shared/index.ts";
import { apiPath } from "../api/addresses.ts";
import type { Asked } from "./page.tsx";

export interface SecretsSectionProps {
  readonly origin: string;
  readonly ask: (asked: Asked) => void;
}

export function SecretsSection({ origin, ask }: SecretsSectionProps): ReactNode {
  const url = apiPath(["origins", origin, "secret"]);
  // Only the names are kept, even though what else the API tells is encrypted.
  const names = useResource<readonly string[]>(url, async (signal) => {
    const secrets = await fetchJson<readonly { readonly name: string }[]>(url, signal);
    return [...new Set(secrets.map(({ name }) => name))].sort();
  });
  return (
    <section className="section" aria-label="Secrets">
      <h2>Secrets</h2>
      <p className="soft">For builds. The command encrypts a value before it leaves your machine:</p>
      <CopyLine
        text={`hab origin secret upload --origin ${origin} NAME VALUE`}
        label="Copy the command that stores a secret"
        prompt="$ "
      />
      <Shown known={names} skeleton={<ListSkeleton rows={2} />}>
        {(list) =>
          list.length === 0 ? (
            <p className="soft">There are none.</p>
          ) : (
            <ul className="list card">
              {list.map((name) => (
                <li key={name} className="list-row">
                  <code dir="auto">{name}</code>
                  <Button
                    size="compact"
                    look="danger"
                    aria-label={`Delete the secret ${name}`}
                    onClick={() => ask({ kind: "secret", name })}
                  >
                    Delete
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  );
}
