// Options that several commands have, with one meaning each (reference/cli.md §3). The values are turned into what is used
// by `context.configuration`.
import { keyCachePath } from "../host/index.ts";
import { flag, option } from "./command.ts";
import { absoluteUrl, hostAndPort, originName } from "./values.ts";

/** Port of the Supervisor's control gateway. */
export const CONTROL_PORT = 9632;

export const TARGETS = [
  "x86_64-darwin",
  "x86_64-linux",
  "x86_64-linux-kernel2",
  "x86_64-windows",
  "aarch64-darwin",
  "aarch64-linux",
  "aarch64-windows",
] as const;

/** `-u, --url`: then `configuration.bldrUrl(options.url)`. */
export const urlOption = () =>
  option({
    short: "u",
    long: "url",
    value: "BLDR_URL",
    heading: "Depot",
    help: "Address of the depot (else HAB_BLDR_URL, bldr_url of cli.toml, https://bldr.habitat.sh)",
    type: absoluteUrl,
  });

/** `--cache-key-path`: the key cache. Its default is the user's own. */
export const cacheKeyPathOption = () =>
  option({
    long: "cache-key-path",
    value: "CACHE_KEY_PATH",
    completes: "directory",
    help: "Directory of keys",
    env: "HAB_CACHE_KEY_PATH",
    default: keyCachePath(),
  });

/** `-r, --remote-sup`: then `configuration.controlAddress(options.remoteSup)`. */
export const remoteSupOption = () =>
  option({
    short: "r",
    long: "remote-sup",
    value: "REMOTE_SUP",
    heading: "Supervisor",
    help: `Address of the Supervisor's control gateway (else listen_ctl of cli.toml, 127.0.0.1:${CONTROL_PORT})`,
    type: hostAndPort(CONTROL_PORT),
  });

/** `-o, --origin`: then `configuration.origin(options.origin)`. */
export const originOption = () =>
  option({
    short: "o",
    long: "origin",
    value: "ORIGIN",
    help: "Origin (else HAB_ORIGIN, origin of cli.toml)",
    type: originName,
  });

/** A target, for `argument`s and `option`s with `env: "HAB_PACKAGE_TARGET"`. */
export const targetType = (text: string): (typeof TARGETS)[number] => {
  const target = TARGETS.find((candidate) => candidate === text);
  if (target !== undefined) return target;
  throw new Error(
    `Invalid package target: ${text}. A valid target is in the form architecture-platform (example: x86_64-linux)`,
  );
};

export const forceFlag = (help: string) => flag({ short: "f", long: "force", help });
