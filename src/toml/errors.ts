// Failures of reading and writing TOML and JSON.
import { errorKinds } from "../error/index.ts";

export const tomlErrors = errorKinds({
  syntax: {
    code: "HAB-TOML-001",
    title: "A TOML text has a syntax error",
    remedy: "Correct the text at the line and column named, then try again.",
  },
  tooLarge: {
    code: "HAB-TOML-002",
    title: "A TOML or JSON text is larger or nested deeper than allowed",
    remedy: "Make the file smaller or flatter; configuration of this size belongs in a file of the service.",
  },
  unwritable: {
    code: "HAB-TOML-003",
    title: "A value has no form in TOML",
    remedy: "Leave out keys that are null, and use integers between -2^63 and 2^63-1.",
  },
  json: {
    code: "HAB-TOML-004",
    title: "A JSON text has a syntax error",
    remedy: "Correct the text at the line and column named, then try again.",
  },
  environment: {
    code: "HAB-TOML-005",
    title: "A configuration variable of the environment is neither a TOML nor a JSON table",
    remedy: "Set HAB_<PACKAGE> to a TOML text or to a JSON object without null, or unset it.",
  },
});
