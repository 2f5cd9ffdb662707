// docs/errors.md from the `errorKinds` every room declares in its errors.ts.
import { join } from "node:path";
import type { ErrorKind } from "../../src/error/index.ts";

/** The page. Throws when a room declares no or several records, or two errors share a code. */
export async function errorsPage(root: string): Promise<string> {
  const rooms = [...new Bun.Glob("src/*/errors.ts").scanSync(root)].sort();
  const seen = new Set<string>();
  let text = `# Errors and exit codes

Every failure says what happened, why, what to do next, and a code of this list, which never changes its meaning.
This page is made from the code by \`script/bun script/docs.ts\`.

## Exit codes

| code | when |
|---|---|
| 0 | success |
| 1 | any failure that has no code of its own below |
| 2 | the words of the command line make no command: unknown, missing or conflicting arguments, invalid values |
| 69 | a command of Habitat that is not built yet ([compatibility](compatibility.md)) |
| 70 | a bug of hab |
| 130, 143 | interrupted by SIGINT, SIGTERM |
| 141 | the reader of the output has gone (\`hab … \\| head\`) |
| others | that of a hook (\`hab pkg install\`, \`uninstall\`) or of the program that hab became (\`hab pkg exec\`) |
`;
  for (const path of rooms) {
    const exported = Object.entries((await import(join(root, path))) as Record<string, unknown>).filter(
      ([name]) => name.endsWith("Errors"),
    );
    const [record] = exported;
    if (record === undefined || exported.length !== 1)
      throw new Error(`${path} must export exactly one record …Errors`);
    text += `\n## ${path.split("/")[1]}\n\n| code | meaning | what to do | exit |\n|---|---|---|---|\n`;
    const kinds = Object.values(record[1] as Record<string, ErrorKind>);
    for (const kind of kinds.sort((a, b) => (a.code < b.code ? -1 : 1))) {
      if (seen.has(kind.code)) throw new Error(`${path}: ${kind.code} is used twice`);
      seen.add(kind.code);
      text += `| ${kind.code} | ${cell(kind.title)} | ${cell(kind.remedy)} | ${kind.exitCode} |\n`;
    }
  }
  return text;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
