// What stands around every page of the depot: its name, the ways, the search, and the stream of what happens in it.
import type { ReactNode } from "react";
import { Frame, LiveProvider } from "../shared/index.ts";
import { LIVE_TYPES, LIVE_URL, touchedBy } from "./api/live.ts";
import { QuickSearch } from "./home/quick-search.tsx";

const LINKS = [{ text: "Packages", to: "/", under: "/pkgs" }] as const;

export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <LiveProvider url={LIVE_URL} types={LIVE_TYPES} touches={touchedBy}>
      <Frame name="Depot" links={LINKS} middle={<QuickSearch />}>
        {children}
      </Frame>
    </LiveProvider>
  );
}
