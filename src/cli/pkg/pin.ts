// `hab pkg pin`: what `hab pkg gc` never removes and `hab pkg uninstall` refuses to.
import { addPin, findInstalled, formatIdent, readPins } from "../../package/index.ts";
import { defineCommand, optionalArgument } from "../command.ts";
import { identType } from "../ident-types.ts";

export const command = defineCommand({
  summary: "Keep a package from `hab pkg gc` and `uninstall`, or list what is kept so",
  description:
    "A partial identifier pins every release that satisfies it, now and later. Pins are lines of hab/etc/pins, which may be " +
    "edited by hand. What a pinned release needs stays too. `hab pkg uninstall` refuses what is pinned.",
  examples: [
    { command: "hab pkg pin acme/app/1.2.0", explains: "keep all releases of a version" },
    { command: "hab pkg pin", explains: "list the pins" },
  ],
  args: {
    ident: optionalArgument({
      value: "PKG_IDENT",
      help: "A package (acme/app); without it the pins are listed",
      completes: "installed-package",
      type: identType,
    }),
  },
  json: true,
  run({ args: { ident }, ui, stdout, json, printJson }) {
    if (ident !== undefined) {
      const text = formatIdent(ident);
      if (findInstalled(ident) === undefined) ui.warn(`No release of ${text} is installed yet`);
      ui.info(addPin(ident) ? `${text} is pinned` : `${text} was pinned already`);
    }
    const pins = readPins().map(formatIdent);
    if (json) printJson({ pins });
    else if (ident === undefined) stdout.write(pins.map((pin) => `${pin}\n`).join(""));
    return 0;
  },
});
