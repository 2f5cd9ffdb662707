// The pages of an origin beside each other.
import type { ReactNode } from "react";
import { type Tab, Tabs } from "../../shared/index.ts";
import { pageOf } from "../api/addresses.ts";

export interface OriginTabsProps {
  readonly origin: string;
  /** Its `id` below. */
  readonly current: string;
}

export function OriginTabs({ origin, current }: OriginTabsProps): ReactNode {
  const tabs: readonly Tab[] = [{ id: "packages", title: "Packages", to: pageOf({ origin }) }];
  // One tab alone leads nowhere.
  return tabs.length < 2 ? null : <Tabs label="Pages of this origin" tabs={tabs} current={current} />;
}
