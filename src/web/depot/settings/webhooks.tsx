// Webhooks of an origin: whom the depot tells when something happens, and how that went.
import { type ReactNode, useState } from "react";
import {
  Badge,
  Button,
  ListSkeleton,
  Moment,
  problemText,
  Shown,
  send,
  useCache,
  useToast,
} from "../../shared/index.ts";
import { apiPath } from "../api/addresses.ts";
import { ofOrigin } from "../channels/addresses.ts";
import { MoreButton } from "../lists/more-button.tsx";
import { useMore } from "../lists/use-more.ts";
import { useWrite } from "../session/write.tsx";
import { Deliveries } from "./deliveries.tsx";
import type { Asked } from "./page.tsx";

export const EVENT_KINDS = ["upload", "promotion", "demotion", "request", "decision", "rollback"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly events: readonly EventKind[];
  readonly active: boolean;
  readonly created_at: string;
  readonly created_by: string;
}

export interface WebhooksSectionProps {
  readonly origin: string;
  readonly ask: (asked: Asked) => void;
}

export function WebhooksSection({ origin, ask }: WebhooksSectionProps): ReactNode {
  const more = useMore<Webhook>((words) => apiPath(["origins", origin, "webhooks"], words));
  return (
    <section className="section" aria-label="Webhooks">
      <div className="row between">
        <h2>Webhooks</h2>
        <Button size="compact" onClick={() => ask({ kind: "new-webhook" })}>
          Add a webhook…
        </Button>
      </div>
      <p className="soft">The depot sends what happens in {origin} to these addresses, signed.</p>
      <Shown known={more.known} skeleton={<ListSkeleton rows={2} />}>
        {(list) =>
          list.items.length === 0 ? (
            <p className="soft">There are none.</p>
          ) : (
            <>
              <ul className="list card">
                {list.items.map((webhook) => (
                  <li key={webhook.id}>
                    <WebhookEntry origin={origin} webhook={webhook} ask={ask} />
                  </li>
                ))}
              </ul>
              <MoreButton list={list} more={more} />
            </>
          )
        }
      </Shown>
    </section>
  );
}

interface WebhookEntryProps extends WebhooksSectionProps {
  readonly webhook: Webhook;
}

function WebhookEntry({ origin, webhook, ask }: WebhookEntryProps): ReactNode {
  const { id, url, events, active, created_by, created_at } = webhook;
  const [isOpen, setOpen] = useState(false);
  const cache = useCache();
  const say = useToast();
  const address = apiPath(["origins", origin, "webhooks", id]);
  const change = useWrite<void>(async (_, signal) => {
    await send(address, { method: "PATCH", json: { active: !active }, signal });
    cache.refresh(ofOrigin(origin));
  });
  const ping = useWrite<void>(async (_, signal) => {
    await send(`${address}/ping`, { method: "POST", json: {}, signal });
    say("A test is on its way: the deliveries say how it went");
    setOpen(true);
    cache.refresh(ofOrigin(origin));
  });
  const problem = change.problem ?? ping.problem;
  return (
    <div className="webhook">
      <div className="row between">
        <span className="stacked">
          <code dir="ltr">{url}</code>
          <span className="soft small">
            {events.join(", ")} · by <bdi>{created_by}</bdi>, <Moment at={created_at} />
          </span>
        </span>
        {!active && <Badge look="warn">Off</Badge>}
      </div>
      <div className="row">
        <Button
          size="compact"
          aria-expanded={isOpen}
          aria-label={`Deliveries to ${url}`}
          onClick={() => setOpen(!isOpen)}
        >
          Deliveries
        </Button>
        <Button
          size="compact"
          aria-label={`Send a test to ${url}`}
          isBusy={ping.isRunning}
          onClick={() => void ping.run()}
        >
          Send a test
        </Button>
        <Button
          size="compact"
          aria-label={`Switch ${active ? "off" : "on"} the webhook to ${url}`}
          isBusy={change.isRunning}
          onClick={() => void change.run()}
        >
          {active ? "Switch off" : "Switch on"}
        </Button>
        <Button
          size="compact"
          look="danger"
          aria-label={`Delete the webhook to ${url}`}
          onClick={() => ask({ kind: "webhook", webhook })}
        >
          Delete
        </Button>
      </div>
      {problem !== undefined && (
        <p className="field-problem" role="alert">
          {problemText(problem)}
        </p>
      )}
      {isOpen && <Deliveries address={address} origin={origin} />}
    </div>
  );
}
