// What `hab ring simulate` prints of a run: as text for people, as a document with --json.
import type { SimulationReport } from "../../ring/index.ts";

/** The story, what was measured, and what was broken. */
export function reportLines(report: SimulationReport, tookMs: number): string[] {
  const { measures, story, violations, settledMs, lengthMs } = report;
  return [
    ...story.map(({ atMs, text }) => `${(atMs / 1000).toFixed(3).padStart(9)} s  ${text}`),
    "",
    `${report.members} members${report.originals > 0 ? `, ${report.originals} of them originals` : ""}, scenario ${report.scenario}, seed ${report.seed}`,
    ...row("every member saw all others after", measures.allSeeAllMs),
    ...row("everyone knew the first leader after", measures.firstLeaderMs),
    ...measures.spreads.map(
      ({ what, halfMs, lastMs, reached, of }) =>
        `${what}: half of the members after ${duration(halfMs)}, the last after ${duration(lastMs)} (${reached} of ${of})`,
    ),
    ...measures.detections.map(
      ({ member, suspectMs, confirmedMs, confirmedByAllMs }) =>
        `end of ${member}: suspected after ${duration(suspectMs)}, confirmed by the first after ${duration(confirmedMs)}, by all after ${duration(confirmedByAllMs)}`,
    ),
    ...measures.leaderChanges.map(
      ({ group, firstMs, allMs }) =>
        `leader of ${group} lost: another after ${duration(firstMs)}, known to all after ${duration(allMs)}`,
    ),
    `false alarms: ${measures.falseSuspicions} suspicions, ${measures.falseConfirmations} confirmations`,
    `a member sends ${measures.datagramsPerMemberSecond.toFixed(2)} datagrams and ${measures.messagesPerMemberSecond.toFixed(2)} messages a second${
      measures.bytesPerMemberSecond === undefined
        ? ""
        : `, ${Math.round(measures.bytesPerMemberSecond)} bytes in all`
    }`,
    settledMs === undefined
      ? "the members did not come to agree"
      : `all agreed ${duration(settledMs)} after the last fault`,
    `${duration(lengthMs)} of virtual time in ${duration(tookMs)}: ${(lengthMs / tookMs).toFixed(0)} times as fast; ${report.steps} steps; fingerprint ${report.fingerprint}`,
    ...(report.pace === undefined ? [] : [paceLine(report.pace)]),
    ...(violations.length === 0
      ? ["nothing broken"]
      : violations.map(({ rule, text }) => `BROKEN (${rule}): ${text}`)),
  ];
}

function paceLine({ virtualPerReal, seconds, microsecondsPerStep }: NonNullable<SimulationReport["pace"]>) {
  const ratio = virtualPerReal >= 10 ? virtualPerReal.toFixed(0) : virtualPerReal.toFixed(2);
  return `while the ring is up, ${ratio} virtual seconds pass in a real one (median of ${seconds}), ${microsecondsPerStep.toFixed(1)} µs a step`;
}

/** One line for a run among many: how to repeat it, and what was broken first. */
export function summaryLine({ seed, scenario, members, originals, violations }: SimulationReport): string {
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  const command = `hab ring simulate --scenario ${scenario} --members ${members} --originals ${originals} --seed ${seed}`;
  return `seed ${seed}: ${first === undefined ? "nothing broken" : `${first.rule}: ${first.text}${more}`}\n  ${command}`;
}

/** As in docs/json/ring-simulate.json. */
export function reportDocument(report: SimulationReport, tookMs: number): unknown {
  const { measures } = report;
  return {
    seed: report.seed,
    scenario: report.scenario,
    members: report.members,
    originals: report.originals,
    ok: report.ok,
    violations: report.violations.map(({ atMs, rule, member, text }) => ({
      at_ms: whole(atMs),
      rule,
      member,
      text,
    })),
    settled_ms: whole(report.settledMs),
    length_ms: whole(report.lengthMs),
    took_ms: whole(tookMs),
    steps: report.steps,
    pace:
      report.pace === undefined
        ? null
        : {
            virtual_per_real: rounded(report.pace.virtualPerReal),
            seconds: report.pace.seconds,
            microseconds_per_step: rounded(report.pace.microsecondsPerStep),
          },
    fingerprint: report.fingerprint,
    measures: {
      all_see_all_ms: whole(measures.allSeeAllMs),
      first_leader_ms: whole(measures.firstLeaderMs),
      spreads: measures.spreads.map(({ what, atMs, halfMs, lastMs, reached, of }) => ({
        what,
        at_ms: whole(atMs),
        half_ms: whole(halfMs),
        last_ms: whole(lastMs),
        reached,
        of,
      })),
      detections: measures.detections.map(({ member, atMs, suspectMs, confirmedMs, confirmedByAllMs }) => ({
        member,
        at_ms: whole(atMs),
        suspect_ms: whole(suspectMs),
        confirmed_ms: whole(confirmedMs),
        confirmed_by_all_ms: whole(confirmedByAllMs),
      })),
      leader_changes: measures.leaderChanges.map(({ group, atMs, firstMs, allMs }) => ({
        group,
        at_ms: whole(atMs),
        first_ms: whole(firstMs),
        all_ms: whole(allMs),
      })),
      false_suspicions: measures.falseSuspicions,
      false_confirmations: measures.falseConfirmations,
      datagrams: measures.datagrams,
      messages: measures.messages,
      bytes_per_member_second: whole(measures.bytesPerMemberSecond),
    },
    story: report.story.map(({ atMs, text }) => ({ at_ms: whole(atMs), text })),
  };
}

/** To three digits behind the point. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function whole(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value);
}

function row(what: string, ms: number | undefined): string[] {
  return ms === undefined ? [] : [`${what} ${duration(ms)}`];
}

function duration(ms: number | undefined): string {
  if (ms === undefined) return "never";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
