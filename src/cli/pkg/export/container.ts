// `hab pkg export container` (reference/cli.md §9.1).
import { exportCommand } from "../export-command.ts";

export const command = exportCommand({
  format: "container",
  summary: "Turn a package and all it needs into a container image",
  example: { command: "hab pkg export container acme/app", explains: "an image acme/app" },
});
