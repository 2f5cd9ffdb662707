// Options that say how a service is loaded: those of `hab svc load`, which `hab sup run` has, too (reference/cli.md §10.12).
import type { CtlRequests } from "../../ctl/index.ts";
import type { PackageIdent } from "../../package/index.ts";
import { parseBind, type ServiceBind } from "../../supervisor/index.ts";
import { argument, flag, option, optionalArgument, optionList } from "../command.ts";
import { DEFAULT_CHANNEL } from "../configuration.ts";
import { identType, plainIdentType } from "../ident-types.ts";
import { absoluteUrl, bigInteger, choice, integer } from "../values.ts";
import { hookFields, hookOption } from "./hook-option.ts";

export const TOPOLOGY_NUMBERS = { standalone: 0, leader: 1 } as const;
export const STRATEGY_NUMBERS = { none: 0, "at-once": 1, rolling: 2 } as const;
export const CONDITION_NUMBERS = { latest: 0, "track-channel": 1 } as const;
export const BINDING_NUMBERS = { relaxed: 0, strict: 1 } as const;

/** The service a command is about. */
export const serviceArgument = () =>
  argument({
    value: "PKG_IDENT",
    help: "A package (core/redis)",
    type: identType,
    completes: "loaded-service",
  });

/** The service to load; not needed where only the options are printed. */
export const serviceToLoadArgument = () =>
  optionalArgument({
    value: "PKG_IDENT",
    help: "A package (core/redis)",
    completes: "installed-package",
    type: plainIdentType,
    requiredUnless: ["generateConfig"],
  });

const DEFAULTS = { group: "default", strategy: "none", condition: "latest", binding: "strict", health: "30" };

/** Options that load and update have alike. */
export const channelOption = () =>
  option({
    long: "channel",
    value: "CHANNEL",
    completes: "channel",
    help: "Channel to receive updates from",
    default: DEFAULT_CHANNEL,
  });

export const depotOption = () =>
  option({
    short: "u",
    long: "url",
    value: "BLDR_URL",
    help: "Address of the depot to receive updates from",
    type: absoluteUrl,
  });

export const topologyOption = () =>
  option({
    short: "t",
    long: "topology",
    value: "TOPOLOGY",
    help: "Service topology",
    type: choice("leader", "standalone"),
  });

export const updateConditionOption = () =>
  option({
    long: "update-condition",
    value: "UPDATE_CONDITION",
    help: "When an update is taken",
    type: choice("latest", "track-channel"),
    default: DEFAULTS.condition,
  });

/** `--shutdown-timeout` of the commands about one loaded service; that of load words its help for any. */
export const shutdownTimeoutOption = () =>
  option({
    long: "shutdown-timeout",
    value: "SHUTDOWN_TIMEOUT",
    help: "Seconds the service may take to stop before it is killed",
    type: integer(),
  });

export const loadOptions = () => ({
  channel: channelOption(),
  url: depotOption(),
  group: option({ long: "group", value: "GROUP", help: "The service group", default: DEFAULTS.group }),
  topology: topologyOption(),
  strategy: option({
    short: "s",
    long: "strategy",
    value: "STRATEGY",
    help: "How updates are taken",
    type: choice("none", "at-once", "rolling"),
    default: DEFAULTS.strategy,
  }),
  updateCondition: updateConditionOption(),
  bind: optionList({
    long: "bind",
    value: "BIND",
    help: "One or more groups to bind to, as NAME:SERVICE_GROUP",
    values: "one-or-more",
    delimiter: " ",
    type: parseBind,
  }),
  bindingMode: option({
    long: "binding-mode",
    value: "BINDING_MODE",
    help: "Whether the start of the service waits for its binds",
    type: choice("strict", "relaxed"),
    default: DEFAULTS.binding,
  }),
  healthCheckInterval: option({
    long: "health-check-interval",
    value: "HEALTH_CHECK_INTERVAL",
    help: "Seconds between two health checks",
    type: bigInteger(),
    default: DEFAULTS.health,
  }),
  shutdownTimeout: option({
    long: "shutdown-timeout",
    value: "SHUTDOWN_TIMEOUT",
    help: "Seconds a service may take to stop before it is killed",
    type: integer(),
  }),
  hook: hookOption("one"),
  configFrom: option({
    long: "config-from",
    value: "CONFIG_FROM",
    help: "Directory with default.toml, config and hooks to use instead of the package's (development only)",
  }),
});

export const forceLoadFlag = () =>
  flag({
    short: "f",
    long: "force",
    help: "Load the service also when it is loaded; changes how it is loaded",
  });

/** Values of `loadOptions`, as `run` gets them. */
export interface LoadValues {
  readonly channel: string;
  readonly group: string;
  readonly topology: "standalone" | "leader" | undefined;
  readonly strategy: "none" | "at-once" | "rolling";
  readonly updateCondition: "latest" | "track-channel";
  readonly bind: readonly ServiceBind[];
  readonly bindingMode: "strict" | "relaxed";
  readonly healthCheckInterval: bigint;
  readonly shutdownTimeout: number | undefined;
  readonly hook: readonly string[];
  readonly configFrom: string | undefined;
}

/** Fields of the load request; `bldrUrl` is the resolved address. Binds, topology, timeout and hooks only when given. */
export function loadFields(
  ident: PackageIdent | undefined,
  values: LoadValues,
  bldrUrl: string,
  force: boolean,
): CtlRequests["SvcLoad"] {
  return {
    ...(ident === undefined ? {} : { ident: { ...ident } }),
    ...(values.bind.length === 0 ? {} : { binds: { binds: values.bind.map(bindFields) } }),
    bldrUrl,
    bldrChannel: values.channel,
    ...(values.configFrom === undefined ? {} : { configFrom: values.configFrom }),
    force,
    group: values.group,
    ...(values.topology === undefined ? {} : { topology: TOPOLOGY_NUMBERS[values.topology] }),
    updateStrategy: STRATEGY_NUMBERS[values.strategy],
    bindingMode: BINDING_NUMBERS[values.bindingMode],
    healthCheckInterval: { seconds: values.healthCheckInterval },
    ...(values.shutdownTimeout === undefined ? {} : { shutdownTimeout: values.shutdownTimeout }),
    updateCondition: CONDITION_NUMBERS[values.updateCondition],
    ...(values.hook.length === 0 ? {} : { hookSettings: hookFields(values.hook) }),
  };
}

export function bindFields({ name, serviceGroup }: ServiceBind) {
  return { name, serviceGroup: { ...serviceGroup } };
}
