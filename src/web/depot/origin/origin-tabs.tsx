// The row of pages of one origin; those that only members may read are there for members.
import type { ReactNode } from "react";
import { type Tab, Tabs } from "../../shared/index.ts";
import { originPage, pageOf } from "../api/addresses.ts";
import { useRole } from "../session/session.ts";

export type OriginTab = "packages" | "channels" | "keys" | "requests" | "members" | "audit" | "settings";

const PUBLIC: ReadonlySet<OriginTab> = new Set(["packages", "channels", "keys"]);

export interface OriginTabsProps {
  readonly origin: string;
  readonly current: OriginTab;
}

export function OriginTabs({ origin, current }: OriginTabsProps): ReactNode {
  const role = useRole(origin);
  // Who comes to a page that is for members sees its row, whatever it says to them.
  const isMember = (role !== null && role !== undefined) || !PUBLIC.has(current);
  const tab = (id: OriginTab, title: string): Tab => ({ id, title, to: originPage(origin, [id]) });
  const tabs: readonly Tab[] = [
    { id: "packages", title: "Packages", to: pageOf({ origin }) },
    tab("channels", "Channels"),
    tab("keys", "Keys"),
    ...(isMember
      ? [
          tab("requests", "Requests"),
          tab("members", "Members"),
          tab("audit", "Audit"),
          tab("settings", "Settings"),
        ]
      : []),
  ];
  return <Tabs label={`Pages of ${origin}`} tabs={tabs} current={current} />;
}
