// Makes the documents of the Supervisor's pages from services, census and ring, one source at a time.
import { asTimeOfDay } from "../../host/index.ts";
import type { SupervisorTold } from "../../web/index.ts";
import { readiness } from "../readiness.ts";
import type { RingPort } from "../ring/port.ts";
import type { RingSummary } from "../ring/reports.ts";
import type { Services } from "../services.ts";
import type { SysInfo } from "../sys.ts";
import type { MakeDocuments, PutDocument } from "./feed.ts";
import { groupDocument, peerDocument } from "./group-documents.ts";
import { MAX_PROBLEMS } from "./limits.ts";
import { MemberDocuments } from "./member-documents.ts";
import { serviceDetail, serviceDocument } from "./service-documents.ts";
import type { SourceName } from "./topics.ts";

type SelfDocument = SupervisorTold.SelfDocument;

export interface PageViewOptions {
  readonly services: Pick<Services, "get" | "list" | "closing">;
  readonly ring: Pick<RingPort, "census" | "state">;
  readonly ringSummary: RingSummary;
  readonly updateWaits: (name: string) => string | undefined;
  readonly sys: SysInfo;
  readonly organization: string | undefined;
  /** `HAB_FEAT_REDACT_HTTP`. */
  readonly redact: boolean;
  /** When the Supervisor started, on the steady clock. */
  readonly startedAtMs: number;
}

export function pageDocuments(options: PageViewOptions): MakeDocuments {
  const { services, ring, ringSummary, updateWaits, organization, redact } = options;
  const members = new MemberDocuments(Date.now() - performance.now());

  const makers = {
    self(put: PutDocument) {
      put("self", selfDocument(options));
      return new Set(["self"]);
    },
    services(put: PutDocument) {
      const all = services.list().map((snapshot) => {
        const { name } = snapshot.spec.ident;
        const key = `service/${name}`;
        put(key, serviceDocument({ snapshot, organization, updateWaits: updateWaits(name) }));
        return key;
      });
      return new Set(all);
    },
    groups(put: PutDocument) {
      const all = [...ring.census.groups.values()].map((group) => {
        const key = `group/${group.serviceGroup}`;
        put(key, groupDocument(group, ring.state));
        return key;
      });
      return new Set(all);
    },
    ring(put: PutDocument) {
      const keyOf = (id: string) => `member/${id}`;
      const ids = members.update(ringSummary.own, ring.census, (document) =>
        put(keyOf(document.id), document),
      );
      return new Set([...ids].map(keyOf));
    },
  };

  const detail = async (name: string, put: PutDocument): Promise<Set<string>> => {
    const snapshot = services.get(name);
    if (snapshot === undefined) return new Set();
    put(`detail/${name}`, await serviceDetail(snapshot, ring.census, redact));
    return new Set([`detail/${name}`]);
  };

  const peers = (name: string, put: PutDocument): Set<string> => {
    const group = ring.census.groups.get(name);
    const all = [...(group?.population.values() ?? [])].map((member) => {
      const key = `peer/${name}/${member.memberId}`;
      if (group !== undefined) put(key, peerDocument(member, group, ring.state));
      return key;
    });
    return new Set(all);
  };

  return {
    make(source: SourceName, put: PutDocument) {
      if (source.startsWith("detail:")) return detail(source.slice("detail:".length), put);
      if (source.startsWith("peers:")) return peers(source.slice("peers:".length), put);
      return makers[source as keyof typeof makers](put);
    },
    forget(source: SourceName) {
      if (source === "ring") members.forget();
    },
  };
}

const NO_MEMBERS = { alive: 0, suspect: 0, confirmed: 0, departed: 0 };

function selfDocument(options: PageViewOptions): SelfDocument {
  const { services, sys, ringSummary, organization, redact, startedAtMs } = options;
  const { ready, reasons } = readiness(services.list(), organization, services.closing);
  const ring = redact ? undefined : ringSummary.summary();
  const problems = [...reasons, ...(ring?.problems ?? [])];
  return {
    member_id: sys.memberId,
    hostname: sys.hostname,
    version: sys.version,
    organization: organization ?? null,
    started_at: Math.round(asTimeOfDay(startedAtMs)),
    gossip_address: ring?.address ?? "",
    encrypted: ring === undefined ? null : ring.ring_key !== null,
    redacted: redact,
    ready,
    problems: problems.slice(0, MAX_PROBLEMS),
    more_problems: Math.max(0, problems.length - MAX_PROBLEMS),
    members: ring?.members ?? NO_MEMBERS,
  };
}
