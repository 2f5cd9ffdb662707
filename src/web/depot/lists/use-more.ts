// A list of the API that is read page by page as the reader asks for more, and read again as a whole when it has changed.
import { useRef, useState } from "react";
import { fetchJson, type Known, useResource } from "../../shared/index.ts";
import type { Page } from "../api/types.ts";

/** Items of a page of the API. */
export const PAGE_ITEMS = 50;

export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

export interface More<Item> {
  readonly known: Known<Listed<Item>>;
  readonly isLoadingMore: boolean;
  more(): void;
}

/** `address` gives the API's address with these words in its query; nothing is read without one. */
export function useMore<Item>(
  address: ((words: Readonly<Record<string, number>>) => string) | undefined,
): More<Item> {
  const [pages, setPages] = useState(1);
  const known = useResource<Listed<Item>>(address?.({ pages }), async (signal) => {
    const items: Item[] = [];
    let total = 0;
    for (let page = 0; page < pages; page++) {
      const url = address?.({ range: page * PAGE_ITEMS }) ?? "";
      const part = await fetchJson<Page<Item>>(url, signal);
      items.push(...part.data);
      total = part.total_count;
      if (part.data.length < PAGE_ITEMS) break;
    }
    return { items, total };
  });
  // While more is read, what was there stays.
  const list = address?.({});
  const last = useRef<{ list: string | undefined; data: Listed<Item> } | undefined>(undefined);
  if (known.data !== undefined) last.current = { list, data: known.data };
  const kept = last.current?.list === list ? last.current?.data : undefined;
  const isLoadingMore = known.data === undefined && known.problem === undefined && kept !== undefined;
  return {
    known: isLoadingMore ? { ...known, data: kept } : known,
    isLoadingMore,
    more: () => setPages((count) => count + 1),
  };
}
