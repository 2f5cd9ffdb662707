// docs/json/: a JSON Schema for what each command prints with `--json`, one for errors, and a page that says what may be
// relied on. Made from src/cli/json-schemas.ts.
import type { JsonSchema } from "../../src/cli/json-schema.ts";
import { errorSchema, jsonSchemas } from "../../src/cli/json-schemas.ts";

const DRAFT = "https://json-schema.org/draft/2020-12/schema";

/** The pages by file name. */
export function jsonPages(): { name: string; text: string }[] {
  return [
    ...Object.entries(jsonSchemas).map(([words, schema]) => ({
      name: fileName(words),
      text: schemaText(`\`${spoken(words)} --json\``, schema),
    })),
    {
      name: "error.json",
      text: schemaText("standard error of a command that failed with `--json`", errorSchema),
    },
    { name: "README.md", text: indexPage() },
  ];
}

/** `pkg list` → `pkg-list.json`. */
function fileName(words: string): string {
  return `${words.replaceAll(" ", "-")}.json`;
}

function spoken(words: string): string {
  return words.startsWith("hab-") ? words : `hab ${words}`;
}

function schemaText(title: string, schema: JsonSchema): string {
  return `${JSON.stringify({ $schema: DRAFT, title, ...schema }, undefined, 2)}\n`;
}

function indexPage(): string {
  let page = `# \`--json\`

Every command that prints data takes \`--json\`. What it prints is described by a JSON Schema (draft 2020-12) in this
directory. These files are made from the code by \`script/bun script/docs.ts\`; tests run each command and hold its output
against its schema.

\`\`\`
hab pkg list --all --json | jq -r '.packages[]'
\`\`\`

## What you can rely on

* Standard output holds exactly one JSON document, on one line, in UTF-8. Lines for people, warnings and progress go to
  standard error. Commands that run on (\`hab depot run\`) print theirs when they are ready.
* Fields are only added. One that is there keeps its name, its type and its meaning; a required one is always there. So
  ignore fields you do not know, and values of an \`enum\` you do not know.
* Order of fields means nothing; lists are in the order the command would print them.
* A whole number that a double cannot hold exactly is a text of digits.
* Texts are as they are in the package, the depot or the file, control characters too (escaped, as JSON has them).
* A command that fails prints nothing on standard output, or a document that tells so where its exit code is part of the
  answer (\`hab self-check\`). The last line of standard error is then [\`{"error": …}\`](error.json), with the exit code and a
  code from [errors.md](../errors.md). Words that cannot be parsed are answered with usage as text and exit code 2.

## Schemas

| command | schema |
|---|---|
`;
  for (const words of Object.keys(jsonSchemas))
    page += `| \`${spoken(words)}\` | [${fileName(words)}](${fileName(words)}) |\n`;
  return page;
}
