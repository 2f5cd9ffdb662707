// `hab depot openapi`.
import { defineCommand } from "../command.ts";

export const command = defineCommand({
  summary: "Print the description of a depot's API (OpenAPI 3.1)",
  description: "A depot serves the same document at /v1/openapi.json.",
  examples: [{ command: "hab depot openapi > depot.json", explains: "for a generator of clients" }],
  json: true,
  async run({ printJson, json, stdout }) {
    const { describeApi } = await import("../../depot/index.ts");
    const document = await describeApi();
    if (json) printJson(document);
    else stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  },
});
