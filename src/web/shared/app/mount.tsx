// Starts a set of pages in the document.
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ToastProvider } from "../components/toast.tsx";
import { ResourceCache } from "../data/cache.ts";
import { CacheContext } from "../data/hooks.ts";
import { RouterContext } from "../router/context.ts";
import { Outlet } from "../router/outlet.tsx";
import type { PageEntry } from "../router/pages.ts";
import { createRouter } from "../router/router.ts";

export interface PagesApp {
  /** Where the pages are served: empty, or a path. */
  readonly base: string;
  readonly pages: readonly PageEntry[];
  /** What stands around every page. */
  readonly shell: (page: ReactNode) => ReactNode;
}

/** How long the first page waits for its data unseen. Then shapes stand for what is still on its way. */
const FIRST_DATA_MS = 100;

/** Draws a set of pages into the document. */
export function mountPages({ base, pages, shell }: PagesApp): void {
  const container = document.getElementById("app");
  if (container === null) throw new Error("the document has no place for the pages");
  const router = createRouter(base);
  const cache = new ResourceCache();
  showOnceWhole(container);
  createRoot(container).render(
    <StrictMode>
      <RouterContext value={router}>
        <CacheContext value={cache}>
          <ToastProvider>{shell(<Outlet pages={pages} />)}</ToastProvider>
        </CacheContext>
      </RouterContext>
    </StrictMode>,
  );
}

/**
 * Keeps the pages from being laid out and painted before the first data are in them: mostly those come so soon that the shapes
 * standing for them would be drawn for nothing, which takes a browser as long as drawing the page itself.
 */
function showOnceWhole(container: HTMLElement): void {
  container.hidden = true;
  const show = (): void => {
    clearTimeout(timer);
    watch.disconnect();
    container.hidden = false;
  };
  const watch = new MutationObserver(() => {
    const isWhole = container.querySelector("main h1") !== null;
    if (isWhole && container.querySelector('[aria-busy="true"], .skeleton') === null) show();
  });
  watch.observe(container, { childList: true, subtree: true, attributeFilter: ["aria-busy"] });
  const timer = setTimeout(show, FIRST_DATA_MS);
}
