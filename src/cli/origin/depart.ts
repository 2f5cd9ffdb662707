// `hab origin depart` (reference/cli.md §10.6).
import { clientErrors } from "../../depot-client/index.ts";
import { argument, defineCommand } from "../command.ts";
import { originName } from "../values.ts";
import { changeOrigin, changesOrigin } from "./change.ts";

export const command = defineCommand({
  ...changesOrigin(),
  summary: "Give up your own membership of an origin",
  examples: [{ command: "hab origin depart acme", explains: "what you uploaded stays there" }],
  args: { origin: argument({ value: "ORIGIN", help: "Origin to depart from", type: originName }) },
  run(context) {
    const { origin } = context.args;
    return changeOrigin(context, {
      verbs: ["Departing", "Departed"],
      what: `origin ${origin}.`,
      hints: {
        403: {
          next: `The owner cannot depart: hand the origin over first: hab origin transfer ${origin} NEW_OWNER_ACCOUNT`,
        },
        422: { kind: clientErrors.notMember },
      },
      change: (depot, signal) => depot.departOrigin(origin, signal),
      result: { origin, departed: true },
    });
  },
});
