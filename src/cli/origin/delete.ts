// `hab origin delete` (reference/cli.md §10.6).
import { clientErrors } from "../../depot-client/index.ts";
import { argument, defineCommand } from "../command.ts";
import { originName } from "../values.ts";
import { changeOrigin, changesOrigin } from "./change.ts";

export const command = defineCommand({
  ...changesOrigin(),
  summary: "Delete an origin that is empty",
  description: "Only its owner may, and only once nothing is left in it.",
  examples: [{ command: "hab origin delete acme", explains: "the origin and its keys on the depot" }],
  args: { origin: argument({ value: "ORIGIN", help: "Origin to delete", type: originName }) },
  run(context) {
    const { origin } = context.args;
    return changeOrigin(context, {
      verbs: ["Deleting", "Deleted"],
      what: `origin ${origin}.`,
      hints: {
        403: { next: "Only the owner may delete an origin: ask the owner, or have it transferred to you." },
        409: { kind: clientErrors.originInUse },
      },
      change: (depot, signal) => depot.deleteOrigin(origin, signal),
      result: { origin, deleted: true },
    });
  },
});
