// `hab svc update` (reference/cli.md §10.12).
import type { CtlRequests } from "../../ctl/index.ts";
import { parseBind } from "../../supervisor/index.ts";
import { argument, defineCommand, option, optionList } from "../command.ts";
import { DEFAULT_CHANNEL } from "../configuration.ts";
import { remoteSupOption } from "../shared-options.ts";
import { absoluteUrl, bigInteger, choice, integer } from "../values.ts";
import { tellSupervisor } from "./ask.ts";
import {
  BINDING_NUMBERS,
  bindFields,
  CONDITION_NUMBERS,
  STRATEGY_NUMBERS,
  serviceIdent,
  TOPOLOGY_NUMBERS,
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
  ],
  args: { ident: argument({ value: "PKG_IDENT", help: "A package (core/redis)", type: serviceIdent }) },
  options: {
    remoteSup: remoteSupOption(),
    channel: option({
      long: "channel",
      value: "CHANNEL",
      help: "Channel to receive updates from",
      default: DEFAULT_CHANNEL,
    }),
    url: option({
      short: "u",
      long: "url",
      value: "BLDR_URL",
      help: "Address of the depot to receive updates from",
      type: absoluteUrl,
    }),
    group: option({ long: "group", value: "GROUP", help: "The service group" }),
    topology: option({
      short: "t",
      long: "topology",
      value: "TOPOLOGY",
      help: "Service topology",
      type: choice("leader", "standalone"),
    }),
    strategy: option({
      short: "s",
      long: "strategy",
      value: "STRATEGY",
      help: "How updates are taken",
      type: choice("none", "at-once", "rolling"),
    }),
    updateCondition: option({
      long: "update-condition",
      value: "UPDATE_CONDITION",
      help: "When an update is taken",
      type: choice("latest", "track-channel"),
      default: "latest",
    }),
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
    shutdownTimeout: option({
      long: "shutdown-timeout",
      value: "SHUTDOWN_TIMEOUT",
      help: "Seconds the service may take to stop before it is killed",
      type: integer(),
    }),
  },
  helpIfBare: true,
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
    };
    await tellSupervisor(context, options.remoteSup, { message: "SvcUpdate", fields });
  },
});
