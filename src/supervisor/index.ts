// The Supervisor: services, hooks, configuration, gateways (reference/services.md, supervisor.md). The door of the room;
// everything heavy is loaded when it is used.
import type { SupervisorOptions } from "./options.ts";

export { type ConfigLayers, configSources, LAYERS, type LayerName } from "./config/layers.ts";
export { tablesOfLayers } from "./config/layers-text.ts";
export { supervisorErrors } from "./errors.ts";
export {
  formatBind,
  formatServiceGroup,
  parseBind,
  parseServiceGroup,
  type ServiceBind,
  type ServiceGroup,
} from "./group.ts";
export type { ListenAddress, SupervisorOptions } from "./options.ts";
export { type SupervisorPaths, supervisorPaths } from "./paths.ts";
export type { RingHealthReport } from "./ring/health-report.ts";
export type {
  RingGroupReport,
  RingMemberReport,
  RingRumorReport,
  RingStatusReport,
  RingUpdateReport,
} from "./ring/report.ts";

/** Runs a Supervisor under its launcher until it is told to end (see run.ts). */
export async function runSupervisor(options: SupervisorOptions): Promise<number> {
  return (await import("./run.ts")).runSupervisor(options);
}

/** 64 random bytes in base64, as a new CTL_SECRET. */
export async function newCtlSecret(): Promise<string> {
  return (await import("./ctl-secret.ts")).newCtlSecret();
}
