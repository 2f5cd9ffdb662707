// The configuration of one service and what is rendered from it and the census, brought up to date; remembers what of it has
// changed on disk and nobody has acted on yet (reference/services.md §11, §19).
import { mergeChanges, NO_CHANGES, type RenderedChanges } from "../plan/service.ts";
import type { ServiceSpec } from "../spec/spec.ts";
import type { ServiceBinds } from "./binds.ts";
import { renderContext } from "./context.ts";
import { applyServiceFiles } from "./files.ts";
import type { ServiceHost, ServiceParts } from "./ports.ts";
import { renderService } from "./render.ts";
import { visibleCensus } from "./visible.ts";

export interface ServiceRenderingOptions {
  readonly group: string;
  readonly parts: ServiceParts;
  readonly binds: ServiceBinds;
  readonly spec: () => ServiceSpec;
  readonly host: Pick<ServiceHost, "census" | "output" | "sys">;
  readonly say: (content: string) => void;
}

export class ServiceRendering {
  readonly #options: ServiceRenderingOptions;
  #changes: RenderedChanges = NO_CHANGES;
  #problems: readonly string[] = [];
  #userConfigTouched = false;
  /** What of the census was seen when it was rendered last. */
  #seen = "";

  constructor(options: ServiceRenderingOptions) {
    this.#options = options;
  }

  /** What has changed on disk since `actedOn`. */
  get changes(): RenderedChanges {
    return this.#changes;
  }

  /** What is wrong with configuration or templates while the last good ones are in force. */
  get problems(): readonly string[] {
    return [...this.#options.parts.config.problems, ...this.#problems];
  }

  /** user.toml appeared, changed or went. */
  userConfigTouched(): void {
    this.#userConfigTouched = true;
  }

  actedOnChanges(): void {
    this.#changes = NO_CHANGES;
  }

  /** Takes in what is new and renders where that can be seen; whether the configuration changed. */
  async update(): Promise<boolean> {
    const configChanged = await this.#updateConfig();
    await this.#render(configChanged);
    return configChanged;
  }

  /** Writes files uploaded for the group; whether any was written. */
  async updateFiles(): Promise<boolean> {
    const { group, parts, host } = this.#options;
    const files = host.census().groups.get(group)?.serviceFiles;
    if (files === undefined || files.size === 0) return false;
    return applyServiceFiles(group, parts.pkg, files, host.output);
  }

  /** Takes in newer applied configuration and a changed user.toml; whether anything changed. */
  async #updateConfig(): Promise<boolean> {
    const { group, parts, host, say } = this.#options;
    const applied = host.census().groups.get(group)?.serviceConfig;
    let changed = applied !== undefined && parts.config.apply(applied.incarnation, applied.value);
    if (this.#userConfigTouched) {
      this.#userConfigTouched = false;
      const problem = await parts.config.reloadUser();
      if (problem === undefined) changed = true;
      else say(`Reloading user-config failed: ${problem}`);
    }
    return changed;
  }

  async #render(configChanged: boolean): Promise<void> {
    const { group, parts, binds, spec, host } = this.#options;
    const census = host.census();
    const mapped = spec().binds;
    const visible = visibleCensus(census, group, mapped);
    if (!configChanged && visible === this.#seen) return;
    const data = renderContext({
      sys: host.sys,
      pkg: parts.pkg,
      cfg: parts.config.merged,
      group: parts.group,
      census,
      satisfiedBinds: binds.satisfied(census, mapped),
    });
    const result = await renderService(group, parts.pkg, parts.templates, data, host.output);
    this.#seen = visible;
    this.#problems = result.problems;
    this.#changes = mergeChanges(this.#changes, result.changes);
  }
}
