// Where dist/hab deliberately answers a recorded command line otherwise, with the reason. A row matches by its first words,
// and by a variable when one is named; what is left of the comparison is in `instead`.
import type { Case } from "./cases.ts";

export interface Departure {
  /** The words of the case, or their beginning. */
  readonly words: string;
  readonly exactly?: boolean;
  readonly variable?: string;
  readonly reason: string;
  /** Exit code here; `not-run`: the words are only looked up, since running them would start or ask for something. */
  readonly instead: number | "not-run";
}

const SHORT_FORM = "a short form of ours";
const SOONER = "the same refusal, found while the words are read: a usage error";

export const departures: readonly Departure[] = [
  { words: "install core/redis", reason: SHORT_FORM, instead: "not-run" },
  { words: "apply x", reason: SHORT_FORM, instead: "not-run" },
  { words: "setup", exactly: true, reason: SHORT_FORM, instead: "not-run" },
  { words: "load core/redis", reason: SHORT_FORM, instead: "not-run" },
  { words: "unload core/redis", reason: SHORT_FORM, instead: "not-run" },
  { words: "status", exactly: true, reason: SHORT_FORM, instead: "not-run" },
  { words: "run", exactly: true, reason: SHORT_FORM, instead: "not-run" },
  { words: "term", exactly: true, reason: SHORT_FORM, instead: "not-run" },
  { words: "sup status", exactly: true, reason: SHORT_FORM, instead: "not-run" },
  { words: "start core/redis", reason: "a command of ours", instead: "not-run" },
  { words: "stop core/redis", reason: "a command of ours", instead: "not-run" },
  { words: "pkg env a/b --json", reason: "`--json` is ours; the package is then not there", instead: 1 },
  {
    words: "pkg install p.txt",
    reason: "a file is looked into by the command: same exit, our words",
    instead: 2,
  },
  {
    words: "svc load foo",
    reason: "worded as for start, stop and unload; the argument shown as required",
    instead: 2,
  },
  { words: "file upload redis 1 p.txt", reason: SOONER, instead: 2 },
  { words: "pkg build -N -R .", reason: SOONER, instead: 2 },
  { words: "pkg build -N -D .", reason: SOONER, instead: 2 },
  { words: "bldr channel list acme", variable: "HAB_BLDR_URL=", reason: SOONER, instead: 2 },
  {
    words: "sup run --config-files p.txt",
    reason: "the original fails for want of its Supervisor's package; here the file is what is wrong",
    instead: 86,
  },
  {
    words: "pkg list -a",
    variable: "HAB_FEAT_OFFLINE_INSTALL=1",
    reason: "feature switches are not announced on every command",
    instead: 0,
  },
  {
    words: "",
    variable: "HAB_FEAT_LIST=1",
    reason: "there is no list of feature switches",
    instead: 0,
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
