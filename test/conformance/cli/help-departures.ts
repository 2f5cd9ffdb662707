// Where a command deliberately takes something else than the original's help says.

export interface HelpDeparture {
  readonly differences: readonly string[];
  readonly reason: string;
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
  "pkg build": {
    differences: ["--src <SRC_PATH>: default none, not $PWD"],
    reason: "the default is the working directory, which help names in words",
  },
  "pkg install": {
    differences: ["--channel <CHANNEL>: default base, not none"],
    reason: "the same default, which the original's help does not tell",
  },
  "sup run": {
    differences: [
      "--cache-key-path <CACHE_KEY_PATH>: default none, not /hab/cache/keys",
      "--channel <CHANNEL>: default base, not none",
    ],
    reason: "the same defaults; that of the key cache depends on the user",
  },
  "sup term": {
    differences: ["[ARGS]...: absent"],
    reason: "the original hands the words to a program that refuses any",
  },
  "svc load": {
    differences: ["--channel <CHANNEL>: default base, not none", "[PKG_IDENT]: <PKG_IDENT>"],
    reason: "the same default; the argument is required, and shown as it is",
  },
  "svc update": {
    differences: ["--channel <CHANNEL>: default base, not none"],
    reason: "the same default, which the original's help does not tell",
  },
};
