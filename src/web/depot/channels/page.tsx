// One channel: what is in it, its history, what sets it apart from others, who must approve.
import { type ReactNode, useState } from "react";
import { Button, isAwaited, type PageProps, Tabs, useJson } from "../../shared/index.ts";
import { originPage } from "../api/addresses.ts";
import type { Ident, Page } from "../api/types.ts";
import { OriginPage } from "../origin/origin-page.tsx";
import { reaches, useRole } from "../session/session.ts";
import { takesPromotions } from "./actions.ts";
import { channelApi, channelPage } from "./addresses.ts";
import { ChannelCompare } from "./compare.tsx";
import { DeleteChannelDialog } from "./delete-channel.tsx";
import { DemoteDialog } from "./demote.tsx";
import { ChannelGate } from "./gate.tsx";
import { ChannelHistory } from "./history.tsx";
import { ChannelPackages } from "./packages.tsx";
import { PromoteDialog, type Promotion } from "./promote.tsx";
import { RollbackDialog } from "./rollback.tsx";

/** What is asked in front of the page. Held here, so that it stays when what is behind it is read again. */
export type Asked =
  | { readonly kind: "promote"; readonly promotion: Promotion }
  | { readonly kind: "demote"; readonly idents: readonly string[]; readonly onDone: () => void }
  | { readonly kind: "rollback"; readonly to: number }
  | { readonly kind: "delete" };

export interface ChannelViewProps {
  readonly origin: string;
  readonly channel: string;
  readonly query: URLSearchParams;
  readonly ask: (asked: Asked) => void;
}

const TABS = ["packages", "history", "compare", "gate"] as const;
type TabId = (typeof TABS)[number];

export default function ChannelPage({ params, query }: PageProps): ReactNode {
  const { origin = "", channel = "" } = params;
  const role = useRole(origin);
  const isMember = reaches(role, "readonly_member");
  const mayPromote = reaches(role, "maintainer");
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const close = (): void => setAsked(undefined);
  const held = useJson<Page<Ident>>(channelApi({ origin, channel }, ["pkgs"], { range: 0 }));
  const wanted = query.get("tab") ?? "packages";
  const current: TabId = TABS.find((tab) => tab === wanted) ?? "packages";
  const tab = (id: TabId, title: string, count?: number | "pending") => ({
    id,
    title,
    to: channelPage({ origin, channel }, { tab: id === "packages" ? undefined : id }),
    count,
  });
  const view = { origin, channel, query, ask: setAsked };
  return (
    <OriginPage
      origin={origin}
      title={channel}
      crumbs={[{ text: "Channels", to: originPage(origin, ["channels"]) }]}
      actions={
        mayPromote && (
          <>
            <Button
              look="primary"
              onClick={() => setAsked({ kind: "promote", promotion: { origin, from: channel } })}
            >
              Promote the whole channel
            </Button>
            {channel !== "stable" && channel !== "unstable" && (
              <Button look="danger" onClick={() => setAsked({ kind: "delete" })}>
                Delete
              </Button>
            )}
          </>
        )
      }
    >
      <Tabs
        label={`Of the channel ${channel}`}
        current={current}
        tabs={[
          tab("packages", "Releases", isAwaited(held) ? "pending" : held.data?.total_count),
          ...(isMember || current === "history" ? [tab("history", "History")] : []),
          tab("compare", "Compare"),
          ...(isMember && takesPromotions(channel) ? [tab("gate", "Approvals")] : []),
        ]}
      />
      {current === "packages" && <ChannelPackages {...view} mayPromote={mayPromote} />}
      {current === "history" && (
        <ChannelHistory {...view} mayRollBack={mayPromote && takesPromotions(channel)} />
      )}
      {current === "compare" && <ChannelCompare {...view} mayPromote={mayPromote} />}
      {current === "gate" && <ChannelGate origin={origin} channel={channel} role={role} />}
      {asked?.kind === "promote" && <PromoteDialog promotion={asked.promotion} onClose={close} />}
      {asked?.kind === "rollback" && (
        <RollbackDialog origin={origin} channel={channel} to={asked.to} onClose={close} />
      )}
      {asked?.kind === "demote" && (
        <DemoteDialog
          origin={origin}
          channel={channel}
          idents={asked.idents}
          onDone={asked.onDone}
          onClose={close}
        />
      )}
      {asked?.kind === "delete" && (
        <DeleteChannelDialog
          origin={origin}
          channel={channel}
          count={held.data?.total_count}
          onClose={close}
        />
      )}
    </OriginPage>
  );
}
