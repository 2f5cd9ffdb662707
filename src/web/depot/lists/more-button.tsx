// Below a list of which not everything is there yet.
import type { ReactNode } from "react";
import { Button, numberText } from "../../shared/index.ts";
import { type Listed, type More, PAGE_ITEMS } from "./use-more.ts";

export interface MoreButtonProps<Item> {
  readonly list: Listed<Item>;
  readonly more: More<Item>;
}

export function MoreButton<Item>({ list: { items, total }, more }: MoreButtonProps<Item>): ReactNode {
  const left = total - items.length;
  if (left <= 0) return null;
  return (
    <p className="row more">
      <Button isBusy={more.isLoadingMore} onClick={more.more}>
        {more.isLoadingMore ? "Reading…" : `Show ${Math.min(left, PAGE_ITEMS)} more`}
      </Button>
      <span className="soft small">
        {numberText(items.length)} of {numberText(total)}
      </span>
    </p>
  );
}
