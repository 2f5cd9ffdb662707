// One member of the ring as a pure state machine: events in, effects out (`protocol.ts`). Each event changes the stores;
// what changed is then told, followed up and, where a moment has come, acted on. No clock, sockets, disk or chance inside.
import type { MachineOptions, RingInsight, RingMachine } from "../protocol.ts";
import { arrivalDue, tellArrival } from "./arrival.ts";
import { type Core, newCore } from "./core.ts";
import { couriersDue, dispatchCouriers } from "./couriers.ts";
import { driveElections, electionsDue } from "./elect.ts";
import { forgetOld, forgettingDue } from "./expire.ts";
import { followUp } from "./follow-up.ts";
import { handle } from "./handle.ts";
import { driveJoining, joiningDue, missingPeers } from "./join.ts";
import { leaderWatchDue, watchLeaders } from "./leader-watch.ts";
import { brokenLinksDue, neighboursDue, refreshNeighbours, retryBrokenLinks } from "./neighbours.ts";
import { driveProbes, probesDue } from "./probe.ts";
import { nacksDue, sendNacks } from "./relay.ts";
import { spreadChange } from "./spread.ts";
import { chaseDue, chaseSuspects, confirmOverdue, nextSuspicionEnd } from "./suspicion.ts";

/** A member of ours. */
export function createMember(options: MachineOptions): RingMachine {
  return memberOf(newCore(options));
}

/** The member with these insides; for tests that look at them. */
export function memberOf(core: Core): RingMachine {
  return {
    state: core.state,
    step(event, now) {
      core.now = now;
      core.effects = [];
      core.teller = event.kind === "message" ? event.by : undefined;
      handle(core, event);
      if (event.kind === "timer") act(core);
      settle(core);
      return core.effects;
    },
    wakeAt: () => (core.started ? wakeAt(core) : Number.POSITIVE_INFINITY),
    insight: () => insight(core),
  };
}

/** What time brings. */
function act(core: Core): void {
  tellArrival(core);
  driveJoining(core);
  driveProbes(core);
  watchLeaders(core);
  confirmOverdue(core);
  chaseSuspects(core);
  sendNacks(core);
  retryBrokenLinks(core);
  forgetOld(core);
}

/** Follows changes up until nothing changes any more. */
function settle(core: Core): void {
  let changed = followUp(core);
  // What comes now is our own doing: nobody has told it to us.
  core.teller = undefined;
  for (;;) {
    for (const key of driveElections(core, changed)) spreadChange(core, key);
    refreshNeighbours(core);
    if (!followUp(core)) break;
    changed = true;
  }
  dispatchCouriers(core);
}

function wakeAt(core: Core): number {
  const due = Math.min(
    joiningDue(core),
    probesDue(core),
    leaderWatchDue(core),
    arrivalDue(core),
    nextSuspicionEnd(core),
    chaseDue(core),
    nacksDue(core),
    brokenLinksDue(core),
    neighboursDue(core),
    couriersDue(core),
    electionsDue(core),
    forgettingDue(core),
  );
  // What is overdue is due now: nobody was late for it.
  return Math.max(core.now, due);
}

function insight(core: Core): RingInsight {
  const { neighbours, couriers, probes, awareness, sync } = core;
  let owed = 0;
  for (const courier of couriers.to.values()) owed += courier.owed.size;
  return {
    awareness,
    neighbours: [...neighbours.links],
    servedOriginals: [...neighbours.served],
    owed,
    probing: [...probes.running.keys()],
    missingPeers: missingPeers(core),
    differentForMs: sync.differentSince === undefined ? 0 : core.now - sync.differentSince,
    sizes: sizesOf(core, owed),
  };
}

function sizesOf(core: Core, owed: number): RingInsight["sizes"] {
  const { spread, tombstones, elections } = core;
  return {
    records: core.records.byHash.size,
    couriers: core.couriers.to.size,
    owed,
    "links that broke": core.neighbours.broken.size,
    suspicions: core.suspicions.size,
    probes: core.probes.running.size,
    relaying: core.relaying.size,
    "told of their health": core.told.size,
    reasons: core.reasons.size,
    "news not told": spread.unheard.size,
    "news told": spread.heard.size,
    "forgotten members": tombstones.members.size,
    "forgotten services": tombstones.services.size,
    "stopped services": core.stopped.size,
    candidacies: elections.taking.size,
    "elections not told": elections.unsaid.size,
    heat: core.state.heat.size,
  };
}
