// Options of the Supervisor from TOML files, merged under those of the command line (reference/supervisor.md §3.2).
import { readFileSync } from "node:fs";
import { Secret } from "../../crypto/index.ts";
import { describeError, HabError } from "../../error/index.ts";
import { isRegularFile } from "../../host/index.ts";
import { parseBind, supervisorErrors } from "../../supervisor/index.ts";
import { parseToml, type TomlTable, type TomlValue } from "../../toml/index.ts";
import { hookWord } from "../svc/hook-option.ts";
import {
  absoluteUrl,
  bigInteger,
  gossipAddress,
  hostAndPort,
  integer,
  ipAddress,
  socketAddress,
} from "../values.ts";
import { CTL_PORT, GOSSIP_PORT, type RunValues, runOptions, SAME_PORT } from "./run-options.ts";

/** Compat: read from here whatever FS_ROOT says (§3.2). */
const DEFAULT_FILE = "/hab/sup/default/config/sup.toml";

type Field = keyof RunValues;
type ReadValue = (value: TomlValue) => unknown;

const text: ReadValue = (value) => {
  if (typeof value !== "string") throw new Error("a text is expected");
  return value;
};
const secretText: ReadValue = (value) => new Secret(String(text(value)));
const parsed =
  <T>(parse: (text: string) => T): ReadValue =>
  (value) =>
    parse(typeof value === "bigint" ? String(value) : String(text(value)));
const bool: ReadValue = (value) => {
  if (typeof value !== "boolean") throw new Error("true or false is expected");
  return value;
};
const list =
  (item: ReadValue): ReadValue =>
  (value) => {
    if (!Array.isArray(value)) throw new Error("a list is expected");
    return value.map(item);
  };
const oneOf = (...choices: string[]): ReadValue =>
  parsed((word) => {
    if (!choices.includes(word)) throw new Error(`one of ${choices.join(", ")} is expected`);
    return word;
  });

/** TOML key → field and how to read it. */
const KEYS: Readonly<Record<string, readonly [Field, ReadValue]>> = {
  listen_gossip: ["listenGossip", parsed(socketAddress)],
  advertise_gossip: ["advertiseGossip", parsed(gossipAddress(SAME_PORT))],
  peer: ["peer", list(parsed(gossipAddress(GOSSIP_PORT)))],
  peer_watch_file: ["peerWatchFile", text],
  local_gossip_mode: ["localGossipMode", bool],
  listen_http: ["listenHttp", parsed(socketAddress)],
  http_disable: ["httpDisable", bool],
  listen_ctl: ["listenCtl", parsed(hostAndPort(CTL_PORT))],
  ctl_server_certificate: ["ctlServerCertificate", text],
  ctl_server_key: ["ctlServerKey", text],
  ctl_client_ca_certificate: ["ctlClientCaCertificate", text],
  organization: ["org", text],
  permanent_peer: ["permanentPeer", bool],
  cache_key_path: ["cacheKeyPath", text],
  ring_key: ["ringKey", secretText],
  ring: ["ring", text],
  auto_update: ["autoUpdate", bool],
  auto_update_period: ["autoUpdatePeriod", parsed(integer())],
  service_update_period: ["serviceUpdatePeriod", parsed(integer())],
  service_min_backoff_period: ["serviceMinBackoffPeriod", parsed(integer())],
  service_max_backoff_period: ["serviceMaxBackoffPeriod", parsed(integer())],
  service_restart_cooldown_period: ["serviceRestartCooldownPeriod", parsed(integer())],
  key_file: ["key", text],
  cert_file: ["certs", text],
  ca_cert_file: ["caCerts", text],
  verbose: ["verbose", bool],
  no_color: ["noColor", bool],
  json_logging: ["jsonLogging", bool],
  sys_ip_address: ["sysIpAddress", parsed(ipAddress)],
  event_stream_application: ["eventStreamApplication", text],
  event_stream_environment: ["eventStreamEnvironment", text],
  event_stream_connect_timeout: ["eventStreamConnectTimeout", parsed(integer())],
  event_stream_token: ["eventStreamToken", secretText],
  event_stream_url: ["eventStreamUrl", secretText],
  event_stream_site: ["eventStreamSite", text],
  event_meta: ["eventMeta", list(text)],
  event_stream_server_certificate: ["eventStreamServerCertificate", text],
  keep_latest_packages: ["keepLatestPackages", parsed(integer())],
};

/** Keys that say how the service is loaded: taken from one place as a whole. */
const LOAD_KEYS: Readonly<Record<string, readonly [Field, ReadValue]>> = {
  channel: ["channel", text],
  bldr_url: ["url", parsed(absoluteUrl)],
  group: ["group", text],
  topology: ["topology", oneOf("standalone", "leader")],
  strategy: ["strategy", oneOf("none", "at-once", "rolling")],
  update_condition: ["updateCondition", oneOf("latest", "track-channel")],
  bind: ["bind", list(parsed(parseBind))],
  binding_mode: ["bindingMode", oneOf("strict", "relaxed")],
  health_check_interval: ["healthCheckInterval", parsed(bigInteger())],
  shutdown_timeout: ["shutdownTimeout", parsed(integer())],
  hook: ["hook", list(parsed(hookWord))],
  config_from: ["configFrom", text],
};

/** TOML keys with the field each fills, in the order of a generated file. */
export const TOML_KEYS: readonly (readonly [string, Field])[] = Object.entries({ ...KEYS, ...LOAD_KEYS }).map(
  ([key, [field]]) => [key, field],
);

/** Those of them that say how a service is loaded. */
export const LOAD_TOML_KEYS = TOML_KEYS.filter(([key]) => key in LOAD_KEYS);

/** What options and the positional package are in the end. */
export interface MergedRun {
  readonly values: RunValues;
  readonly service: string | undefined;
}

/**
 * Lays the command line over the files. Compat: a value equal to its default gives way to a file's, a `true` stays, and
 * the options of the service are taken from one place as a whole. Throws `badOption`.
 */
export function mergeConfigFiles(
  values: RunValues,
  service: string | undefined,
  files: readonly { readonly path: string; readonly table: TomlTable }[],
): MergedRun {
  const defaults = defaultValues();
  const merged: Record<string, unknown> = { ...values };
  let positional = service;
  for (const { path, table } of files.toReversed()) {
    for (const [key, entry] of Object.entries(KEYS)) {
      const [field] = entry;
      if (table.has(key) && same(merged[field], defaults[field]))
        merged[field] = readKey(path, key, entry, table);
    }
    const loadFields = Object.values(LOAD_KEYS).map(([field]) => field);
    if (loadFields.every((field) => same(merged[field], defaults[field]))) {
      for (const [key, entry] of Object.entries(LOAD_KEYS)) {
        if (table.has(key)) merged[entry[0]] = readKey(path, key, entry, table);
      }
    }
    const named = table.get("pkg_ident_or_artifact");
    if (positional === undefined && typeof named === "string") positional = named;
  }
  const result = merged as RunValues;
  assertComplete(result);
  return { values: result, service: positional };
}

/** Combinations the parser checks on the command line, and files may break. */
function assertComplete(values: RunValues): void {
  if ((values.key === undefined) !== (values.certs === undefined)) {
    throw new HabError(supervisorErrors.badOption, "key_file and cert_file are only valid together");
  }
  const { eventStreamUrl, eventStreamApplication, eventStreamEnvironment, eventStreamToken } = values;
  const parts = [eventStreamApplication, eventStreamEnvironment, eventStreamToken];
  if (eventStreamUrl !== undefined && parts.includes(undefined)) {
    throw new HabError(
      supervisorErrors.badOption,
      "event_stream_url needs event_stream_application, event_stream_environment and event_stream_token",
    );
  }
}

function readKey(
  path: string,
  key: string,
  [, read]: readonly [Field, ReadValue],
  table: TomlTable,
): unknown {
  try {
    return read(table.get(key) ?? "");
  } catch (error) {
    throw new HabError(supervisorErrors.badOption, `${path}: ${key}: ${describeError(error)}`, {
      cause: error,
    });
  }
}

function same(a: unknown, b: unknown): boolean {
  const show = (value: unknown) =>
    JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}` : part));
  return show(a) === show(b);
}

/** The values of no options at all. */
function defaultValues(): RunValues {
  const values: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(runOptions())) {
    const { defaultText, parse } = part.grammar;
    values[name] = part.read(
      defaultText === undefined ? undefined : { source: "default", values: [parse(defaultText)] },
    );
  }
  return values as RunValues;
}

/** Reads the files that count: those given, else the default one if it is there. Throws `badOption`. */
export function readConfigFiles(
  given: readonly string[],
): { readonly path: string; readonly table: TomlTable }[] {
  const paths = given.length > 0 ? given : isRegularFile(DEFAULT_FILE) ? [DEFAULT_FILE] : [];
  return paths.map((path) => {
    if (!path.endsWith(".toml")) {
      throw new HabError(supervisorErrors.badOption, `${path}: a configuration file must end in .toml`);
    }
    try {
      return { path, table: parseToml(readFileSync(path, "utf8"), { source: path }) };
    } catch (error) {
      throw new HabError(supervisorErrors.badOption, describeError(error), { cause: error });
    }
  });
}
