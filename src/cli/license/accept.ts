// `hab license accept`. hab is under the Apache License 2.0 and asks nobody to accept anything; the command exists because
// scripts for Habitat run it, and it leaves the marker file that tools of the original look for (reference/cli.md §5).
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { isRegularFile, licenseMarkerPath, lookupUser, writeFileWhole } from "../../host/index.ts";
import { defineCommand } from "../command.ts";
import { COMPATIBLE_VERSION } from "../version.ts";

export const command = defineCommand({
  summary: "Record that the licence is accepted, for tools that look for it",
  description:
    "hab is free software under the Apache License 2.0. It never asks for acceptance; this command writes the file that " +
    "tools made for Habitat look for, and does nothing when it is there.",
  examples: [{ command: "hab license accept", explains: "what a set-up script for Habitat would run" }],
  json: true,
  run({ ui, json, printJson }) {
    const path = licenseMarkerPath();
    const acceptedBefore = isRegularFile(path);
    if (acceptedBefore) ui.info("The licence was accepted before.");
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileWhole(path, acceptance(lookupUser(process.geteuid?.() ?? 0)?.name), { mode: 0o644 });
      ui.status({ glyph: "checkMark", text: "Accepted" }, "the licence (Apache License 2.0).");
    }
    if (json) printJson({ path, accepted_before: acceptedBefore });
  },
});

function acceptance(user: string | undefined): string {
  const date = new Date().toISOString().replace(/\.\d+Z$/, "+00:00");
  return [
    `date_accepted: ${date}`,
    "accepting_product: hab",
    `accepting_product_version: ${COMPATIBLE_VERSION}`,
    `user: ${user ?? "null"}`,
    "file_format: '1.0'",
    "",
  ].join("\n");
}
