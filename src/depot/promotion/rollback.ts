// Going back to an earlier state of a channel: what it would change, and doing it as a change of its own.
import { Refusal } from "../answers.ts";
import type { Caller } from "../roles.ts";
import { type Actor, recordAudit } from "../store/audit.ts";
import {
  type ChannelName,
  findChange,
  type PackageRef,
  presentState,
  stateAt,
  stateNumber,
  stillHere,
} from "../store/channel-changes.ts";
import type { Queries, Writing } from "../store/database.ts";
import { findGate } from "../store/gates.ts";
import { findChannel } from "../store/origins.ts";
import { changeChannel } from "./change-channel.ts";
import { isApproverNow } from "./gate.ts";

export interface RollbackPlan {
  /** The state the channel is in. */
  readonly state: number;
  readonly add: readonly PackageRef[];
  readonly remove: readonly PackageRef[];
  /** Of that state, but not in the depot any more. */
  readonly gone: readonly PackageRef[];
}

/** What going back to the state `to` would change. Refuses with 404 when the channel never had it. */
export async function planRollback(db: Queries, name: ChannelName, to: number): Promise<RollbackPlan> {
  if ((await findChange(db, name, to)) === undefined)
    throw new Refusal(404, `The channel ${name.channel} never had a state ${to}`);
  const [now, then] = [await presentState(db, name), await stateAt(db, name, to)];
  const missing = [...then.values()].filter(({ id }) => !now.has(id));
  const here = await stillHere(
    db,
    missing.map(({ id }) => id),
  );
  return {
    state: await stateNumber(db, name),
    add: missing.filter(({ id }) => here.has(id)),
    remove: [...now.values()].filter(({ id }) => !then.has(id)),
    gone: missing.filter(({ id }) => !here.has(id)),
  };
}

export interface RollbackOptions {
  readonly to: number;
  /** Does what is possible where packages of that state are gone. */
  readonly withoutGone: boolean;
  /** Refuses unless the channel is still in this state. */
  readonly expectedState: number | undefined;
}

/** Goes back. Refuses with 404, 403 past a gate by whom it does not name, 409 when it cannot be done as asked. */
export async function rollBack(
  writing: Writing,
  caller: Caller,
  actor: Actor,
  name: ChannelName,
  { to, withoutGone, expectedState }: RollbackOptions,
): Promise<RollbackPlan> {
  const { db } = writing;
  const channel = await findChannel(db, name.origin, name.channel);
  if (channel === undefined) throw new Refusal(404);
  await refuseUnlessApprover(db, name, caller);
  const plan = await planRollback(db, name, to);
  if (expectedState !== undefined && expectedState !== plan.state)
    throw new Refusal(409, `The channel is in state ${plan.state} by now, not ${expectedState}`);
  if (plan.gone.length > 0 && !withoutGone)
    throw new Refusal(
      409,
      `${plan.gone.length} packages of state ${to} are no longer in the depot, the first is ${plan.gone[0]?.ident}`,
    );
  const { state, added, removed } = await changeChannel(writing, actor, channel, {
    action: "rollback",
    add: plan.add,
    remove: plan.remove,
    backTo: to,
  });
  if (state !== undefined)
    await recordAudit(writing, actor, {
      operation: "rollback",
      subject: String(to),
      origin: name.origin,
      channel: name.channel,
      details: { added: identsOf(added), removed: identsOf(removed) },
    });
  return { ...plan, state: state ?? plan.state };
}

function identsOf(packages: readonly PackageRef[]): string[] {
  return [...new Set(packages.map(({ ident }) => ident))].sort();
}

/**
 * Past a gate, a rollback does not wait for approvals, because the way out of trouble must be short; but it puts packages
 * into the channel, so only an approver may do it.
 */
export async function refuseUnlessApprover(db: Queries, name: ChannelName, caller: Caller): Promise<void> {
  const gate = await findGate(db, name);
  if (gate !== undefined && !(await isApproverNow(db, gate, caller)))
    throw new Refusal(403, `The channel ${name.channel} has a gate: only its approvers may roll it back`);
}
