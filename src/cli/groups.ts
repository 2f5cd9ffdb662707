// What each group of commands is about, in the order help lists them. A group without a command is not shown.

export const groups: Readonly<Record<string, string>> = {
  bldr: "Channels and webhooks of an origin on the depot",
  "bldr channel": "Create, list, promote and roll back channels",
  "bldr channel gate": "Approvals that promotions to a channel need",
  "bldr webhook": "Addresses that are told what happens in an origin",
  cli: "Settings and completions of this program",
  config: "Configuration of a running service",
  depot: "Run a depot",
  "depot token": "Access tokens of a depot",
  "depot user": "Accounts of a depot",
  file: "Files of a running service",
  license: "The licence of this program",
  origin: "Origins on the depot and their keys",
  "origin invitations": "Invitations to origins",
  "origin key": "Signing and encryption keys of origins",
  "origin rbac": "Roles of an origin's members",
  pkg: "Build, install, inspect and publish packages",
  "pkg export": "Turn packages into other formats",
  plan: "Write plans and try their templates",
  ring: "Rings of Supervisors",
  "ring key": "Keys of encrypted rings",
  sup: "The Supervisor",
  "sup secret": "Secrets of the control gateway",
  svc: "Services of a Supervisor",
  "svc key": "Keys of service groups",
  user: "Sign in to a depot; users of service groups",
  "user key": "Keys of users",
};

/** Compat: groups that know no `-V/--version` (reference/cli.md §2.4). */
export const WITHOUT_VERSION: readonly string[] = [
  "origin invitations",
  "origin key",
  "origin rbac",
  "sup secret",
];

/** Names under which the program runs as something else; each is also a first word (`hab hab-sup run`). */
export const PROGRAMS = ["hab-sup", "hab-launch"] as const;

/**
 * Short forms of the commands people type most; older Habitats had them (reference/cli.md §0). They take no name away from
 * the original: each was an unknown word there.
 */
export const SHORT_FORMS: Readonly<Record<string, string>> = {
  apply: "config apply",
  build: "pkg build",
  install: "pkg install",
  load: "svc load",
  run: "sup run",
  search: "pkg search",
  setup: "cli setup",
  status: "svc status",
  "sup status": "svc status",
  term: "sup term",
  unload: "svc unload",
};

/** Compat: other names of the commands of `hab-sup` (reference/cli.md §0). */
export const ALIASES: Readonly<Record<string, string>> = {
  ...SHORT_FORMS,
  "hab-sup b": "hab-sup bash",
  "hab-sup ba": "hab-sup bash",
  "hab-sup bas": "hab-sup bash",
  "hab-sup r": "hab-sup run",
  "hab-sup ru": "hab-sup run",
  "hab-sup ter": "hab-sup term",
};
