// Options whose values must not be seen: a `Secret` from the moment they are read, so that no list of options, error or log
// can show them (reference/cli.md §3, AUTH).
import { Secret } from "../crypto/index.ts";
import { type OptionPart, type OptionParts, option } from "./command.ts";

/** An option with one secret text; undefined when absent. Its names go into secret-arguments.ts, too. */
export function secretOption(
  parts: Omit<OptionParts, "secret" | "default">,
): OptionPart<Secret<string> | undefined> {
  return option({ ...parts, secret: true, type: (text: string) => new Secret(text) });
}

/** `-z, --auth`: then `configuration.authToken(options.auth)` or `requiredAuthToken`. */
export const authOption = () =>
  secretOption({
    short: "z",
    long: "auth",
    value: "AUTH_TOKEN",
    heading: "Depot",
    help: "Access token for the depot (else HAB_AUTH_TOKEN, auth_token of cli.toml)",
  });
