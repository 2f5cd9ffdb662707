// Settings of an origin: what new packages are visible to, names of secrets and integrations, webhooks, handing it on,
// deleting it. Values of secrets are shown to nobody.
import { type ReactNode, useState } from "react";
import { type PageProps, send, useJson, useRouter } from "../../shared/index.ts";
import { apiPath } from "../api/addresses.ts";
import type { Origin } from "../api/people.ts";
import { ofOrigin } from "../channels/addresses.ts";
import { ConfirmDialog } from "../lists/confirm-dialog.tsx";
import { OriginPage } from "../origin/origin-page.tsx";
import { OWN_ORIGINS_API, reaches, useRole } from "../session/session.ts";
import { IntegrationsSection } from "./integrations.tsx";
import { NewWebhookDialog } from "./new-webhook.tsx";
import { OwnerSection } from "./owner.tsx";
import { SecretsSection } from "./secrets.tsx";
import { TransferDialog } from "./transfer.tsx";
import { VisibilitySection } from "./visibility.tsx";
import { type Webhook, WebhooksSection } from "./webhooks.tsx";

/** What is asked in front of the page; held above what is read again. */
export type Asked =
  | { readonly kind: "secret"; readonly name: string }
  | { readonly kind: "integration"; readonly integration: string; readonly name: string }
  | { readonly kind: "new-webhook" }
  | { readonly kind: "webhook"; readonly webhook: Webhook }
  | { readonly kind: "transfer" }
  | { readonly kind: "delete" };

export default function SettingsPage({ params }: PageProps): ReactNode {
  const origin = params["origin"] ?? "";
  const role = useRole(origin);
  const router = useRouter();
  const about = useJson<Origin>(apiPath(["origins", origin]));
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const close = (): void => setAsked(undefined);
  const isAdministrator = reaches(role, "administrator");
  return (
    <OriginPage origin={origin} current="settings" title="Settings">
      <VisibilitySection origin={origin} about={about} mayChange={isAdministrator} />
      {isAdministrator && <SecretsSection origin={origin} ask={setAsked} />}
      {reaches(role, "readonly_member") && (
        <IntegrationsSection origin={origin} mayChange={reaches(role, "maintainer")} ask={setAsked} />
      )}
      {isAdministrator && <WebhooksSection origin={origin} ask={setAsked} />}
      {role === "owner" && <OwnerSection origin={origin} ask={setAsked} />}
      {asked?.kind === "secret" && (
        <ConfirmDialog
          title={`Delete the secret ${asked.name}?`}
          confirm="Delete secret"
          act={(signal) =>
            send(apiPath(["origins", origin, "secret", asked.name]), { method: "DELETE", signal })
          }
          touches={ofOrigin(origin)}
          done={`The secret ${asked.name} is deleted`}
          onClose={close}
        >
          <p>Builds that use it will fail. Its value cannot be brought back from here.</p>
        </ConfirmDialog>
      )}
      {asked?.kind === "integration" && (
        <ConfirmDialog
          title={`Delete the integration ${asked.name}?`}
          confirm="Delete integration"
          act={(signal) =>
            send(apiPath(["origins", origin, "integrations", asked.integration, asked.name]), {
              method: "DELETE",
              signal,
            })
          }
          touches={ofOrigin(origin)}
          done={`The integration ${asked.name} is deleted`}
          onClose={close}
        >
          <p>
            The depot forgets the account {asked.name} at {asked.integration}, with its password.
          </p>
        </ConfirmDialog>
      )}
      {asked?.kind === "new-webhook" && <NewWebhookDialog origin={origin} onClose={close} />}
      {asked?.kind === "webhook" && (
        <ConfirmDialog
          title="Delete the webhook?"
          confirm="Delete webhook"
          act={(signal) =>
            send(apiPath(["origins", origin, "webhooks", asked.webhook.id]), { method: "DELETE", signal })
          }
          touches={ofOrigin(origin)}
          done="The webhook is deleted"
          onClose={close}
        >
          <p>
            <bdi>{asked.webhook.url}</bdi> will hear nothing any more; deliveries that wait are dropped.
          </p>
        </ConfirmDialog>
      )}
      {asked?.kind === "transfer" && <TransferDialog origin={origin} onClose={close} />}
      {asked?.kind === "delete" && (
        <ConfirmDialog
          title={`Delete the origin ${origin}?`}
          confirm={`Delete ${origin}`}
          act={(signal) => send(apiPath(["origins", origin]), { method: "DELETE", signal })}
          touches={(key) => ofOrigin(origin)(key) || key.startsWith(OWN_ORIGINS_API)}
          done={`The origin ${origin} is deleted`}
          onClose={close}
          onDone={() => router.go("/origins")}
        >
          <p>
            Its keys, channels and their history go with it. The depot refuses as long as it has packages,
            further members, secrets, integrations or channels besides stable and unstable.
          </p>
        </ConfirmDialog>
      )}
    </OriginPage>
  );
}
