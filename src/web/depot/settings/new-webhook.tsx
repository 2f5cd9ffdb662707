// Making a webhook. Its secret is shown once, and kept nowhere on the page.
import { type ReactNode, useState } from "react";
import { Choices, Dialog, Field, send, useCache } from "../../shared/index.ts";
import { apiPath } from "../api/addresses.ts";
import { ofOrigin } from "../channels/addresses.ts";
import { OnceDialog } from "../lists/once-dialog.tsx";
import { useWrite } from "../session/write.tsx";
import { EVENT_KINDS, type EventKind, type Webhook } from "./webhooks.tsx";

const EVENT_TEXTS: Readonly<Record<EventKind, string>> = {
  upload: "Uploads",
  promotion: "Promotions",
  demotion: "Removals from channels",
  request: "Requests for promotions",
  decision: "Decisions about them",
  rollback: "Rollbacks",
};

export interface NewWebhookDialogProps {
  readonly origin: string;
  readonly onClose: () => void;
}

export function NewWebhookDialog({ origin, onClose }: NewWebhookDialogProps): ReactNode {
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<readonly EventKind[]>(EVENT_KINDS);
  const [secret, setSecret] = useState<string | undefined>(undefined);
  const cache = useCache();
  const create = useWrite<void>(async (_, signal) => {
    const response = await send(apiPath(["origins", origin, "webhooks"]), {
      method: "POST",
      json: { url: url.trim(), events },
      signal,
    });
    const made = (await response.json()) as Webhook & { readonly secret: string };
    cache.refresh(ofOrigin(origin));
    setSecret(made.secret);
  });
  if (secret !== undefined)
    return (
      <OnceDialog
        title="The webhook is there"
        label="Copy the webhook's secret"
        secret={secret}
        onClose={onClose}
      >
        The receiver checks with this secret that a delivery comes from this depot. It is shown only now.
      </OnceDialog>
    );
  return (
    <Dialog
      title="Add a webhook"
      confirm="Add webhook"
      isBusy={create.isRunning}
      isDisabled={url.trim() === "" || events.length === 0}
      problem={create.problem}
      onConfirm={() => void create.run()}
      onClose={onClose}
    >
      <Field
        label="Address"
        type="url"
        placeholder="https://"
        value={url}
        onText={setUrl}
        required
        maxLength={1000}
        autoComplete="off"
      />
      <Choices
        label="What it hears of"
        choices={EVENT_KINDS.map((kind) => ({ value: kind, text: EVENT_TEXTS[kind] }))}
        chosen={events}
        onChoice={setEvents}
      />
    </Dialog>
  );
}
