// `hab pkg unpin`: takes back what `hab pkg pin` said.
import { formatIdent, readPins, removePin } from "../../package/index.ts";
import { argument, defineCommand } from "../command.ts";
import { identType } from "../ident-types.ts";

export const command = defineCommand({
  summary: "Let a pinned package be removed again",
  examples: [
    { command: "hab pkg unpin acme/app/1.2.0", explains: "take a pin away, as `hab pkg pin` lists it" },
  ],
  args: {
    ident: argument({
      value: "PKG_IDENT",
      help: "The pin (acme/app), in the words it was set with",
      completes: "installed-package",
      type: identType,
    }),
  },
  helpIfBare: true,
  json: true,
  run({ args: { ident }, ui, json, printJson }) {
    removePin(ident);
    ui.info(`${formatIdent(ident)} is not pinned any more`);
    if (json) printJson({ pins: readPins().map(formatIdent) });
    return 0;
  },
});
