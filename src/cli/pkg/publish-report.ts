// What a person sees while packages are uploaded (reference/cli.md §10.7).
import type { PublishEvent } from "../../depot-client/index.ts";
import { formatIdent } from "../../package/index.ts";
import type { Ui } from "../../ui/index.ts";

/** Shows one step of an upload. */
export function showPublishing(ui: Ui, event: PublishEvent): void {
  switch (event.kind) {
    case "uploading-key":
      ui.status("Uploading", `public origin key ${event.key}.pub`);
      break;
    case "uploaded-key":
      ui.status("Uploaded", `public origin key ${event.key}.pub`);
      break;
    case "known-key":
      ui.status("Using", `existing public origin key ${event.key}.pub`);
      break;
    case "uploading":
      ui.status("Uploading", `${formatIdent(event.ident)} (${event.target})`);
      break;
    case "uploaded":
      ui.status("Uploaded", `${formatIdent(event.ident)} (${event.target})`);
      break;
    case "known":
      ui.status("Using", `existing ${formatIdent(event.ident)} (${event.target})`);
      break;
    case "unsupported-target":
      ui.warn(`The depot takes no packages for ${event.target}: ${formatIdent(event.ident)} skipped`);
      break;
    case "promoting":
      ui.begin(`Promoting ${formatIdent(event.ident)} to channel '${event.channel}'`);
      break;
    case "promoted":
      ui.status("Promoted", `${formatIdent(event.ident)} to channel '${event.channel}'`);
      break;
  }
}
