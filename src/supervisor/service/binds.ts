// The binds of one service: whether the groups it is bound to give what it needs, and what changed in that
// (reference/services.md §12).
import { type BindStatus, bindStatus, describeBind } from "../census/binds.ts";
import type { Census } from "../census/census.ts";
import { formatBind, type ServiceBind } from "../group.ts";
import type { ServicePackage } from "./package.ts";

export class ServiceBinds {
  readonly #pkg: ServicePackage;
  readonly #say: (content: string) => void;
  readonly #status = new Map<string, BindStatus["kind"]>();

  constructor(pkg: ServicePackage, say: (content: string) => void) {
    this.#pkg = pkg;
    this.#say = say;
  }

  /** Whether some mapped bind is not satisfied; says what changed since it last looked. */
  check(census: Census, binds: readonly ServiceBind[]): boolean {
    let unsatisfied = false;
    for (const bind of binds) {
      const status = this.#statusOf(census, bind);
      if (status.kind !== "satisfied") unsatisfied = true;
      const key = formatBind(bind);
      const before = this.#status.get(key);
      if (before === status.kind) continue;
      this.#status.set(key, status.kind);
      // Nothing was missing: there is nothing to tell.
      if (before === undefined && status.kind === "satisfied") continue;
      this.#say(describeBind(bind, status));
    }
    return unsatisfied;
  }

  /** Those that were not satisfied at the last look. */
  missing(): readonly string[] {
    return [...this.#status].filter(([, status]) => status !== "satisfied").map(([bind]) => bind);
  }

  satisfied(census: Census, binds: readonly ServiceBind[]): readonly ServiceBind[] {
    return binds.filter((bind) => this.#statusOf(census, bind).kind === "satisfied");
  }

  #statusOf(census: Census, bind: ServiceBind): BindStatus {
    const { requiredBinds, optionalBinds } = this.#pkg;
    return bindStatus(census, bind, requiredBinds.get(bind.name) ?? optionalBinds.get(bind.name) ?? []);
  }
}
