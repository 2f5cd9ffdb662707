// One service as its page shows it.
import { asTimeOfDay } from "../../host/index.ts";
import { formatIdent } from "../../package/index.ts";
import type { SupervisorTold } from "../../web/index.ts";
import { type BindRequirements, bindStatus } from "../census/binds.ts";
import { activeMembers, type Census, leaderOf, servingMembers } from "../census/census.ts";
import { formatServiceGroup, type ServiceBind } from "../group.ts";
import { notReadyReasons } from "../readiness.ts";
import type { ServiceParts } from "../service/ports.ts";
import type { ServiceSnapshot } from "../slot.ts";
import { healthIntervalMs } from "../spec/spec.ts";
import { configDocument } from "./config-document.ts";
import { hookDocuments } from "./hook-documents.ts";
import { secretTexts, withoutSecrets } from "./secrets.ts";

type BindDocument = SupervisorTold.BindDocument;
type ServiceDetailDocument = SupervisorTold.ServiceDetailDocument;
type ServiceDocument = SupervisorTold.ServiceDocument;

export interface ServiceDocumentInput {
  readonly snapshot: ServiceSnapshot;
  readonly organization: string | undefined;
  /** What its next update waits for. */
  readonly updateWaits: string | undefined;
}

export function serviceDocument({
  snapshot,
  organization,
  updateWaits,
}: ServiceDocumentInput): ServiceDocument {
  const { spec, service, parts, runState } = snapshot;
  const secrets = secretsOf(parts);
  const safe = (text: string) => withoutSecrets(text, secrets);
  const isWanted = spec.desiredState === "up";
  const reasons = isWanted ? notReadyReasons(snapshot) : [];
  const { last } = runState;
  return {
    name: spec.ident.name,
    service_group: groupOf(snapshot, organization),
    package: formatIdent(parts?.pkg.ident ?? spec.ident),
    desired_state: spec.desiredState,
    state: service?.process.up === true ? "up" : "down",
    pid: service?.process.pid ?? null,
    since: timeOf(snapshot.enteredAtMs),
    initialized: service?.initialized === true,
    health: service?.health ?? "Unknown",
    ready: isWanted ? reasons.length === 0 : null,
    reasons: reasons.map(safe),
    draining: service?.draining === true,
    problems: snapshot.problems.map(safe),
    restart_count: runState.restartCount,
    last_end:
      last === undefined ? null : { reason: last.reason, at: timeOf(last.atMs), pid: last.pid ?? null },
    next_restart_at: snapshot.nextRestartAtMs === undefined ? null : timeOf(snapshot.nextRestartAtMs),
    topology: spec.topology,
    update_strategy: spec.updateStrategy,
    update_condition: spec.updateCondition,
    channel: spec.channel,
    update_waits: updateWaits ?? null,
  };
}

/** `redact`: nothing of its configuration, nor of the ring. */
export async function serviceDetail(
  { spec, service, parts }: ServiceSnapshot,
  census: Census,
  redact: boolean,
): Promise<ServiceDetailDocument> {
  const secrets = secretsOf(parts);
  return {
    asked_for: formatIdent(spec.ident),
    depot: withoutSecrets(spec.bldrUrl, secrets),
    account: parts === undefined ? "" : `${parts.pkg.account.user}:${parts.pkg.account.group}`,
    binding_mode: spec.bindingMode,
    health_interval_ms: healthIntervalMs(spec),
    shutdown_timeout_s: spec.shutdownTimeoutSeconds ?? parts?.pkg.shutdownTimeoutSeconds ?? 0,
    config: parts === undefined || redact ? null : configDocument(parts.config, secrets),
    hooks:
      parts === undefined ? [] : await hookDocuments(parts, (hook) => service?.lastHookRun(hook), secrets),
    binds: parts === undefined || redact ? [] : bindDocuments(parts, spec.binds, census),
  };
}

function bindDocuments(
  { pkg }: ServiceParts,
  mapped: readonly ServiceBind[],
  census: Census,
): BindDocument[] {
  const ofKind = (requirements: BindRequirements, required: boolean) =>
    [...requirements].map(([name, exports]) =>
      bindDocument(
        { name, exports, required },
        mapped.find((bind) => bind.name === name),
        census,
      ),
    );
  return [...ofKind(pkg.requiredBinds, true), ...ofKind(pkg.optionalBinds, false)];
}

function bindDocument(
  declared: Pick<BindDocument, "name" | "exports" | "required">,
  bind: ServiceBind | undefined,
  census: Census,
): BindDocument {
  const nobody = { missing: [], serving: 0, members: 0, first: null, first_host: null };
  if (bind === undefined) return { ...declared, ...nobody, service_group: null, status: "unbound" };
  const name = formatServiceGroup(bind.serviceGroup);
  const status = bindStatus(census, bind, declared.exports);
  const group = census.groups.get(name);
  const members = group === undefined ? [] : activeMembers(group);
  const serving = group === undefined || members.length === 0 ? [] : servingMembers(group);
  const first = (group === undefined ? undefined : leaderOf(group)) ?? serving[0];
  return {
    ...declared,
    service_group: name,
    status: status.kind,
    missing: status.kind === "missing-exports" ? status.missing : [],
    serving: serving.length,
    members: members.length,
    first: first?.memberId ?? null,
    first_host: first?.sys.hostname ?? null,
  };
}

/** What is secret in the configuration of a service. */
function secretsOf(parts: ServiceParts | undefined): readonly string[] {
  if (parts === undefined) return [];
  return secretTexts(Object.values(parts.config.layers).filter((table) => table !== undefined));
}

function groupOf({ spec, parts }: ServiceSnapshot, organization: string | undefined): string {
  const part = organization === undefined ? {} : { organization };
  return formatServiceGroup(parts?.group ?? { service: spec.ident.name, group: spec.group, ...part });
}

/** A moment of the steady clock for people. */
function timeOf(steadyMs: number): number {
  return Math.round(asTimeOfDay(steadyMs));
}
