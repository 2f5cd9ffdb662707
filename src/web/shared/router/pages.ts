// The table of pages: which address is which page. All are in the first script: together they are smaller than what it took to
// fetch them one by one (decision 54). What few need and is large, such as the reader of read-mes, is fetched when it is shown.
import type { ComponentType } from "react";
import { matchPattern, type PathParams } from "./pattern.ts";

export interface PageProps {
  readonly params: PathParams;
  readonly query: URLSearchParams;
}

export interface PageEntry {
  /** Below the base: `/pkgs/:origin`. */
  readonly pattern: string;
  readonly component: ComponentType<PageProps>;
}

/** One line of a table of pages. Earlier lines win. build/bundle.ts reads these lines, so they are all written alike. */
export function page(pattern: string, component: ComponentType<PageProps>): PageEntry {
  return { pattern, component };
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
