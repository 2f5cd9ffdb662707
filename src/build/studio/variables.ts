// Variables inside a studio (reference/plan-build.md §14.4): a short list of the caller's, and what has the prefix
// HAB_STUDIO_SECRET_. Each is handed over as it is, so values may hold spaces.
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { StudioType } from "./types.ts";

const SECRET_PREFIX = "HAB_STUDIO_SECRET_";

/** Handed over when they are not empty, in this order. */
const FORWARDED = [
  "HAB_CONFIG_EXCLUDE",
  "HAB_AUTH_TOKEN",
  "HAB_BLDR_URL",
  "HAB_BLDR_CHANNEL",
  "HAB_REFRESH_CHANNEL",
  "HAB_NOCOLORING",
  "HAB_NONINTERACTIVE",
  "HAB_ORIGIN",
  "HAB_STUDIO_NOSTUDIORC",
  "HAB_STUDIO_SUP",
  "HAB_UPDATE_STRATEGY_PERIOD_MS",
  "HAB_STUDIO_BINARY",
  "DO_CHECK",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  // Not of the original, which promises the first and forgets it.
  "HAB_PREFER_LOCAL_CHEF_DEPS",
  "SOURCE_DATE_EPOCH",
  "HAB_BUILD_RECORDS",
  "HAB_BUILDER_ID",
  "HAB_DEBIAN_MIRROR",
  "HAB_DEBIAN_SECURITY_MIRROR",
  "HAB_DEBIAN_SUITE",
] as const;

/** What a studio decides itself; a secret of this name is ignored. */
const OWN = [
  "HAB_BINLINK_DIR",
  "HAB_ORIGIN",
  "HOME",
  "LC_ALL",
  "PATH",
  "PWD",
  "STUDIO_TYPE",
  "TERM",
  "TERMINFO",
];

type Environment = Readonly<Record<string, string | undefined>>;

export interface VariableSource {
  readonly caller: Environment;
  readonly type: StudioType;
  /** Directory whose files are in /hab/cache/ssl of the studio, if it is shown there. */
  readonly certificates: string | undefined;
  /** Whether a person enters; else a command runs. */
  readonly enters: boolean;
}

export interface StudioVariables {
  readonly variables: Readonly<Record<string, string>>;
  /** Name and what may be shown of the value, for each that came from the caller. */
  readonly exported: readonly (readonly [string, string])[];
}

const REDACTED = "[redacted]";

/** Without PATH, which the tools' package adds to. */
export function studioVariables({ caller, type, certificates, enters }: VariableSource): StudioVariables {
  const variables: Record<string, string> = {
    LC_ALL: "POSIX",
    HOME: "/root",
    ...(caller["TERM"] !== undefined && { TERM: caller["TERM"] }),
    PATH: "/hab/bin",
    HAB_LICENSE: "accept-no-persist",
    STUDIO_TYPE: type,
    ...(enters && { STUDIO_ENTER: "true" }),
  };
  const exported: [string, string][] = [];
  const take = (name: string, value: string, shown = value) => {
    variables[name] = value;
    exported.push([name, shown]);
  };
  for (const name of FORWARDED) {
    const value = caller[name];
    if (value === undefined || value === "") continue;
    if (name === "HAB_AUTH_TOKEN") take(name, value, REDACTED);
    else take(name, name === "no_proxy" ? value.replaceAll(", ", ",") : value);
  }
  const bundle = caller["SSL_CERT_FILE"];
  if (bundle && certificates !== undefined && existsSync(join(certificates, basename(bundle))))
    take("SSL_CERT_FILE", join("/hab/cache/ssl", basename(bundle)));
  for (const [name, value] of Object.entries(caller)) {
    if (!name.startsWith(SECRET_PREFIX) || value === undefined) continue;
    const inside = name.slice(SECRET_PREFIX.length);
    if (inside !== "" && !OWN.includes(inside)) take(inside, value, REDACTED);
  }
  return { variables, exported };
}
