// What is known of loaded services that do not run: what they were made of last, or would be made of, because the gateways list
// them too.
import type { BuildService } from "./service/build.ts";
import type { ServiceParts } from "./service/ports.ts";
import type { ServiceSpec } from "./spec/spec.ts";

export interface Remembered {
  readonly parts: ServiceParts | undefined;
  readonly sinceMs: number;
}

export interface RememberedOptions {
  readonly build: BuildService;
  readonly now: () => number;
  /** Whether nothing else is known of the service by now. */
  readonly isIdle: (name: string) => boolean;
  readonly changed: (name: string) => void;
}

export class RememberedServices {
  readonly #options: RememberedOptions;
  readonly #known = new Map<string, Remembered>();

  constructor(options: RememberedOptions) {
    this.#options = options;
  }

  get(name: string): Remembered | undefined {
    return this.#known.get(name);
  }

  /** Its process has ended, or is about to. */
  stopped(name: string, parts: ServiceParts): void {
    this.#set(name, parts);
  }

  /** It can be shown, whatever becomes of its start. */
  built(name: string, parts: ServiceParts): void {
    const known = this.#known.get(name);
    this.#known.set(name, { parts, sinceMs: known?.sinceMs ?? this.#options.now() });
  }

  /** Forgets all but these, and describes those that have never run. */
  keep(wanted: ReadonlyMap<string, ServiceSpec>, held: ReadonlyMap<string, unknown>): void {
    for (const name of this.#known.keys()) if (!wanted.has(name)) this.#known.delete(name);
    for (const [name, spec] of wanted) {
      const known = this.#known.get(name);
      if (known === undefined) this.#set(name, undefined);
      if (!held.has(name) && known?.parts === undefined) void this.#describe(name, spec);
    }
  }

  async #describe(name: string, spec: ServiceSpec): Promise<void> {
    try {
      const parts = await this.#options.build(spec, undefined);
      if (!this.#options.isIdle(name)) return;
      this.#set(name, parts);
      this.#options.changed(name);
    } catch {
      // Its start will say what is wrong; until then there is nothing to show.
    }
  }

  #set(name: string, parts: ServiceParts | undefined): void {
    this.#known.set(name, { parts, sinceMs: this.#options.now() });
  }
}
