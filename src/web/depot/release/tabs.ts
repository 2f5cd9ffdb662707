// The tabs of a release and their addresses.
import { isAwaited, type Known, type Tab } from "../../shared/index.ts";
import type { Contents, Package } from "../api/types.ts";

const IDS = ["readme", "dependencies", "contents", "config", "plan", "records"] as const;
export type TabId = (typeof IDS)[number];

/** The tab that an address names; the first for anything else. */
export function tabOf(text: string | null): TabId {
  return IDS.find((id) => id === text) ?? "readme";
}

/** Those that have something to show; all of them where what is inside cannot be told. */
export function releaseTabs(pkg: Package, known: Known<Contents>, to: (id: TabId) => string): Tab[] {
  const contents = known.data;
  const hasConfig = contents === undefined || contents.config !== "";
  const hasRecords = contents === undefined || contents.records.length > 0;
  const tabs: readonly (readonly [TabId, string, Tab["count"]?])[] = [
    ["readme", "Read me"],
    ["dependencies", "Dependencies", pkg.tdeps.length],
    ["contents", "Contents", isAwaited(known) ? "pending" : contents?.file_count],
    ...(hasConfig ? [["config", "Configuration"] as const] : []),
    ["plan", "Plan"],
    ...(hasRecords ? [["records", "Records"] as const] : []),
  ];
  return tabs.map(([id, title, count]) => ({ id, title, to: to(id), count }));
}
