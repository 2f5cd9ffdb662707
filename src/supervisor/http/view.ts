// What the HTTP gateway shows of a running Supervisor. Texts are made when asked for and kept until something changes.
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { formatJson } from "../../toml/index.ts";
import { censusJson } from "../census/json.ts";
import type { EventLog } from "../events/event-log.ts";
import { formatServiceGroup } from "../group.ts";
import type { PageFeed } from "../pages/feed.ts";
import type { SupervisorPaths } from "../paths.ts";
import type { RestartConfig } from "../plan/restart.ts";
import { readiness } from "../readiness.ts";
import type { RingPort } from "../ring/port.ts";
import type { RingReports } from "../ring/reports.ts";
import { hookLogs } from "../service/hook-output.ts";
import type { Services } from "../services.ts";
import type { ServiceSnapshot } from "../slot.ts";
import type { SpecDirectory } from "../spec/directory.ts";
import type { SysInfo } from "../sys.ts";
import { butterflyJson } from "./butterfly-json.ts";
import type { GatewayView } from "./gateway.ts";
import type { Metrics } from "./metrics.ts";
import { serviceJson } from "./service-json.ts";

export interface ViewOptions {
  readonly services: Services;
  readonly ring: RingPort;
  readonly specs: SpecDirectory;
  readonly paths: SupervisorPaths;
  readonly restartConfig: RestartConfig;
  readonly sys: SysInfo;
  readonly metrics: Metrics;
  readonly redact: boolean;
  readonly ringReports: RingReports;
  readonly events: EventLog;
  readonly pages: PageFeed;
  readonly organization: string | undefined;
}

export interface SupervisorView extends GatewayView {
  readonly pages: PageFeed;
  /** Forgets the text of one service, or with undefined that of the list. */
  changed(name: string | undefined): void;
}

export function supervisorView(options: ViewOptions): SupervisorView {
  const { services, ring, metrics } = options;
  const texts = new Map<string, string>();
  let listText: string | undefined;
  let cpuBefore = 0;

  const textOf = (snapshot: ServiceSnapshot): string | undefined => {
    const { parts, spec } = snapshot;
    if (parts === undefined) return undefined;
    const { name } = spec.ident;
    let text = texts.get(name);
    if (text === undefined) {
      const { paths, restartConfig, sys, redact } = options;
      const specFile = options.specs.file(name);
      text = formatJson(serviceJson({ snapshot, parts, specFile, paths, restartConfig, sys, redact }));
      texts.set(name, text);
    }
    return text;
  };

  const find = (group: string): ServiceSnapshot | undefined => {
    const snapshot = services.get(group.slice(0, group.indexOf(".")));
    if (snapshot?.parts === undefined || formatServiceGroup(snapshot.parts.group) !== group) return undefined;
    return snapshot;
  };

  const judge = () => readiness(services.list(), options.organization, services.closing);

  return {
    changed(name) {
      listText = undefined;
      if (name === undefined) texts.clear();
      else texts.delete(name);
      options.pages.servicesChanged(name);
    },
    servicesJson() {
      listText ??= `[${services
        .list()
        .flatMap((snapshot) => textOf(snapshot) ?? [])
        .join(",")}]`;
      return listText;
    },
    serviceJson(group) {
      const snapshot = find(group);
      return snapshot === undefined ? undefined : textOf(snapshot);
    },
    configJson(group) {
      const parts = find(group)?.parts;
      return parts === undefined ? undefined : formatJson(parts.config.merged);
    },
    async health(group) {
      const snapshot = find(group);
      if (snapshot?.parts === undefined) return undefined;
      const logs = hookLogs(snapshot.parts.pkg, "health-check");
      return {
        result: snapshot.service?.health ?? "Unknown",
        stdout: await textOrEmpty(logs.stdout),
        stderr: await textOrEmpty(logs.stderr),
      };
    },
    butterflyJson: () => formatJson(butterflyJson(ring.state)),
    ringJson: (report) => options.ringReports[report](),
    readiness: judge,
    events: options.events,
    pages: options.pages,
    censusJson: () => formatJson(censusJson(ring.census)),
    measure() {
      metrics.set("hab_butterfly_incarnation_number", Number(ring.state.incarnation));
      const { services: judged } = judge();
      metrics.setAll(
        "hab_sup_service_ready",
        new Map(judged.map(({ service_group, ready }) => [service_group, ready ? 1 : 0])),
      );
      metrics.set("hab_sup_open_file_descriptors_total", readdirSync("/proc/self/fd").length);
      const { user, system } = process.cpuUsage();
      const cpu = (user + system) * 1000;
      metrics.set("hab_sup_cpu_time_nanoseconds", cpu - cpuBefore);
      cpuBefore = cpu;
    },
  };
}

async function textOrEmpty(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
