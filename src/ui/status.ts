// What a status line can say (reference/cli.md §6.3).
import type { Colour } from "./colour.ts";
import type { Glyph } from "./glyphs.ts";

export interface StatusStyle {
  readonly glyph: Glyph;
  /** The verb as printed. */
  readonly text: string;
  readonly colour: Colour;
}

const VERBS: readonly (readonly [Glyph, Colour, string])[] = [
  ["upArrow", "green", "Accepting Applying Added Sending Updating Uploading"],
  [
    "checkMark",
    "green",
    "Accepted Canceled Created Deleted Demoted Departed Encrypted Ignored Installed Promoted Rescinded Sent " +
      "Transferred Updated Uploaded Verified",
  ],
  ["checkMark", "cyan", "Signed"],
  ["fingerPoint", "green", "Adding Canceling Encrypting Executing Generating Verifying"],
  ["fingerPoint", "cyan", "Signing"],
  ["boxedCheckMark", "green", "Cached"],
  ["omega", "green", "Creating"],
  ["boxedX", "green", "Deleting Ignoring Rescinding"],
  ["rightArrow", "green", "Demoting Departing Promoting Transferring Using"],
  ["rightArrow", "cyan", "Found Generated"],
  ["cloud", "green", "Determining Discovering"],
  ["downArrow", "green", "Downloading"],
  ["because", "red", "Missing"],
  ["ellipsis", "green", "Skipping"],
];

export type StatusVerb =
  | "Accepting"
  | "Applying"
  | "Added"
  | "Sending"
  | "Updating"
  | "Uploading"
  | "Accepted"
  | "Canceled"
  | "Created"
  | "Deleted"
  | "Demoted"
  | "Departed"
  | "Encrypted"
  | "Ignored"
  | "Installed"
  | "Promoted"
  | "Rescinded"
  | "Sent"
  | "Signed"
  | "Transferred"
  | "Updated"
  | "Uploaded"
  | "Verified"
  | "Adding"
  | "Canceling"
  | "Encrypting"
  | "Executing"
  | "Generating"
  | "Signing"
  | "Verifying"
  | "Cached"
  | "Creating"
  | "Deleting"
  | "Ignoring"
  | "Rescinding"
  | "WouldBeDeleted"
  | "Demoting"
  | "Departing"
  | "Found"
  | "Generated"
  | "Promoting"
  | "Transferring"
  | "Using"
  | "Determining"
  | "Discovering"
  | "Downloading"
  | "Missing"
  | "Skipping";

/** A verb of the list, or one of the command's own (green unless said otherwise). */
export type Status = StatusVerb | { readonly glyph: Glyph; readonly text: string; readonly colour?: Colour };

/** How a status is shown. */
export function statusStyle(status: Status): StatusStyle {
  if (typeof status !== "string") return { colour: "green", ...status };
  if (status === "WouldBeDeleted")
    return { glyph: "boxedX", text: "Would be deleted (Dry run)", colour: "red" };
  const row = VERBS.find(([, , verbs]) => verbs.split(" ").includes(status));
  const [glyph, colour] = row ?? (["ellipsis", "green"] as const);
  return { glyph, text: status, colour };
}
