// What every command prints with `--json`: the one source of docs/json/ (script/docs.ts). Read by that script and by
// tests, never by the program. A command with `json` gets its line in the file of its area, and a case in
// test/binary/json-cases.ts.
import { type JsonSchema, object, text } from "./json-schema.ts";
import { depotSchemas } from "./json-schemas/depot.ts";
import { hostSchemas } from "./json-schemas/host.ts";
import { packageSchemas } from "./json-schemas/packages.ts";
import { ringSchemas } from "./json-schemas/ring.ts";
import { supervisorSchemas } from "./json-schemas/supervisor.ts";

const areas = [depotSchemas, hostSchemas, packageSchemas, ringSchemas, supervisorSchemas];

/** Words of a command → the schema of its document; sorted. */
export const jsonSchemas: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  areas.flatMap(Object.entries<JsonSchema>).sort(([a], [b]) => (a < b ? -1 : 1)),
);

/** What a command run with `--json` writes to standard error, as the last line there, when it fails. */
export const errorSchema: JsonSchema = object({
  error: object(
    {
      message: text("what is wrong"),
      exitCode: { type: "integer", minimum: 1, maximum: 255, description: "the exit code of the command" },
    },
    {
      code: text("lasting code, see ../errors.md; absent for a failure of the system or a bug"),
      cause: text("why"),
      next: text("what to do"),
    },
  ),
});
