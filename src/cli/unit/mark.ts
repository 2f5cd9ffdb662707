// The mark of a file that a command wrote for systemd: which command, and a digest by which it knows the file again. What somebody
// changed, or wrote, is not replaced unasked.
import { createHash } from "node:crypto";

/** The commands that write units. */
export type UnitWriter = "hab sup install-unit" | "hab depot install-unit";

const DIGEST = /^# sha256:([0-9a-f]{64})\n/m;

/** A text under a head, which says who wrote it and `note`, and a digest of both. */
export function marked(writer: UnitWriter, note: string, body: string): string {
  const head = `${markOf(writer)}${note}`;
  return `${head}\n# sha256:${digest(`${head}\n`, body)}\n${body}`;
}

/** Whether a file is as this command wrote it. */
export function isUnchanged(text: string, writer: UnitWriter): boolean {
  const found = DIGEST.exec(text);
  return (
    text.startsWith(markOf(writer)) &&
    found !== null &&
    found[1] === digest(text.slice(0, found.index), text.slice(found.index + found[0].length))
  );
}

function markOf(writer: UnitWriter): string {
  return `# Written by \`${writer}\``;
}

function digest(head: string, body: string): string {
  return createHash("sha256").update(head).update(body).digest("hex");
}
