// Where a command deliberately takes something else than the original's help says.

export interface HelpDeparture {
  readonly differences: readonly string[];
  readonly reason: string;
  /** It has a help of its own, where the original hands `--help` on. */
  readonly ownHelp?: true;
}

export const helpDepartures: Readonly<Record<string, HelpDeparture>> = {
  "config show": {
    differences: ["<PKG_IDENT>: <SERVICE>"],
    reason: "takes a service group, too",
  },
  "origin key export": {
    differences: ["--type <KEY_TYPE>: default public, not none"],
    reason: "the same default, which the original's help does not tell",
  },
  "pkg export container": {
    differences: ["[ARGS]...: <PKG_IDENT_OR_ARTIFACT>..."],
    reason: "hab exports itself, instead of handing the words to another program",
    ownHelp: true,
  },
  "pkg export tar": {
    differences: ["[ARGS]...: <PKG_IDENT_OR_ARTIFACT>"],
    reason: "hab exports itself, instead of handing the words to another program",
    ownHelp: true,
  },
  "pkg install": {
    differences: ["--channel <CHANNEL>: default base, not none"],
    reason: "the same default, which the original's help does not tell",
  },
  "sup run": {
    differences: [
      "--event-stream-url <EVENT_STREAM_URL>: env HAB_EVENT_STREAM_URL, not none",
      "--channel <CHANNEL>: default base, not none",
    ],
    reason:
      "an address with a password in it must not stand in a command line; the same default, which the original's help does not tell",
  },
  "sup term": {
    differences: ["[ARGS]...: absent"],
    reason: "the original hands the words to a program that refuses any",
  },
  "svc load": {
    differences: ["--channel <CHANNEL>: default base, not none"],
    reason: "the same default, which the original's help does not tell",
  },
  "svc update": {
    differences: ["--channel <CHANNEL>: default base, not none"],
    reason: "the same default, which the original's help does not tell",
  },
};
