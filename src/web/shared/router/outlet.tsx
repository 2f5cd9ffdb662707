// Shows the page of the address, and tells the reader: title, focus on the heading, and the scroll position that belongs there.
import { type ReactNode, useLayoutEffect, useMemo, useRef } from "react";
import { PageBoundary } from "../app/boundary.tsx";
import { NotFound } from "../components/states.tsx";
import { beginArriving } from "./arriving.ts";
import { usePlace, useRouter } from "./context.ts";
import { findPage, type PageEntry } from "./pages.ts";
import type { Place } from "./router.ts";

export function Outlet({ pages }: { readonly pages: readonly PageEntry[] }): ReactNode {
  const place = usePlace();
  const found = useMemo(() => findPage(pages, place.path), [pages, place.path]);
  const query = useMemo(() => new URLSearchParams(place.search), [place.search]);
  if (found === undefined)
    return (
      <Arrival key={place.path} place={place}>
        <NotFound />
      </Arrival>
    );
  const Page = found.entry.component;
  return (
    <PageBoundary key={place.path}>
      <Arrival place={place}>
        <Page params={found.params} query={query} />
      </Arrival>
    </PageBoundary>
  );
}

/** Content may take this long to be as high as it was when the reader left it. */
const RESTORE_MS = 3000;

function Arrival({ place, children }: { readonly place: Place; readonly children: ReactNode }): ReactNode {
  const router = useRouter();
  const isShown = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each entry of the history, as below
  useLayoutEffect(() => (place.arrival === "replaced" ? undefined : beginArriving()), [place.key]);
  // Once for each entry of the history: `place` changes with words of the query too, which move nobody.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useLayoutEffect(() => {
    const isSamePage = isShown.current;
    isShown.current = true;
    // Another tab of a page: the reader stays at the tabs.
    if (place.arrival === "replaced" || (isSamePage && place.arrival === "forward")) return;
    if (place.arrival !== "start" && !isSamePage) {
      const heading = document.querySelector<HTMLElement>("main h1");
      heading?.focus({ preventScroll: true });
    }
    if (place.arrival === "forward") {
      window.scrollTo(0, 0);
      return;
    }
    const wanted = router.savedScroll(place.key);
    return wanted === undefined ? undefined : restoreScroll(wanted);
  }, [place.key]);
  return children;
}

/** Scrolls there as soon as the page is high enough, unless the reader moves first. Returns how to give up. */
function restoreScroll(wanted: number): () => void {
  const attempt = (): void => {
    window.scrollTo(0, wanted);
    if (Math.abs(window.scrollY - wanted) < 2) end();
  };
  const growth = new ResizeObserver(attempt);
  const moved = ["wheel", "keydown", "pointerdown", "touchstart"] as const;
  const end = (): void => {
    growth.disconnect();
    clearTimeout(timer);
    for (const kind of moved) window.removeEventListener(kind, end);
  };
  const timer = setTimeout(end, RESTORE_MS);
  for (const kind of moved) window.addEventListener(kind, end, { passive: true });
  growth.observe(document.body);
  attempt();
  return end;
}
