// `hab depot user password`.
import { argument, defineCommand, flag } from "../../command.ts";
import { newSecretAnswer } from "../../hidden-answer.ts";
import { placeOf, placeOptions } from "../place-options.ts";

export const command = defineCommand({
  summary: "Give an account of a depot a password for its pages",
  description:
    "Asks for it on a terminal without showing it; else reads the first line of standard input. Only a hash is kept. All " +
    "sessions of the account end. Programs use tokens instead: hab depot token create.",
  examples: [
    { command: "hab depot user password alice", explains: "asks for it twice" },
    { command: "hab depot user password alice < file", explains: "a file that only its owner may read" },
    { command: "hab depot user password alice --remove", explains: "then alice signs in some other way" },
  ],
  args: { name: argument({ value: "NAME", help: "Name of the account" }) },
  options: {
    ...placeOptions(),
    remove: flag({ long: "remove", help: "Take the password away" }),
  },
  json: true,
  async run(context) {
    const { args, options, ui, json, printJson } = context;
    const { removePassword, setPassword } = await import("../../../depot/index.ts");
    if (options.remove) await removePassword(placeOf(context), args.name);
    else await setPassword(placeOf(context), args.name, await newSecretAnswer(context, "password"));
    ui.end(options.remove ? `Removed the password of ${args.name}` : `Set the password of ${args.name}`);
    if (json) printJson({ name: args.name, hasPassword: !options.remove });
  },
});
