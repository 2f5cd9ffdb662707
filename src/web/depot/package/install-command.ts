// The command that installs a package. The words are made of idents and channel names, which hold nothing a shell would
// read otherwise; what does all the same is quoted.
import { identParts, type PartialIdent } from "../api/addresses.ts";

/** What is taken from without a word about it. */
const DEFAULT_CHANNEL = "base";

/** The channel to name for others: the one they have by default, else what is tested, else whatever has it. */
export function channelToOffer(names: readonly string[]): string {
  return [DEFAULT_CHANNEL, "stable"].find((name) => names.includes(name)) ?? names[0] ?? "stable";
}

/** `hab pkg install origin/name --channel stable`. A full ident is one release, whatever channel it is in. */
export function installCommand(ident: PartialIdent, channel = DEFAULT_CHANNEL): string {
  const parts = identParts(ident).filter((part) => part !== null && part !== undefined);
  const needsChannel = parts.length < 4 && channel !== DEFAULT_CHANNEL;
  const words = ["hab", "pkg", "install", parts.join("/"), ...(needsChannel ? ["--channel", channel] : [])];
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_/.:@%+=,~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
