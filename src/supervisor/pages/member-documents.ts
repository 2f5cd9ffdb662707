// Members of the ring as their page shows them. Of a thousand, only those that have changed are written anew.
import type { MemberEntry } from "../../ring/index.ts";
import type { SupervisorTold } from "../../web/index.ts";
import type { Census } from "../census/census.ts";
import { memberReport, type OwnMember, ownReport, type RingMemberReport } from "../ring/report.ts";
import { gatewayOf } from "./group-documents.ts";
import { MAX_GROUPS_OF_MEMBER } from "./limits.ts";

type MemberDocument = SupervisorTold.MemberDocument;

/** What a document was made of last. */
interface Known extends MemberEntry {
  readonly told: string;
}

/** What a member tells of itself with its services. */
interface Told {
  readonly hostname: string;
  readonly gateway: string;
  readonly groups: string[];
}

const NOTHING_TOLD: Told = { hostname: "", gateway: "", groups: [] };

export class MemberDocuments {
  readonly #known = new Map<string, Known>();
  /** Added to a moment of the ring's clock makes epoch milliseconds; once and for all, or every moment would seem to move. */
  readonly #epochMs: number;

  constructor(epochMs: number) {
    this.#epochMs = epochMs;
  }

  /** Calls `put` with each document that is new or another one; answers the ids of all members. */
  update(own: OwnMember, census: Census, put: (document: MemberDocument) => void): Set<string> {
    const told = toldByMembers(census);
    const { state } = own;
    const ids = new Set<string>([state.self]);
    put(this.#document(ownReport(own, 0), own.startedAtMs, told.get(state.self) ?? NOTHING_TOLD));
    for (const entry of state.members.values()) {
      const { id } = entry.member;
      if (ids.has(id)) continue;
      ids.add(id);
      const services = told.get(id) ?? NOTHING_TOLD;
      const known = { ...entry, told: `${services.hostname} ${services.gateway} ${services.groups}` };
      if (areSame(this.#known.get(id), known)) continue;
      this.#known.set(id, known);
      put(this.#document(memberReport(entry, 0), entry.since, services));
    }
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    return ids;
  }

  /** The documents have been dropped: all are to be made anew. */
  forget(): void {
    this.#known.clear();
  }

  #document(report: RingMemberReport, sinceMs: number, told: Told): MemberDocument {
    const { since_seconds: _, ...rest } = report;
    return { ...rest, ...told, since: Math.round(this.#epochMs + sinceMs) };
  }
}

function areSame(a: Known | undefined, b: Known): boolean {
  return a?.member === b.member && a.health === b.health && a.since === b.since && a.told === b.told;
}

function toldByMembers(census: Census): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const [name, group] of census.groups)
    for (const member of group.population.values()) {
      const known = told.get(member.memberId);
      if (known === undefined)
        told.set(member.memberId, {
          hostname: member.sys.hostname,
          gateway: gatewayOf(member),
          groups: [name],
        });
      else if (known.groups.length < MAX_GROUPS_OF_MEMBER) known.groups.push(name);
    }
  return told;
}
