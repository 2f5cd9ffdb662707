// The lives of a host's Supervisor processes: how one starts from what is on the disk, and how it ends.
import type { Address } from "../protocol.ts";
import { emptyRingState } from "../state.ts";
import { loadStateFile, readStateFile } from "../state-file.ts";
import type { DiskLeft } from "./action.ts";
import { RING_PORT } from "./addresses.ts";
import type { Host } from "./host.ts";
import { randomMemberId } from "./network.ts";
import { between, seededRandom } from "./random.ts";
import { supervisorLeaves, supervisorStarts } from "./supervisor.ts";
import { dropLinksOf } from "./tcp.ts";
import { anyChanges } from "./view.ts";
import type { World } from "./world.ts";

/** A process's clock shows anything up to this when its machine was switched on. */
export const CLOCK_START_RANGE_MS = 1e6;
/** A leaving Supervisor stops its services after it has said so. */
const LEAVING_MS = 2000;
/** An original whose main thread panics ends, and its launcher starts it again (butterfly.md §5.3). */
const LAUNCHER_MS = 1000;

export function startProcess(world: World, host: Host, disk: DiskLeft): void {
  const { options } = world;
  const factory = options.machines[host.behaviour];
  if (factory === undefined) throw new Error(`no machine for a member that is ${host.behaviour}`);
  if (!host.powered) host.restartClock(between(world.random, 0, CLOCK_START_RANGE_MS) - world.now);
  if (disk === "nothing") {
    host.disk.erase();
    host.id = randomMemberId(world.random);
    world.owners.set(host.id, host);
  } else if (disk === "id-only") host.disk.erase();
  host.powered = true;
  host.left = false;
  if (host.process > 0) world.trouble.end(host.index, world.now);
  host.process++;
  const local = host.localTime(world.now);
  const state = emptyRingState(host.id, host.disk.incarnation, world.registry);
  const suitability = (group: string): bigint => host.services.get(group)?.suitability ?? 0n;
  if (host.disk.state !== undefined)
    loadStateFile(state, readStateFile(host.disk.state), { now: local, suitability });
  if (host.process === 1) world.warmStart?.introduceAll(state, local);
  host.machine = factory({
    state,
    self: { address: "", swimPort: RING_PORT, gossipPort: RING_PORT, persistent: host.persistent },
    random: seededRandom(options.seed, 1000 + host.index * 1000 + host.process),
  });
  host.wakeAt = host.machine.wakeAt();
  host.servicesSeen = -1;
  host.writtenChanges = anyChanges(state);
  for (const witness of world.witnesses) witness.started?.(host);
  world.deliver(host, host.process, { kind: "start", peers: peersOf(world, host) });
  supervisorStarts(world, host);
}

/** The process ends at once, whatever it was about. `lieMs`: see the action `power-loss`. */
export function endProcess(world: World, host: Host, lieMs?: number): void {
  if (!host.running) {
    host.disk.crash(world.now, lieMs);
    return;
  }
  host.machine = undefined;
  host.endedAt = world.now;
  host.disk.crash(world.now, lieMs);
  host.forgetUnread();
  world.trouble.begin(host.index);
  dropLinksOf(world, host);
  for (const witness of world.witnesses) witness.ended?.(host);
}

/** An orderly end. */
export function leave(world: World, host: Host): void {
  if (!host.running) return;
  host.left = true;
  const { process } = host;
  world.deliver(host, process, { kind: "leave" });
  world.after(LEAVING_MS, () => {
    if (host.process !== process || host.machine === undefined) return;
    supervisorLeaves(world, host, host.machine.state);
    endProcess(world, host);
  });
}

/** Ends, and is back from its state file a moment later. */
export function crash(world: World, host: Host): void {
  const { process } = host;
  endProcess(world, host);
  world.after(LAUNCHER_MS, () => {
    if (host.process === process && host.powered && !host.left)
      world.perform({ kind: "start", host: host.index, disk: "kept" });
  });
}

/** The addresses the host was given to join by, as they are now. */
export function peersOf(world: World, host: Host): Address[] {
  return host.peers.flatMap((peer) => world.addresses.of(peer) ?? []);
}
