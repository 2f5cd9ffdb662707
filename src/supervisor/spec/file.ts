// The text of spec files, both ways (reference/services.md §2).
import { describeError, HabError } from "../../error/index.ts";
import {
  formatIdent,
  type HookSettings,
  hookSettingsTable,
  type PackageIdent,
  parseHookSettings,
  parseIdent,
} from "../../package/index.ts";
import {
  formatToml,
  isTable,
  parseToml,
  type TomlInput,
  type TomlTable,
  type TomlValue,
  tomlTable,
} from "../../toml/index.ts";
import { supervisorErrors } from "../errors.ts";
import { formatBind, parseBind, type ServiceBind } from "../group.ts";
import {
  BINDING_MODES,
  DEFAULT_HEALTH_CHECK_INTERVAL,
  type DesiredState,
  defaultSpec,
  type ServiceSpec,
  type SpecDuration,
  TOPOLOGIES,
  UPDATE_CONDITIONS,
  UPDATE_STRATEGIES,
} from "./spec.ts";

const U32_MAX = 2n ** 32n - 1n;

/** Reads a spec. Unknown keys are ignored. Throws `specUnreadable` (with line and column) or `specWithoutIdent`. */
export function parseSpec(text: string, source: string): ServiceSpec {
  let table: TomlTable;
  try {
    table = parseToml(text.replace(/^\uFEFF/, ""), { source });
  } catch (error) {
    throw unreadable(describeError(error), error);
  }
  const ident = table.get("ident");
  if (ident === undefined) {
    throw new HabError(
      supervisorErrors.specWithoutIdent,
      'Missing required ident field: (example: ident = "core/redis")',
    );
  }
  const read = new FieldReader(table);
  const spec = defaultSpec(parseSpecIdent(ident));
  const configFrom = read.text("config_from");
  const timeout = read.integer("shutdown_timeout", U32_MAX, "u32");
  const password = read.text("svc_encrypted_password");
  return {
    ident: spec.ident,
    group: read.text("group") ?? spec.group,
    bldrUrl: read.text("bldr_url") ?? spec.bldrUrl,
    channel: read.text("channel") ?? spec.channel,
    topology: read.choice("topology", TOPOLOGIES) ?? spec.topology,
    updateStrategy: read.choice("update_strategy", UPDATE_STRATEGIES) ?? spec.updateStrategy,
    updateCondition: read.choice("update_condition", UPDATE_CONDITIONS) ?? spec.updateCondition,
    binds: read.binds(),
    bindingMode: read.choice("binding_mode", BINDING_MODES) ?? spec.bindingMode,
    ...(configFrom === undefined ? {} : { configFrom }),
    desiredState: read.desiredState(),
    ...(timeout === undefined ? {} : { shutdownTimeoutSeconds: Number(timeout) }),
    ...(password === undefined ? {} : { svcEncryptedPassword: password }),
    healthCheckInterval: read.duration("health_check_interval") ?? DEFAULT_HEALTH_CHECK_INTERVAL,
    hookSettings: read.hooks(),
  };
}

/**
 * The text of a spec file: fields in the original's order, absent options left out, the interval's table last
 * but for ours, which the original passes over.
 */
export function formatSpec(spec: ServiceSpec): string {
  const fields: Record<string, TomlInput | undefined> = {
    ident: formatIdent(spec.ident),
    group: spec.group,
    bldr_url: spec.bldrUrl,
    channel: spec.channel,
    topology: spec.topology,
    update_strategy: spec.updateStrategy,
    update_condition: spec.updateCondition,
    binds: spec.binds.map(formatBind),
    binding_mode: spec.bindingMode,
    config_from: spec.configFrom,
    desired_state: spec.desiredState,
    shutdown_timeout:
      spec.shutdownTimeoutSeconds === undefined ? undefined : BigInt(spec.shutdownTimeoutSeconds),
    svc_encrypted_password: spec.svcEncryptedPassword,
    health_check_interval: {
      secs: spec.healthCheckInterval.secs,
      nanos: BigInt(spec.healthCheckInterval.nanos),
    },
    hooks: hookSettingsTable(spec.hookSettings),
  };
  return formatToml(tomlTable(fields));
}

function unreadable(detail: string, cause?: unknown): HabError {
  return new HabError(
    supervisorErrors.specUnreadable,
    `Unable to parse contents of service spec file, ${detail}`,
    cause === undefined ? {} : { cause },
  );
}

function parseSpecIdent(value: TomlValue): PackageIdent {
  if (typeof value !== "string") throw unreadable(`ident: expected a string, found ${kindOf(value)}`);
  try {
    return parseIdent(value);
  } catch (error) {
    throw unreadable(
      `Invalid package identifier: ${JSON.stringify(value)}. A valid identifier is in the form origin/name (example: acme/redis)`,
      error,
    );
  }
}

/** Reads typed fields of a table; each failure names its key. */
class FieldReader {
  readonly #table: TomlTable;

  constructor(table: TomlTable) {
    this.#table = table;
  }

  text(key: string): string | undefined {
    const value = this.#table.get(key);
    if (value === undefined || typeof value === "string") return value;
    throw unreadable(`${key}: expected a string, found ${kindOf(value)}`);
  }

  choice<const T extends string>(key: string, choices: readonly T[]): T | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    const expected = choices.map((choice) => `\`${choice}\``).join(", ");
    throw unreadable(`${key}: unknown variant \`${value}\`, expected one of ${expected}`);
  }

  desiredState(): DesiredState {
    const value = this.text("desired_state");
    const state = value?.toLowerCase() ?? "up";
    if (state === "up" || state === "down") return state;
    throw unreadable(`desired_state: Unknown service desired state style '${value}'`);
  }

  integer(key: string, max: bigint, type: string): bigint | undefined {
    const value = this.#table.get(key);
    if (value === undefined) return undefined;
    if (typeof value === "bigint" && value >= 0n && value <= max) return value;
    const found = typeof value === "bigint" ? `integer \`${value}\`` : kindOf(value);
    throw unreadable(`${key}: expected ${type}, found ${found}`);
  }

  binds(): ServiceBind[] {
    const value = this.#table.get("binds");
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw unreadable(`binds: expected a sequence, found ${kindOf(value)}`);
    return value.map((entry) => {
      if (typeof entry !== "string") throw unreadable(`binds: expected a string, found ${kindOf(entry)}`);
      try {
        return parseBind(entry);
      } catch (error) {
        throw unreadable(
          `binds: invalid value: string ${JSON.stringify(entry)}, expected a service bind in name:service_group format (example cache:redis.cache)`,
          error,
        );
      }
    });
  }

  hooks(): HookSettings {
    const value = this.#table.get("hooks");
    if (value === undefined) return {};
    if (!isTable(value)) throw unreadable(`hooks: expected a table, found ${kindOf(value)}`);
    return parseHookSettings(value, (problem) => unreadable(`hooks.${problem}`)).settings;
  }

  duration(key: string): SpecDuration | undefined {
    const value = this.#table.get(key);
    if (value === undefined) return undefined;
    if (!isTable(value)) throw unreadable(`${key}: expected a table, found ${kindOf(value)}`);
    const inner = new FieldReader(value);
    const secs = inner.integer("secs", 2n ** 64n - 1n, "u64");
    const nanos = inner.integer("nanos", U32_MAX, "u32");
    if (secs === undefined || nanos === undefined) {
      throw unreadable(`${key}: missing field \`${secs === undefined ? "secs" : "nanos"}\``);
    }
    return { secs, nanos: Number(nanos) };
  }
}

function kindOf(value: TomlValue): string {
  if (typeof value === "string") return `string ${JSON.stringify(value)}`;
  if (typeof value === "bigint") return `integer \`${value}\``;
  if (typeof value === "number") return "a floating point number";
  if (typeof value === "boolean") return "a boolean";
  return Array.isArray(value) ? "a sequence" : isTable(value) ? "a table" : "a datetime";
}
