// Where dist/hab deliberately answers a recorded command line otherwise, with the reason. A row matches by its first words,
// and by a variable when one is named; what is left of the comparison is in `instead`.
import type { Case } from "./cases.ts";

export interface Departure {
  /** The words of the case, or their beginning. */
  readonly words: string;
  readonly exactly?: boolean;
  readonly variable?: string;
  readonly reason: string;
  /** Exit code here. */
  readonly instead: number;
  /** Beginning of another command line that must do the same, in place of `words`. */
  readonly sameAs?: string;
  /** With `--help`, because it would start a Supervisor. */
  readonly helpOnly?: true;
}

const SHORT_FORM = "a short form of ours";

export const departures: readonly Departure[] = [
  { words: "install", reason: SHORT_FORM, sameAs: "pkg install", instead: 1 },
  { words: "apply", reason: SHORT_FORM, sameAs: "config apply", instead: 2 },
  { words: "setup", reason: SHORT_FORM, sameAs: "cli setup", instead: 1 },
  { words: "load", reason: SHORT_FORM, sameAs: "svc load", instead: 1 },
  { words: "unload", reason: SHORT_FORM, sameAs: "svc unload", instead: 1 },
  { words: "status", reason: SHORT_FORM, sameAs: "svc status", instead: 1 },
  { words: "run", reason: SHORT_FORM, sameAs: "sup run", helpOnly: true, instead: 0 },
  { words: "term", reason: SHORT_FORM, sameAs: "sup term", instead: 0 },
  { words: "sup status", reason: SHORT_FORM, sameAs: "svc status", instead: 1 },
  { words: "start", reason: "a command of ours", helpOnly: true, instead: 0 },
  { words: "stop", reason: "a command of ours", sameAs: "svc stop", instead: 1 },
  { words: "pkg env a/b --json", reason: "`--json` is ours; the package is then not there", instead: 1 },
  {
    words: "pkg install p.txt",
    reason: "a file is looked into by the command: same exit, our words",
    instead: 2,
  },
  {
    words: "sup run --config-files p.txt",
    reason: "the original fails for want of its Supervisor's package; here the file is what is wrong",
    instead: 86,
  },
];

/** The departure that covers a case, if one does. */
export function departureOf({ argv, env = {} }: Case): Departure | undefined {
  const words = argv.join(" ");
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return departures.find(
    (each) =>
      (each.exactly === true ? words === each.words : words.startsWith(each.words)) &&
      (each.variable === undefined || variables.includes(each.variable)),
  );
}
