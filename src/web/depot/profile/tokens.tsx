// The reader's access tokens: what each may do, until when; revoking them.
import { type ReactNode, useState } from "react";
import {
  Badge,
  Button,
  ListSkeleton,
  Moment,
  parseTime,
  Shown,
  State,
  send,
  Table,
  useJson,
} from "../../shared/index.ts";
import type { AccessToken } from "../api/people.ts";
import { ConfirmDialog } from "../lists/confirm-dialog.tsx";
import { scopeText } from "./scope-text.ts";

export const TOKENS_API = "/v1/profile/access-tokens";

export function TokensTab(): ReactNode {
  const known = useJson<{ readonly tokens: readonly AccessToken[] }>(TOKENS_API);
  const [revoking, setRevoking] = useState<AccessToken | undefined>(undefined);
  return (
    <section className="section" aria-label="Access tokens">
      <p className="lede">
        Programs sign in with a token, for example as HAB_AUTH_TOKEN. Give each one no more than it needs: a
        token can be limited to origins, to what it may do, and to a time.
      </p>
      <Shown known={known} skeleton={<ListSkeleton rows={3} />}>
        {({ tokens }) =>
          tokens.length === 0 ? (
            <State title="No tokens" icon="lock">
              Make one for each program that is to sign in as you.
            </State>
          ) : (
            <div className="card">
              <Table
                caption="Your access tokens"
                rows={tokens}
                keyOf={({ id }) => id}
                columns={[
                  { title: "Name", isLead: true, cell: ({ label }) => <strong dir="auto">{label}</strong> },
                  { title: "May", cell: (token) => scopeText(token) },
                  { title: "Made", cell: ({ created_at }) => <Moment at={created_at} /> },
                  { title: "Ends", cell: (token) => <End token={token} /> },
                  {
                    title: "Revoke",
                    isEnd: true,
                    cell: (token) => (
                      <Button
                        size="compact"
                        look="danger"
                        aria-label={`Revoke ${token.label}`}
                        onClick={() => setRevoking(token)}
                      >
                        Revoke
                      </Button>
                    ),
                  },
                ]}
              />
            </div>
          )
        }
      </Shown>
      {revoking !== undefined && (
        <ConfirmDialog
          title={`Revoke the token ${revoking.label}?`}
          confirm="Revoke token"
          act={(signal) =>
            send(`${TOKENS_API}/${encodeURIComponent(revoking.id)}`, { method: "DELETE", signal })
          }
          touches={(key) => key.startsWith(TOKENS_API)}
          done={`The token ${revoking.label} is revoked`}
          onClose={() => setRevoking(undefined)}
        >
          <p>Programs that use it are refused from now on. It cannot be brought back.</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

function End({ token: { expires_at } }: { readonly token: AccessToken }): ReactNode {
  if (expires_at === null) return <span className="soft">Never</span>;
  const at = parseTime(expires_at);
  return at !== undefined && at < Date.now() ? <Badge look="bad">Ended</Badge> : <Moment at={expires_at} />;
}
