// Who may see a release, where that is not everybody.
import type { ReactNode } from "react";
import { Badge } from "../../shared/index.ts";

export function VisibilityBadge({ visibility }: { readonly visibility: string }): ReactNode {
  return visibility === "public" ? null : (
    <Badge look="warn" title="Only members of the origin see it">
      {visibility}
    </Badge>
  );
}

/** Stable is what others install: it stands out. */
export function ChannelBadge({ name }: { readonly name: string }): ReactNode {
  return <Badge look={name === "stable" ? "good" : undefined}>{name}</Badge>;
}
