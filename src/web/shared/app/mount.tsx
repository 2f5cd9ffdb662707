// Starts a set of pages in the document.
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ToastProvider } from "../components/toast.tsx";
import { ResourceCache } from "../data/cache.ts";
import { CacheContext } from "../data/hooks.ts";
import { RouterContext } from "../router/context.ts";
import { Outlet } from "../router/outlet.tsx";
import { fetchFirst, findPage, type PageEntry } from "../router/pages.ts";
import { createRouter } from "../router/router.ts";

export interface PagesApp {
  /** Where the pages are served: empty, or a path. */
  readonly base: string;
  readonly pages: readonly PageEntry[];
  /** What stands around every page. */
  readonly shell: (page: ReactNode) => ReactNode;
}

/** The first page comes with the scripts of all pages, mostly; drawn with it, nothing is drawn twice. */
const FIRST_PAGE_MS = 100;

/** Draws a set of pages into the document, as soon as the one that is asked for is there or has been waited for. */
export async function mountPages({ base, pages, shell }: PagesApp): Promise<void> {
  const container = document.getElementById("app");
  if (container === null) throw new Error("the document has no place for the pages");
  const router = createRouter(base);
  const cache = new ResourceCache();
  const first = findPage(pages, router.place().path);
  if (first !== undefined) await fetchFirst(first.entry, FIRST_PAGE_MS);
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
