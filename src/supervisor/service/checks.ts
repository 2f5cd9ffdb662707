// What watches over a running service: its health check, with the rule by which it is restarted, and its readiness hook.

import { hookSetting } from "../../package/index.ts";
import { reportedService } from "../event-stream/report.ts";
import { type HealthResult, isToRestart } from "../plan/health.ts";
import { DEFAULT_READINESS_FAILURES, DEFAULT_READINESS_INTERVAL_SECONDS } from "../plan/readiness.ts";
import { healthIntervalMs, type ServiceSpec } from "../spec/spec.ts";
import { ServiceHealth } from "./health.ts";
import type { ServiceHooks } from "./hooks.ts";
import type { ServiceHost, ServiceParts } from "./ports.ts";
import { ServiceReadiness } from "./readiness.ts";

export interface ServiceChecksOptions {
  readonly group: string;
  readonly parts: ServiceParts;
  readonly hooks: ServiceHooks;
  readonly spec: () => ServiceSpec;
  readonly host: ServiceHost;
  readonly processUp: () => boolean;
  /** It is to be restarted for its health. */
  readonly unhealthy: () => void;
  readonly say: (content: string) => void;
}

export class ServiceChecks {
  readonly #options: ServiceChecksOptions;
  readonly #health: ServiceHealth;
  /** Where the package has a hook for it. */
  readonly #readiness: ServiceReadiness | undefined;

  constructor(options: ServiceChecksOptions) {
    this.#options = options;
    this.#health = this.#healthChecks();
    this.#readiness = options.hooks.has("readiness") ? this.#readinessHook() : undefined;
  }

  health(initialized: boolean): HealthResult {
    return this.#health.result(initialized);
  }

  /** Whether it is to be restarted for its health. */
  get unhealthy(): boolean {
    return isToRestart(this.#health.criticals, this.#restartAfter);
  }

  get #restartAfter(): number | undefined {
    const { spec, parts } = this.#options;
    return hookSetting("health-check", spec().hookSettings, parts.pkg.hookSettings).restartAfter;
  }

  /** What its readiness hook says; undefined where it has none. */
  get readiness(): { readonly ready: boolean; readonly reason: string } | undefined {
    return this.#readiness;
  }

  /** The process is up. `takenOver`: another Supervisor had it before. */
  begin(life: AbortSignal, takenOver: boolean): void {
    this.beginHealth(life);
    if (this.#readiness === undefined) return;
    // It stays in the balancers it is in while Supervisors change.
    const readyBefore = takenOver && this.#toldReady;
    this.#readiness.start(life, readyBefore);
    this.#tell(readyBefore);
  }

  /** Checks its health at once and begins the interval anew. */
  beginHealth(life: AbortSignal): void {
    this.#health.start(life);
  }

  /** The process is gone. */
  end(): void {
    this.#readiness?.stop();
  }

  #healthChecks(): ServiceHealth {
    const { spec, parts, hooks, host, processUp, say, unhealthy } = this.#options;
    const { report } = host;
    return new ServiceHealth({
      intervalMs: () => healthIntervalMs(spec()),
      isCounted: () => (this.#restartAfter ?? 0) > 0,
      random: host.random,
      check: hooks.has("health-check") ? (signal) => hooks.run("health-check", { signal }) : undefined,
      processUp,
      changed: () => {
        host.changed();
        if (this.unhealthy) unhealthy();
      },
      report:
        report === undefined
          ? undefined
          : (health) => report({ kind: "health-check", service: reportedService(parts, spec()), health }),
      unrecognised: (code) =>
        host.output.line(
          parts.pkg.ident.name,
          "HK",
          `Health check exited with an unknown status code, Invalid health check result: ${code}`,
        ),
      stopped: () => say("Health checking has been stopped"),
    });
  }

  #readinessHook(): ServiceReadiness {
    const { spec, parts, hooks, say } = this.#options;
    return new ServiceReadiness({
      settings: () => {
        const { interval, failures } = hookSetting("readiness", spec().hookSettings, parts.pkg.hookSettings);
        return {
          intervalMs: (interval ?? DEFAULT_READINESS_INTERVAL_SECONDS) * 1000,
          failures: failures ?? DEFAULT_READINESS_FAILURES,
        };
      },
      run: (signal) => hooks.run("readiness", { signal }),
      changed: (ready) => {
        say(ready ? "Ready" : `Not ready: ${this.#readiness?.reason}`);
        this.#tell(ready);
      },
    });
  }

  #tell(ready: boolean): void {
    const { host } = this.#options;
    if (this.#toldReady !== ready) host.announce({ notReady: !ready });
    host.changed();
  }

  /** What the ring knows, perhaps from a Supervisor before this one. */
  get #toldReady(): boolean {
    const { host, group } = this.#options;
    const { groups, localMemberId } = host.census();
    return groups.get(group)?.population.get(localMemberId)?.notReady !== true;
  }
}
