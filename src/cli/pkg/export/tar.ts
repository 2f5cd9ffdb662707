// `hab pkg export tar` (reference/cli.md §9.1).
import { exportCommand } from "../export-command.ts";

export const command = exportCommand({
  format: "tar",
  summary: "Turn a package and all it needs into a tar archive",
  example: {
    command: "hab pkg export tar acme/app",
    explains: "acme-app-….tar.gz in this directory, with hab and the Supervisor",
  },
});
