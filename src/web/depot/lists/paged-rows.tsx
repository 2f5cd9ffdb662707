// A list of the API of any length, in rows of one height: read and drawn only where the reader looks.
import { type ReactNode, useMemo } from "react";
import { Skeleton, useJson, VirtualList } from "../../shared/index.ts";
import type { Page } from "../api/types.ts";
import { PAGE_ITEMS } from "./use-more.ts";

export interface PagedRowsProps<Item> {
  readonly label: string;
  readonly total: number;
  /** The API's address of the page that begins at an item. */
  readonly address: (range: number) => string;
  readonly render: (item: Item) => ReactNode;
  readonly rowRem?: number;
  readonly maxRows?: number;
}

export function PagedRows<Item>({
  label,
  total,
  address,
  render,
  rowRem = 2.75,
  maxRows = 14,
}: PagedRowsProps<Item>): ReactNode {
  const rows = useMemo(() => Array.from({ length: total }, (_, index) => index), [total]);
  return (
    <VirtualList
      label={label}
      rows={rows}
      keyOf={(index) => index}
      rowRem={rowRem}
      maxRows={maxRows}
      render={(index) => <PagedRow index={index} address={address} render={render} />}
    />
  );
}

function PagedRow<Item>({
  index,
  address,
  render,
}: Pick<PagedRowsProps<Item>, "address" | "render"> & { readonly index: number }): ReactNode {
  const start = Math.floor(index / PAGE_ITEMS) * PAGE_ITEMS;
  const { data } = useJson<Page<Item>>(address(start));
  const item = data?.data[index - start];
  return item === undefined ? <Skeleton width="14rem" /> : render(item);
}
