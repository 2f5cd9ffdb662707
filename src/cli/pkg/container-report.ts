// What an export leaves for scripts: the last image's names and digests as variables (reference/plan-build.md §17.3).
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type ExportedImage, identifiersOf } from "../../export/index.ts";
import { writeFileWhole } from "../../host/index.ts";

/** Compat: two files of the same content; the second name is older. */
const REPORTS = ["last_container_export.env", "last_docker_export.env"];

/** Writes the reports into this directory. `digest` is beyond the original's. Throws system errors. */
export function writeContainerReport(directory: string, { id, digest, name }: ExportedImage): void {
  const text = [
    `id=${id}`,
    `name=${name.name}`,
    `tags=${name.tags.join(",")}`,
    `name_tags=${identifiersOf(name).join(",")}`,
    `digest=${digest}`,
    "",
  ].join("\n");
  mkdirSync(directory, { recursive: true });
  for (const report of REPORTS) writeFileWhole(join(directory, report), text, { mode: 0o644 });
}
