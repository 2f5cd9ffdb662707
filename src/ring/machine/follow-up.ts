// What follows from changes in the stores: they are told to others, suspicions begin and end, neighbours and elections are
// looked at again. The stores name what changed by making it hot (`heat.ts`).
import { HEALTHS, type Health } from "../member.ts";
import type { RumorKey } from "../rumor.ts";
import { type Core, note } from "./core.ts";
import { oweToAll } from "./couriers.ts";
import { tellElection } from "./elect.ts";
import { tellDeparted } from "./hear.ts";
import { leadersMayHaveChanged } from "./leader-watch.ts";
import { isConfirmer } from "./neighbours.ts";
import { startProbe } from "./probe.ts";
import { updateRecord } from "./records.ts";
import { spreadChange } from "./spread.ts";
import { beginSuspicion } from "./suspicion.ts";

/** Whether anything changed that elections depend on. */
export function followUp(core: Core): boolean {
  const { heat } = core.state;
  let changed = false;
  while (heat.size > 0 || core.accusations.length > 0) {
    const hot = [...heat.values()];
    heat.clear();
    for (const { key } of hot) if (followOne(core, key)) changed = true;
    if (core.accusations.length === 0) continue;
    for (const { id, accuser } of core.accusations.splice(0))
      oweToAll(core, { kind: "member", id, key: "", accuser });
  }
  return changed;
}

/** Takes what is stored at the start for known: nothing of it is news. */
export function takeForKnown(core: Core, keys: readonly RumorKey[]): void {
  const { members } = core.state;
  core.state.heat.clear();
  core.healthSeen = members.healthColumn();
  for (const number of members.numbersWith("suspect")) {
    const member = members.memberAt(number);
    if (member !== undefined) beginSuspicion(core, member.id, member.incarnation);
  }
  for (const key of keys) updateRecord(core.records, core.state, key);
}

function followOne(core: Core, key: RumorKey): boolean {
  switch (key.kind) {
    case "member":
      return followMember(core, key);
    case "election":
    case "election-update":
      core.changedAt = core.now;
      updateRecord(core.records, core.state, key);
      tellElection(core, key);
      leadersMayHaveChanged(core);
      return false;
    case "service":
      spreadChange(core, key);
      leadersMayHaveChanged(core);
      return true;
    case "departure":
      spreadChange(core, key);
      if (key.id === core.state.self) core.effects.push({ kind: "departed" });
      else tellDeparted(core, key.id);
      return false;
    default:
      spreadChange(core, key);
      return false;
  }
}

function followMember(core: Core, key: RumorKey): boolean {
  const { members, self } = core.state;
  const number = members.registry.number(key.id);
  const entry = members.at(number);
  const before = seen(core, number, entry?.health);
  const after = entry?.health;
  const why = core.reasons.get(key.id) ?? "";
  core.reasons.delete(key.id);
  spreadChange(core, key);
  if (entry === undefined || after === undefined) return before !== undefined;
  if (after === "suspect") {
    beginSuspicion(core, key.id, entry.member.incarnation);
    if (before !== "suspect" && key.id !== self && isConfirmer(core, key.id)) confirm(core, key.id);
  } else core.suspicions.delete(key.id);
  if (before === after) return false;
  core.told.delete(key.id);
  note(core, { kind: "health", member: key.id, from: before, to: after, why });
  if (before === "alive" || after === "alive") core.neighbours.stale = true;
  leadersMayHaveChanged(core);
  return true;
}

/** Others cannot reach a member: those near it see for themselves. */
function confirm(core: Core, id: string): void {
  if (core.suspicions.get(id)?.accusers.has(core.state.self) === true) return;
  startProbe(core, id);
}

/** Notes the health for the next time; answers the one noted before. */
function seen(core: Core, number: number, health: Health | undefined): Health | undefined {
  if (number >= core.healthSeen.length) {
    const longer = new Uint8Array(Math.max(16, number + 1 + (number >> 2)));
    longer.set(core.healthSeen);
    core.healthSeen = longer;
  }
  const before = HEALTHS[(core.healthSeen[number] ?? 0) - 1];
  core.healthSeen[number] = health === undefined ? 0 : HEALTHS.indexOf(health) + 1;
  return before;
}
