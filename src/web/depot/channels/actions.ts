// What was done to a channel, in words.
import { numberText } from "../../shared/index.ts";
import type { Change, ChangeAction } from "../api/channels.ts";

const TEXTS: Readonly<Record<ChangeAction, string>> = {
  begin: "The history begins",
  create: "Channel created",
  delete: "Channel deleted",
  upload: "Uploaded",
  promote: "Promoted",
  demote: "Removed",
  "channel-promote": "Promoted as a whole",
  "channel-demote": "Removed as a whole",
  "set-promote": "Promoted",
  rollback: "Rolled back",
  import: "Taken in",
  "package-delete": "Deleted from the depot",
};

/** `Promoted from unstable by request 7`, without who and when. */
export function changeText({ action, from_channel, back_to }: Change): string {
  const text = TEXTS[action] ?? action;
  if (action === "rollback" && back_to !== null) return `${text} to state ${back_to}`;
  return from_channel === null ? text : `${text} from ${from_channel}`;
}

export function countText(count: number, one = "release", many = `${one}s`): string {
  return `${numberText(count)} ${count === 1 ? one : many}`;
}

/** Compat: what the API lets nobody change by hand (reference/depot-api.md §9). */
export function takesPromotions(channel: string): boolean {
  return channel !== "unstable";
}
