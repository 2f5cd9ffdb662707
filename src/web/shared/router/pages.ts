// The table of pages: which address is which page. A page is fetched when somebody goes there.
import { type ComponentType, lazy } from "react";
import { matchPattern, type PathParams } from "./pattern.ts";

export interface PageProps {
  readonly params: PathParams;
  readonly query: URLSearchParams;
}

export interface PageEntry {
  /** Below the base: `/pkgs/:origin`. */
  readonly pattern: string;
  readonly load: () => Promise<{ readonly default: ComponentType<PageProps> }>;
}

/** One line of a table of pages. Earlier lines win. */
export function page(pattern: string, load: PageEntry["load"]): PageEntry {
  return { pattern, load };
}

/** The page of a path, and what the path says. Earlier lines win. */
export function findPage(
  pages: readonly PageEntry[],
  path: string,
): { readonly entry: PageEntry; readonly params: PathParams } | undefined {
  for (const entry of pages) {
    const params = matchPattern(entry.pattern, path);
    if (params !== undefined) return { entry, params };
  }
  return undefined;
}

const components = new WeakMap<PageEntry, ComponentType<PageProps>>();

/** What draws a page; where it has not been fetched, React waits for it. */
export function componentOf(entry: PageEntry): ComponentType<PageProps> {
  let component = components.get(entry);
  if (component === undefined) {
    component = lazy(entry.load);
    components.set(entry, component);
  }
  return component;
}

/** Fetches a page before anything is drawn. Gives up after `mostMs`: then, and when it fails, it is fetched as any other. */
export async function fetchFirst(entry: PageEntry, mostMs: number): Promise<void> {
  const fetched = entry.load().then(
    (module) => {
      if (!components.has(entry)) components.set(entry, module.default);
    },
    () => undefined,
  );
  await Promise.race([fetched, new Promise((resolve) => setTimeout(resolve, mostMs))]);
}
