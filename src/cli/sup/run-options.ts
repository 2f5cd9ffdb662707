// Options of `hab sup run`, which `hab-sup run` parses again under the launcher (reference/supervisor.md §3, cli.md §10.11).
import { keyCachePath } from "../../host/index.ts";
import { flag, type OptionPart, option, optionalArgument, optionList } from "../command.ts";
import { installSourceType } from "../ident-types.ts";
import { secretOption } from "../secret-option.ts";
import { loadOptions } from "../svc/load-options.ts";
import { existingFile, gossipAddress, hostAndPort, integer, ipAddress, socketAddress } from "../values.ts";

export const GOSSIP_PORT = 9638;
export const CTL_PORT = 9632;

/** In the place of a port that is to be the one listened on. */
export const SAME_PORT = 0;

/** A file or directory; without a value an empty text, which stands for the default place. */
const ctlFile = (long: string, help: string): OptionPart<string | undefined> => {
  const { grammar } = optionList({
    long,
    value: long.toUpperCase().replaceAll("-", "_"),
    completes: "file",
    help,
    values: "zero-or-more",
    repeatable: false,
  });
  return {
    grammar,
    read: (parsed) => (parsed === undefined ? undefined : String(parsed.values.at(-1) ?? "")),
  };
};

const metaPair = (text: string): string => {
  const parts = text.split("=");
  if (parts.length !== 2 || parts[0] === "" || parts[1] === "") {
    throw new Error(
      `Invalid key-value pair given (must be '='-delimited pair of non-empty strings): ${text}`,
    );
  }
  return text;
};

export const runArguments = () => ({
  service: optionalArgument({
    value: "PKG_IDENT_OR_ARTIFACT",
    completes: ["installed-package", "file"],
    help: "A package (core/redis) or a .hart file to load as a service",
    type: installSourceType,
  }),
});

export const runOptions = () => ({
  listenGossip: option({
    long: "listen-gossip",
    value: "LISTEN_GOSSIP",
    help: "Address for gossip with other Supervisors",
    env: "HAB_LISTEN_GOSSIP",
    default: `0.0.0.0:${GOSSIP_PORT}`,
    type: socketAddress,
  }),
  advertiseGossip: option({
    long: "advertise-gossip",
    value: "ADVERTISE_GOSSIP",
    help: "Address others reach this one at, as HOST or HOST:PORT, where network address translation hides it",
    env: "HAB_ADVERTISE_GOSSIP",
    type: gossipAddress(SAME_PORT),
  }),
  peer: optionList({
    long: "peer",
    value: "PEER",
    help: "Supervisors to join, as HOST or HOST:PORT",
    values: "one-or-more",
    delimiter: " ",
    type: gossipAddress(GOSSIP_PORT),
    conflictsWith: ["peerWatchFile"],
  }),
  peerWatchFile: option({
    long: "peer-watch-file",
    value: "PEER_WATCH_FILE",
    completes: "file",
    help: "File with the Supervisors to join, one a line",
  }),
  localGossipMode: flag({
    long: "local-gossip-mode",
    help: "Gossip with nobody but this machine",
    conflictsWith: ["listenGossip", "peer", "peerWatchFile"],
  }),
  listenHttp: option({
    long: "listen-http",
    value: "LISTEN_HTTP",
    help: "Address of the HTTP gateway",
    env: "HAB_LISTEN_HTTP",
    default: "0.0.0.0:9631",
    type: socketAddress,
  }),
  httpDisable: flag({ short: "D", long: "http-disable", help: "Run without the HTTP gateway" }),
  listenCtl: option({
    long: "listen-ctl",
    value: "LISTEN_CTL",
    help: "Address of the control gateway",
    env: "HAB_LISTEN_CTL",
    default: `127.0.0.1:${CTL_PORT}`,
    type: hostAndPort(CTL_PORT),
  }),
  ctlServerCertificate: ctlFile(
    "ctl-server-certificate",
    "Certificate of the control gateway: a PEM file, or a directory with files of `hab sup secret generate-tls`",
  ),
  ctlServerKey: ctlFile("ctl-server-key", "Key of the control gateway; turns on TLS there"),
  ctlClientCaCertificate: ctlFile(
    "ctl-client-ca-certificate",
    "Certificate of those who sign clients of the control gateway; makes client certificates mandatory",
  ),
  org: option({
    long: "org",
    value: "ORGANIZATION",
    help: "Organization that is part of every service group",
  }),
  permanentPeer: flag({
    short: "I",
    long: "permanent-peer",
    help: "Others always keep trying to reach this one",
  }),
  cacheKeyPath: option({
    long: "cache-key-path",
    value: "CACHE_KEY_PATH",
    completes: "directory",
    help: `Directory of keys (default: ${keyCachePath()})`,
    env: "HAB_CACHE_KEY_PATH",
  }),
  ringKey: secretOption({
    long: "ring-key",
    value: "RING_KEY",
    help: "Text of the ring key",
    env: "HAB_RING_KEY",
    hidden: true,
  }),
  ring: option({
    short: "r",
    long: "ring",
    value: "RING",
    help: "Name of the ring key",
    env: "HAB_RING",
    conflictsWith: ["ringKey"],
  }),
  autoUpdate: flag({ short: "A", long: "auto-update", help: "Let the Supervisor update itself" }),
  autoUpdatePeriod: option({
    long: "auto-update-period",
    value: "AUTO_UPDATE_PERIOD",
    help: "Seconds between looks for a new Supervisor",
    type: integer(),
    default: "60",
  }),
  serviceUpdatePeriod: option({
    long: "service-update-period",
    value: "SERVICE_UPDATE_PERIOD",
    help: "Seconds between looks for updates of services",
    type: integer(),
    default: "60",
  }),
  serviceMinBackoffPeriod: option({
    long: "service-min-backoff-period",
    value: "SERVICE_MIN_BACKOFF_PERIOD",
    help: "Least seconds before a failed service is started again",
    type: integer(),
    default: "0",
  }),
  serviceMaxBackoffPeriod: option({
    long: "service-max-backoff-period",
    value: "SERVICE_MAX_BACKOFF_PERIOD",
    help: "Most seconds before a failed service is started again",
    type: integer(),
    default: "0",
  }),
  serviceRestartCooldownPeriod: option({
    long: "service-restart-cooldown-period",
    value: "SERVICE_RESTART_COOLDOWN_PERIOD",
    help: "Seconds after which a service counts as healthy again",
    type: integer(),
    default: "300",
  }),
  key: option({
    long: "key",
    value: "KEY_FILE",
    completes: "file",
    help: "TLS key of the HTTP gateway",
    requires: ["certs"],
  }),
  certs: option({
    long: "certs",
    value: "CERT_FILE",
    completes: "file",
    help: "TLS certificates of the HTTP gateway",
    requires: ["key"],
  }),
  caCerts: option({
    long: "ca-certs",
    value: "CA_CERT_FILE",
    completes: "file",
    help: "Certificates of those who sign clients of the HTTP gateway",
    requires: ["key", "certs"],
  }),
  verbose: flag({ short: "v", help: "Say more" }),
  noColor: flag({ long: "no-color", help: "No colours in the output" }),
  jsonLogging: flag({ long: "json-logging", help: "One JSON object a line as output" }),
  sysIpAddress: option({
    long: "sys-ip-address",
    value: "SYS_IP_ADDRESS",
    help: "Address announced to others",
    type: ipAddress,
  }),
  eventStreamApplication: option({
    long: "event-stream-application",
    value: "EVENT_STREAM_APPLICATION",
    help: "Application named in events",
    refuseEmpty: true,
  }),
  eventStreamEnvironment: option({
    long: "event-stream-environment",
    value: "EVENT_STREAM_ENVIRONMENT",
    help: "Environment named in events",
    refuseEmpty: true,
  }),
  eventStreamConnectTimeout: option({
    long: "event-stream-connect-timeout",
    value: "EVENT_STREAM_CONNECT_TIMEOUT",
    help: "Seconds to wait for the event stream at the start; 0 does not wait",
    env: "HAB_EVENT_STREAM_CONNECT_TIMEOUT",
    type: integer(),
    default: "0",
  }),
  eventStreamToken: secretOption({
    long: "event-stream-token",
    value: "EVENT_STREAM_TOKEN",
    help: "Token for the event stream",
    env: "HAB_AUTOMATE_AUTH_TOKEN",
    refuseEmpty: true,
  }),
  eventStreamUrl: secretOption({
    long: "event-stream-url",
    value: "EVENT_STREAM_URL",
    help: "Address of the event stream, in which a user and password may stand",
    env: "HAB_EVENT_STREAM_URL",
    requires: ["eventStreamApplication", "eventStreamEnvironment", "eventStreamToken"],
    refuseEmpty: true,
  }),
  eventStreamSite: option({
    long: "event-stream-site",
    value: "EVENT_STREAM_SITE",
    help: "Site named in events",
    refuseEmpty: true,
  }),
  eventMeta: optionList({
    long: "event-meta",
    value: "EVENT_META",
    help: "KEY=VALUE added to events",
    values: "one-or-more",
    type: metaPair,
  }),
  eventStreamServerCertificate: option({
    long: "event-stream-server-certificate",
    value: "EVENT_STREAM_SERVER_CERTIFICATE",
    help: "Certificate of the event stream's server",
  }),
  keepLatestPackages: option({
    long: "keep-latest-packages",
    value: "KEEP_LATEST_PACKAGES",
    help: "How many releases of a service to keep installed",
    env: "HAB_KEEP_LATEST_PACKAGES",
    type: integer(),
  }),
  configFiles: optionList({
    long: "config-files",
    value: "CONFIG_FILES",
    completes: "file",
    help: "TOML files with these options; /hab/sup/default/config/sup.toml is then not read",
    values: "one-or-more",
    delimiter: " ",
    type: existingFile,
  }),
  generateConfig: flag({ long: "generate-config", help: "Print the options as a TOML file and exit" }),
  ...loadOptions(),
});

type Read<T> = T extends { read(parsed: never): infer V } ? V : never;

/** Values of the options, as `run` of a command gets them. */
export type RunValues = {
  -readonly [Name in keyof ReturnType<typeof runOptions>]: Read<ReturnType<typeof runOptions>[Name]>;
};

/** The IPv4 address of a host name; a literal, also of IPv6, is taken as it is. */
export async function resolveHost(host: string): Promise<string> {
  if (host.includes(":")) return host;
  const { lookup } = await import("node:dns/promises");
  return (await lookup(host, { family: 4 })).address;
}
