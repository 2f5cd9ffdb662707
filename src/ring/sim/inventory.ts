// What there is to be recorded in a run, and with it how much a member may store: for the invariant `bounded`.
import type { Action } from "./action.ts";
import type { Host } from "./host.ts";

export class Inventory {
  /** All service groups there ever were. */
  readonly groups = new Set<string>();
  /** Groups that elect a leader. */
  readonly leaderGroups = new Set<string>();
  readonly #services = new Set<string>();
  readonly #files = new Set<string>();
  readonly #departed = new Set<number>();

  acted(action: Action, hosts: readonly Host[]): void {
    switch (action.kind) {
      case "load":
        this.groups.add(action.group);
        if (action.leader) this.leaderGroups.add(action.group);
        this.#services.add(`${action.group} ${hosts[action.host]?.id}`);
        return;
      case "start":
        for (const host of hosts)
          for (const group of host.services.keys()) this.#services.add(`${group} ${host.id}`);
        return;
      case "unload":
      case "configure":
        this.groups.add(action.group);
        return;
      case "upload":
        this.groups.add(action.group);
        this.#files.add(`${action.group} ${action.filename}`);
        return;
      case "depart":
        this.#departed.add(action.victim);
        return;
      default:
    }
  }

  started(host: Host): void {
    for (const [group, { leader }] of host.services) {
      this.groups.add(group);
      this.#services.add(`${group} ${host.id}`);
      if (leader) this.leaderGroups.add(group);
    }
  }

  /** Store → how much may be in it, at a host, where there ever were so many members. */
  limits({ behaviour }: Host, members: number): Readonly<Record<string, number>> {
    const services = this.#services.size;
    const groups = this.groups.size;
    const files = this.#files.size;
    const departures = this.#departed.size;
    const things = members + services + 3 * groups + files + departures;
    return {
      members,
      "members to probe": 2 * members,
      services,
      configurations: groups,
      files,
      elections: groups,
      "update elections": groups,
      departures,
      records: things,
      couriers: members,
      // Each courier owes each thing once, and each suspect's accusers.
      owed: members * (things + members * members),
      "links that broke": members,
      suspicions: members,
      probes: members,
      relaying: 256,
      "told of their health": members,
      // What is about to change is told of in the same step.
      reasons: members,
      heat: behaviour === "own" ? 0 : things,
      "news not told": members,
      "news told": members,
      "forgotten members": members,
      "forgotten services": services,
      "stopped services": services,
      candidacies: 2 * groups,
      "elections not told": 2 * groups,
    };
  }
}
