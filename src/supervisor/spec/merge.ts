// What a load or update request makes of a spec (reference/services.md §2.2): fields that were sent replace those that are
// there; numbers nobody knows are ignored.
import type { CtlHookSettings, CtlRequests, CtlServiceBindList } from "../../ctl/index.ts";
import { HabError } from "../../error/index.ts";
import {
  type EndingHook,
  type HookSetting,
  type HookSettings,
  hookSettingsTable,
  isEndingHook,
  type PackageIdent,
  parseHookSettings,
} from "../../package/index.ts";
import { tomlTable } from "../../toml/index.ts";
import { supervisorErrors } from "../errors.ts";
import type { ServiceBind } from "../group.ts";
import {
  type BindingMode,
  DEFAULT_CHANNEL,
  defaultSpec,
  type ServiceSpec,
  type Topology,
  type UpdateCondition,
  type UpdateStrategy,
} from "./spec.ts";

// Numbers of reference/supervisor.md §12.4.
const TOPOLOGY: readonly Topology[] = ["standalone", "leader"];
const STRATEGY: readonly UpdateStrategy[] = ["none", "at-once", "rolling"];
const CONDITION: readonly UpdateCondition[] = ["latest", "track-channel"];
const BINDING: readonly BindingMode[] = ["relaxed", "strict"];

/** The spec after a load: built on the existing one. Compat: the channel is reset when absent, desired state stays. */
export function mergeLoad(
  existing: ServiceSpec | undefined,
  ident: PackageIdent,
  fields: CtlRequests["SvcLoad"],
): ServiceSpec {
  const base = existing ?? defaultSpec(ident);
  return {
    ...mergeCommon(base, fields),
    ident,
    channel: fields.bldrChannel ?? DEFAULT_CHANNEL,
    binds: fields.binds === undefined ? base.binds : bindsOf(fields.binds),
    ...(fields.configFrom === undefined ? {} : { configFrom: fields.configFrom }),
  };
}

/** The spec after an update: the ident stays, an empty list of binds clears them. */
export function mergeUpdate(base: ServiceSpec, fields: CtlRequests["SvcUpdate"]): ServiceSpec {
  return {
    ...mergeCommon(base, fields),
    channel: fields.bldrChannel ?? base.channel,
    binds: fields.binds === undefined ? base.binds : bindsOf(fields.binds),
  };
}

/** Fields both requests treat alike. */
function mergeCommon(base: ServiceSpec, fields: CtlRequests["SvcUpdate"]): ServiceSpec {
  const { shutdownTimeout, svcEncryptedPassword, healthCheckInterval, hookSettings } = fields;
  return {
    ...base,
    group: fields.group ?? base.group,
    bldrUrl: fields.bldrUrl ?? base.bldrUrl,
    topology: TOPOLOGY[fields.topology ?? -1] ?? base.topology,
    updateStrategy: STRATEGY[fields.updateStrategy ?? -1] ?? base.updateStrategy,
    updateCondition: CONDITION[fields.updateCondition ?? -1] ?? base.updateCondition,
    bindingMode: BINDING[fields.bindingMode ?? -1] ?? base.bindingMode,
    ...(shutdownTimeout === undefined ? {} : { shutdownTimeoutSeconds: shutdownTimeout }),
    ...(svcEncryptedPassword === undefined ? {} : { svcEncryptedPassword }),
    ...(hookSettings === undefined ? {} : { hookSettings: hookSettingsOf(hookSettings) }),
    ...(healthCheckInterval === undefined
      ? {}
      : { healthCheckInterval: { secs: healthCheckInterval.seconds, nanos: 0 } }),
  };
}

function bindsOf(list: CtlServiceBindList): ServiceBind[] {
  return list.binds.map(({ name, serviceGroup: { service, group, organization } }) => ({
    name,
    serviceGroup: { service, group, ...(organization === undefined ? {} : { organization }) },
  }));
}

/** What a later client says that is not known here is passed over. Throws `badOption`. */
function hookSettingsOf({ hooks }: CtlHookSettings): HookSettings {
  const sent: { [hook in EndingHook]?: HookSetting } = {};
  for (const { hook, ...setting } of hooks) if (isEndingHook(hook)) sent[hook] = setting;
  const refuse = (problem: string) => new HabError(supervisorErrors.badOption, `--hook ${problem}`);
  return parseHookSettings(tomlTable(hookSettingsTable(sent) ?? {}), refuse).settings;
}
