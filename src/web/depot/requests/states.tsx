// The state of a request as a badge, and its ways in words.
import type { ReactNode } from "react";
import { Badge, type BadgeLook } from "../../shared/index.ts";
import type { RequestState } from "../api/channels.ts";

const STATES: Readonly<
  Record<RequestState, { readonly text: string; readonly look: BadgeLook | undefined }>
> = {
  open: { text: "Waits", look: "accent" },
  approved: { text: "Approved", look: "good" },
  rejected: { text: "Rejected", look: "bad" },
  withdrawn: { text: "Withdrawn", look: undefined },
  expired: { text: "Expired", look: "warn" },
  failed: { text: "Failed", look: "bad" },
};

export function stateText(state: RequestState): string {
  return STATES[state].text;
}

export function RequestBadge({ state }: { readonly state: RequestState }): ReactNode {
  const { text, look } = STATES[state];
  return <Badge look={look}>{text}</Badge>;
}
