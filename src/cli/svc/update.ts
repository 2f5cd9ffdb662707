// `hab svc update` (reference/cli.md §10.12).
import type { CtlRequests } from "../../ctl/index.ts";
import { parseBind } from "../../supervisor/index.ts";
import { defineCommand, option, optionList } from "../command.ts";
import { remoteSupOption } from "../shared-options.ts";
import { bigInteger, choice } from "../values.ts";
import { tellOfService } from "./ask.ts";
import { hookFields, hookOption } from "./hook-option.ts";
import {
  BINDING_NUMBERS,
  bindFields,
  CONDITION_NUMBERS,
  channelOption,
  depotOption,
  STRATEGY_NUMBERS,
  serviceArgument,
  shutdownTimeoutOption,
  TOPOLOGY_NUMBERS,
  topologyOption,
  updateConditionOption,
} from "./load-options.ts";

export const command = defineCommand({
  summary: "Change how a loaded service is run",
  description:
    "Only what is given changes, but for the channel and the update condition, which go back to their defaults when " +
    "they are not given, as in Habitat. The service is restarted only where the change needs it.",
  examples: [
    {
      command: "hab svc update core/redis --strategy at-once --channel stable",
      explains: "take updates from now on",
    },
    { command: "hab svc update acme/app --bind", explains: "remove all binds" },
    {
      command: "hab svc update acme/app --hook health-check.timeout=5 readiness.interval=2",
      explains: "other limits than the package's, at once",
    },
  ],
  args: { ident: serviceArgument() },
  options: {
    remoteSup: remoteSupOption(),
    channel: channelOption(),
    url: depotOption(),
    group: option({ long: "group", value: "GROUP", help: "The service group" }),
    topology: topologyOption(),
    strategy: option({
      short: "s",
      long: "strategy",
      value: "STRATEGY",
      help: "How updates are taken",
      type: choice("none", "at-once", "rolling"),
    }),
    updateCondition: updateConditionOption(),
    bind: optionList({
      long: "bind",
      value: "BIND",
      help: "Groups to bind to, as NAME:SERVICE_GROUP; without a value all binds are removed",
      values: "zero-or-more",
      type: parseBind,
    }),
    bindingMode: option({
      long: "binding-mode",
      value: "BINDING_MODE",
      help: "Whether the start of the service waits for its binds",
      type: choice("strict", "relaxed"),
    }),
    healthCheckInterval: option({
      short: "i",
      long: "health-check-interval",
      value: "HEALTH_CHECK_INTERVAL",
      help: "Seconds between two health checks",
      type: bigInteger(),
    }),
    shutdownTimeout: shutdownTimeoutOption(),
    hook: hookOption("zero-or-more"),
  },
  json: true,
  async run(context) {
    const { args, options, source } = context;
    const fields: CtlRequests["SvcUpdate"] = {
      ident: { ...args.ident },
      ...(source("bind") === undefined ? {} : { binds: { binds: options.bind.map(bindFields) } }),
      ...(options.bindingMode === undefined ? {} : { bindingMode: BINDING_NUMBERS[options.bindingMode] }),
      ...(options.url === undefined ? {} : { bldrUrl: options.url }),
      bldrChannel: options.channel,
      ...(options.group === undefined ? {} : { group: options.group }),
      ...(options.topology === undefined ? {} : { topology: TOPOLOGY_NUMBERS[options.topology] }),
      ...(options.strategy === undefined ? {} : { updateStrategy: STRATEGY_NUMBERS[options.strategy] }),
      ...(options.healthCheckInterval === undefined
        ? {}
        : { healthCheckInterval: { seconds: options.healthCheckInterval } }),
      ...(options.shutdownTimeout === undefined ? {} : { shutdownTimeout: options.shutdownTimeout }),
      updateCondition: CONDITION_NUMBERS[options.updateCondition],
      ...(source("hook") === undefined ? {} : { hookSettings: hookFields(options.hook) }),
    };
    await tellOfService(context, args.ident, options.remoteSup, { message: "SvcUpdate", fields });
  },
});
