// What the user has configured: command line, environment and cli.toml, in that order (reference/cli.md §3, §4). The file
// is read when it is first needed.
import type { Secret } from "../crypto/index.ts";
import type { CtlClientTls } from "../ctl/index.ts";
import { HabError } from "../error/index.ts";
import { cliConfigPath, habPath, readTextIfPresent } from "../host/index.ts";
import type { TomlTable } from "../toml/index.ts";
import { cliErrors } from "./errors.ts";
import type { Environment } from "./grammar/parse.ts";
import { CONTROL_PORT } from "./shared-options.ts";
import { hostAndPort, isOriginName } from "./values.ts";

/** The keys of cli.toml, in the order they are written. */
export const CONFIGURATION_KEYS = [
  "auth_token",
  "refresh_channel",
  "origin",
  "ctl_secret",
  "listen_ctl",
  "ctl_client_certificate",
  "ctl_client_key",
  "ctl_server_ca_certificate",
  "ctl_server_name_indication",
  "bldr_url",
] as const;

type ControlTlsKey = Extract<ConfigurationKey, `ctl_client_${string}` | `ctl_server_${string}`>;

export type ConfigurationKey = (typeof CONFIGURATION_KEYS)[number];
export type ConfigurationFile = { readonly [Key in ConfigurationKey]?: string };

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Configuration {
  /** cli.toml as it is; an absent file is empty. Throws HAB-CLI-004. */
  file(): Promise<ConfigurationFile>;
  /** Flag, HAB_BLDR_URL, cli.toml, the public depot. `ignoreFile` for `svc load` and `sup run`, which also know HAB_DEPOT_URL. */
  bldrUrl(given: string | undefined, options?: { readonly ignoreFile?: boolean }): Promise<string>;
  /** Compat: as `origin rbac` looks for it: flag, HAB_BLDR_URL, HAB_DEPOT_URL, cli.toml if it can be read, the public depot. */
  rbacUrl(given: string | undefined): Promise<string>;
  /** Flag, HAB_AUTH_TOKEN, cli.toml; undefined when there is none or the file cannot be read. */
  authToken(given: Secret<string> | undefined): Promise<Secret<string> | undefined>;
  /** The same for commands that cannot do without. Throws HAB-CLI-005. */
  requiredAuthToken(given: Secret<string> | undefined): Promise<Secret<string>>;
  /** Compat: the same for `origin rbac`, where an empty HAB_AUTH_TOKEN counts as one. Throws HAB-CLI-005. */
  rbacAuthToken(given: Secret<string> | undefined): Promise<Secret<string>>;
  /** Flag or argument, HAB_ORIGIN, cli.toml. Throws HAB-CLI-006, or 007 for an invalid HAB_ORIGIN. */
  origin(given: string | undefined): Promise<string>;
  /** Flag, listen_ctl of cli.toml, 127.0.0.1:9632. Compat: a file that cannot be read gives the default. */
  controlAddress(given: Address | undefined): Promise<Address>;
  /** HAB_CTL_SECRET, cli.toml, the local Supervisor's CTL_SECRET file, an empty text. */
  controlSecret(): Promise<string>;
  /**
   * TLS with the control gateway: HAB_CTL_SERVER_CA_CERTIFICATE, HAB_CTL_CLIENT_KEY, HAB_CTL_CLIENT_CERTIFICATE and
   * HAB_CTL_SERVER_NAME_INDICATION, each before the key of that name in cli.toml. Compat: without signers of servers there
   * is no TLS. Throws HAB-CTL-012.
   */
  controlTls(): Promise<CtlClientTls | undefined>;
  /** Flag, HAB_REFRESH_CHANNEL, HAB_STUDIO_SECRET_HAB_REFRESH_CHANNEL, cli.toml, `base`. */
  refreshChannel(given: string | undefined): Promise<string>;
}

export const PUBLIC_DEPOT_URL = "https://bldr.habitat.sh";
export const DEFAULT_CHANNEL = "base";

export function createConfiguration(env: Environment): Configuration {
  const nonEmpty = (name: string) => (env[name] === "" ? undefined : env[name]);
  const file = () => readConfigurationFile(cliConfigPath());
  const fileOrEmpty = async (): Promise<ConfigurationFile> => {
    try {
      return await file();
    } catch (error) {
      if (error instanceof HabError) return {};
      throw error;
    }
  };

  return {
    file,
    async bldrUrl(given, options = {}) {
      const fromEnvironment =
        nonEmpty("HAB_BLDR_URL") ?? (options.ignoreFile === true ? nonEmpty("HAB_DEPOT_URL") : undefined);
      return checkedUrl(
        given ?? fromEnvironment ?? (options.ignoreFile === true ? undefined : (await file()).bldr_url),
      );
    },
    async rbacUrl(given) {
      const fromEnvironment = nonEmpty("HAB_BLDR_URL") ?? nonEmpty("HAB_DEPOT_URL");
      return checkedUrl(given ?? fromEnvironment ?? (await fileOrEmpty()).bldr_url);
    },
    async authToken(given) {
      return given ?? (await secret(nonEmpty("HAB_AUTH_TOKEN") ?? (await fileOrEmpty()).auth_token));
    },
    async requiredAuthToken(given) {
      return presentToken(given ?? (await secret(nonEmpty("HAB_AUTH_TOKEN") ?? (await file()).auth_token)));
    },
    async rbacAuthToken(given) {
      return presentToken(given ?? (await secret(env["HAB_AUTH_TOKEN"] ?? (await file()).auth_token)));
    },
    async origin(given) {
      if (given !== undefined) return given;
      const fromEnvironment = nonEmpty("HAB_ORIGIN");
      if (fromEnvironment !== undefined && !isOriginName(fromEnvironment))
        throw new HabError(cliErrors.invalidOrigin, `HAB_ORIGIN is '${fromEnvironment}', which is no origin`);
      const origin = fromEnvironment ?? (await file()).origin;
      if (origin === undefined) throw new HabError(cliErrors.noOrigin, "No origin given");
      return origin;
    },
    async controlAddress(given) {
      if (given !== undefined) return given;
      const { listen_ctl } = await fileOrEmpty();
      try {
        if (listen_ctl !== undefined) return hostAndPort(CONTROL_PORT)(listen_ctl);
      } catch {
        // Compat: an address that cannot be read is as if it were not there (reference/cli.md §4).
      }
      return { host: "127.0.0.1", port: CONTROL_PORT };
    },
    async controlSecret() {
      return (
        nonEmpty("HAB_CTL_SECRET") ??
        (await fileOrEmpty()).ctl_secret ??
        readTextIfPresent(habPath("sup", "default", "CTL_SECRET"))?.trimEnd() ??
        ""
      );
    },
    async controlTls() {
      const file = await fileOrEmpty();
      const named = (key: ControlTlsKey) => nonEmpty(`HAB_${key.toUpperCase()}`) ?? file[key];
      const serverCa = named("ctl_server_ca_certificate");
      if (serverCa === undefined) return undefined;
      const key = named("ctl_client_key");
      const certificate = named("ctl_client_certificate");
      const { readCtlClientTls } = await import("../ctl/index.ts");
      const files = {
        serverCa,
        ...(key === undefined ? {} : { key }),
        ...(certificate === undefined ? {} : { certificate }),
      };
      return readCtlClientTls(files, named("ctl_server_name_indication"));
    },
    async refreshChannel(given) {
      return (
        given ??
        nonEmpty("HAB_REFRESH_CHANNEL") ??
        nonEmpty("HAB_STUDIO_SECRET_HAB_REFRESH_CHANNEL") ??
        (await file()).refresh_channel ??
        DEFAULT_CHANNEL
      );
    },
  };
}

function checkedUrl(url: string | undefined): string {
  if (url !== undefined && !URL.canParse(url))
    throw new HabError(cliErrors.invalidUrl, `The depot's address '${url}' is not a URL`);
  return url ?? PUBLIC_DEPOT_URL;
}

async function secret(text: string | undefined): Promise<Secret<string> | undefined> {
  if (text === undefined) return undefined;
  const { Secret } = await import("../crypto/index.ts");
  return new Secret(text);
}

function presentToken(token: Secret<string> | undefined): Secret<string> {
  if (token === undefined) throw new HabError(cliErrors.noAuthToken, "No access token for the depot");
  return token;
}

async function readConfigurationFile(path: string): Promise<ConfigurationFile> {
  const text = readTextIfPresent(path);
  if (text === undefined) return {};
  const { parseToml } = await import("../toml/index.ts");
  let table: TomlTable;
  try {
    table = parseToml(text, { source: path });
  } catch (cause) {
    throw new HabError(cliErrors.configurationMalformed, `${path} is not valid TOML`, { cause });
  }
  const result: { [Key in ConfigurationKey]?: string } = {};
  for (const key of CONFIGURATION_KEYS) {
    const value = table.get(key);
    if (value === undefined) continue;
    if (typeof value !== "string")
      throw new HabError(cliErrors.configurationMalformed, `${path}: ${key} is not a text`);
    result[key] = value;
  }
  return result;
}
