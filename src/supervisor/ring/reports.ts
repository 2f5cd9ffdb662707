// The reports on the ring as the texts the HTTP gateway answers with.
import type { RingInsight, RingNode } from "../../ring/index.ts";
import { healthReport, type RingNotes, troublesOf } from "./health-report.ts";
import {
  membersReport,
  type OwnMember,
  type RingStatusReport,
  rumorsReport,
  statusReport,
} from "./report.ts";

export interface RingReportsOptions {
  readonly node: Pick<RingNode, "state" | "address" | "health">;
  readonly insight: () => RingInsight;
  readonly notes: RingNotes;
  /** Where others are told to reach us, else where the node listens. */
  readonly advertised: RingNode["address"] | undefined;
  readonly keyName: string | undefined;
  readonly permanent: boolean;
  /** What else is not as it should be with our groups, a sentence each. */
  readonly updateProblems: () => readonly string[];
}

/** One function a report. */
export interface RingReports {
  status(): string;
  members(): string;
  rumors(): Promise<string>;
  health(): string;
}

/** What `status` says, and whom it is said of, as values. */
export interface RingSummary {
  readonly own: OwnMember;
  summary(): RingStatusReport;
}

export function ringReports(options: RingReportsOptions): {
  readonly reports: RingReports;
  readonly ringSummary: RingSummary;
} {
  const { node, insight, notes, advertised, keyName, permanent, updateProblems } = options;
  const { state } = node;
  const own = { state, address: advertised ?? node.address, permanent, startedAtMs: performance.now() };
  const input = () => ({ state, health: node.health(), insight: insight(), notes, keyName });
  const summary = () => statusReport(own, keyName, [...troublesOf(input()), ...updateProblems()]);
  const reports = {
    status: () => JSON.stringify(summary()),
    members: () => JSON.stringify(membersReport(own, performance.now())),
    rumors: async () => JSON.stringify(await rumorsReport(state)),
    health: () => JSON.stringify(healthReport({ ...input(), nowMs: performance.now() })),
  };
  return { reports, ringSummary: { own, summary } };
}
