// One service as `/services` shows it, key order included (reference/services.md §22).
import { asTimeOfDay } from "../../host/index.ts";
import { formatIdent, hookSettingsTable } from "../../package/index.ts";
import type { JsonInput } from "../../toml/index.ts";
import type { BindRequirements } from "../census/binds.ts";
import { formatBind, formatServiceGroup } from "../group.ts";
import type { SupervisorPaths } from "../paths.ts";
import type { RestartConfig } from "../plan/restart.ts";
import type { ServiceHook } from "../plan/service.ts";
import { hookLogs } from "../service/hook-output.ts";
import { packageJson, type ServicePackage } from "../service/package.ts";
import type { ServiceParts } from "../service/ports.ts";
import type { ServiceSnapshot } from "../slot.ts";
import type { ServiceSpec } from "../spec/spec.ts";
import type { SysInfo } from "../sys.ts";

export interface ServiceJsonInput {
  readonly snapshot: ServiceSnapshot;
  readonly parts: ServiceParts;
  readonly specFile: string;
  readonly paths: SupervisorPaths;
  readonly restartConfig: RestartConfig;
  readonly sys: SysInfo;
  /** Leaves the configuration out (`HAB_FEAT_REDACT_HTTP`). */
  readonly redact: boolean;
}

/** Hooks in the order of the gateway, which is not that of rendering. */
const HOOK_ORDER: readonly ServiceHook[] = [
  "health-check",
  "init",
  "file-updated",
  "reconfigure",
  "suitability",
  "run",
  "post-run",
  "post-stop",
];

/** Hooks beyond the original: shown where the package has them. */
const OWN_HOOKS: readonly ServiceHook[] = ["readiness", "pre-stop"];

/** The object of one service. */
export function serviceJson(input: ServiceJsonInput): JsonInput {
  const { snapshot, parts, paths, sys, restartConfig } = input;
  const { spec, service, runState } = snapshot;
  const { pkg, config } = parts;
  return {
    all_pkg_binds: [...bindList(pkg.requiredBinds), ...bindList(pkg.optionalBinds)],
    binding_mode: spec.bindingMode,
    binds: spec.binds.map(formatBind),
    bldr_url: spec.bldrUrl,
    cfg: input.redact ? undefined : config.merged,
    channel: spec.channel,
    config_from: spec.configFrom ?? null,
    desired_state: spec.desiredState === "up" ? "Up" : "Down",
    health_check: service?.health ?? "Unknown",
    hooks: hooksJson(parts),
    initialized: service?.initialized ?? false,
    last_election_status: service?.electionStatus ?? "None",
    manager_fs_cfg: {
      sup_root: paths.root,
      data_path: paths.data,
      specs_path: paths.specs,
      member_id_file: paths.memberId,
      proc_lock_file: paths.lock,
    },
    pkg: packageJson(pkg),
    process: {
      pid: service?.process.pid === undefined ? null : BigInt(service.process.pid),
      state: service?.process.up === true ? "up" : "down",
      state_entered: epochSeconds(snapshot.enteredAtMs),
    },
    last_process_state: lastProcessState(runState.last),
    next_restart_at: snapshot.nextRestartAtMs === undefined ? null : epochSeconds(snapshot.nextRestartAtMs),
    restart_count: BigInt(runState.restartCount),
    restart_config: {
      min_backoff_period: seconds(restartConfig.minBackoffSeconds),
      max_backoff_period: seconds(restartConfig.maxBackoffSeconds),
      cooldown_period: seconds(restartConfig.cooldownSeconds),
    },
    service_group: formatServiceGroup(parts.group),
    spec_file: input.specFile,
    spec_ident: {
      origin: spec.ident.origin,
      name: spec.ident.name,
      version: spec.ident.version ?? null,
      release: spec.ident.release ?? null,
    },
    spec_identifier: formatIdent(spec.ident),
    svc_encrypted_password: spec.svcEncryptedPassword ?? null,
    health_check_interval: {
      secs: spec.healthCheckInterval.secs,
      nanos: BigInt(spec.healthCheckInterval.nanos),
    },
    sys: sysJson(sys),
    topology: spec.topology,
    update_strategy: spec.updateStrategy,
    update_condition: spec.updateCondition,
    user_config_updated: false,
    // Ours, and only where there is something to say: what a package of Habitat shows stays as it is.
    ...(service?.readiness === undefined ? {} : { ready: service.readiness.ready }),
    ...(service?.draining === true ? { draining: true } : {}),
    ...hookSettingsJson(spec),
  };
}

function bindList(requirements: BindRequirements): JsonInput[] {
  return [...requirements].map(([service, exports]) => ({ service, exports: [...exports] }));
}

function hookSettingsJson({ hookSettings }: ServiceSpec): Record<string, JsonInput> {
  const table = hookSettingsTable(hookSettings);
  return table === undefined ? {} : { hook_settings: table };
}

function hooksJson({ templates, pkg }: ServiceParts): JsonInput {
  const shown = [...HOOK_ORDER, ...OWN_HOOKS.filter((hook) => templates.hooks.has(hook))];
  return Object.fromEntries(
    shown.map((hook) => [hook.replace("-", "_"), templates.hooks.has(hook) ? hookJson(pkg, hook) : null]),
  );
}

function hookJson(pkg: ServicePackage, hook: ServiceHook): JsonInput {
  const { stdout, stderr } = hookLogs(pkg, hook);
  return { render_pair: `${pkg.paths.hooks}/${hook}`, stdout_log_path: stdout, stderr_log_path: stderr };
}

function lastProcessState(last: ServiceSnapshot["runState"]["last"]): JsonInput {
  if (last === undefined) return null;
  return {
    pid: last.pid === undefined ? null : BigInt(last.pid),
    termination_reason: last.reason,
    terminated_at: epochSeconds(last.atMs),
  };
}

/** Compat: the gateway's order differs from that of templates (§22). */
function sysJson(sys: SysInfo): JsonInput {
  return {
    version: sys.version,
    member_id: sys.memberId,
    ip: sys.ip,
    hostname: sys.hostname,
    gossip_ip: sys.gossipIp,
    gossip_port: BigInt(sys.gossipPort),
    ctl_gateway_ip: sys.ctlGatewayIp,
    ctl_gateway_port: BigInt(sys.ctlGatewayPort),
    http_gateway_ip: sys.httpGatewayIp,
    http_gateway_port: BigInt(sys.httpGatewayPort),
    permanent: sys.permanent,
  };
}

function epochSeconds(milliseconds: number): bigint {
  return BigInt(Math.floor(asTimeOfDay(milliseconds) / 1000));
}

function seconds(value: number): JsonInput {
  return { secs: BigInt(value), nanos: 0n };
}
