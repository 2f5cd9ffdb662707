// The table of pages: which address is which page. A page is fetched when somebody goes there.
import type { ComponentType } from "react";
import type { PathParams } from "./pattern.ts";

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
