// Where the reader is signed in, and ending that.
import { type ReactNode, useState } from "react";
import { Badge, Button, ListSkeleton, Moment, Shown, send, Table, useJson } from "../../shared/index.ts";
import type { Session } from "../api/people.ts";
import { ConfirmDialog } from "../lists/confirm-dialog.tsx";
import { agentText } from "./agent-text.ts";

const SESSIONS_API = "/v1/profile/sessions";

export function SessionsTab(): ReactNode {
  const known = useJson<{ readonly sessions: readonly Session[] }>(SESSIONS_API);
  const [ending, setEnding] = useState<Session | "others" | undefined>(undefined);
  const close = (): void => setEnding(undefined);
  const touches = (key: string): boolean => key.startsWith(SESSIONS_API);
  return (
    <section className="section" aria-label="Sessions">
      <p className="lede">
        Browsers in which you are signed in. End those you do not know, and change your password.
      </p>
      <Shown known={known} skeleton={<ListSkeleton rows={3} />}>
        {({ sessions }) => (
          <>
            <div className="card">
              <Table
                caption="Your sessions"
                rows={sessions}
                keyOf={({ id }) => id}
                columns={[
                  {
                    title: "Where",
                    isLead: true,
                    cell: ({ user_agent, current, kind }) => (
                      <span className="row" title={user_agent}>
                        <strong>{agentText(user_agent)}</strong>
                        {current && <Badge look="good">This one</Badge>}
                        {kind === "client" && <Badge>Client</Badge>}
                      </span>
                    ),
                  },
                  { title: "From", cell: ({ address }) => <span className="soft">{address}</span> },
                  { title: "By", cell: ({ way }) => way },
                  { title: "Last used", cell: ({ seen_at }) => <Moment at={seen_at} /> },
                  {
                    title: "End",
                    isEnd: true,
                    cell: (session) =>
                      session.current ? null : (
                        <Button
                          size="compact"
                          look="danger"
                          aria-label={`End the session of ${agentText(session.user_agent)} from ${session.address}`}
                          onClick={() => setEnding(session)}
                        >
                          End
                        </Button>
                      ),
                  },
                ]}
              />
            </div>
            {sessions.length > 1 && (
              <p>
                <Button look="danger" onClick={() => setEnding("others")}>
                  End all others…
                </Button>
              </p>
            )}
          </>
        )}
      </Shown>
      {ending === "others" && (
        <ConfirmDialog
          title="End all other sessions?"
          confirm="End them"
          act={(signal) => send(SESSIONS_API, { method: "DELETE", signal })}
          touches={touches}
          done="All other sessions have ended"
          onClose={close}
        >
          <p>Every other browser is signed out at once. This one stays signed in.</p>
        </ConfirmDialog>
      )}
      {ending !== undefined && ending !== "others" && (
        <ConfirmDialog
          title="End this session?"
          confirm="End session"
          act={(signal) =>
            send(`${SESSIONS_API}/${encodeURIComponent(ending.id)}`, { method: "DELETE", signal })
          }
          touches={touches}
          words={{ 404: "It has ended already" }}
          done="The session has ended"
          onClose={close}
        >
          <p>
            {agentText(ending.user_agent)} at {ending.address} is signed out at once.
          </p>
        </ConfirmDialog>
      )}
    </section>
  );
}
