// What a Supervisor does around the ring's machine: it tells of the services it was told to run, withdraws those it no
// longer runs, and writes the state file (butterfly.md §10.8, §12.5, §13.1).
import type { Rumor } from "../rumor.ts";
import type { RingState } from "../state.ts";
import { writeStateFile } from "../state-file.ts";
import { RING_PORT } from "./addresses.ts";
import type { Host, RunService } from "./host.ts";
import { anyChanges } from "./view.ts";
import type { World } from "./world.ts";

/** The Supervisor of ours writes its state this long after a change, an original one every 30 s (butterfly.md §10.8). */
const OWN_PERSIST_DELAY_MS = 1000;
const ORIGINAL_PERSIST_PERIOD_MS = 30_000;
const WRITE_MS = 5;
/** A Supervisor takes in what changed in the stores this much later. */
const CENSUS_MS = 100;

/** Its process has started and the machine been told so. */
export function supervisorStarts(world: World, host: Host): void {
  if (host.behaviour === "original" && diskIsRead(world, host))
    persistPeriodically(world, host, host.process);
  for (const service of host.services.values()) announceService(world, host, service);
}

/** Its machine has taken a step. */
export function supervisorLooks(world: World, host: Host, state: RingState): void {
  if (host.behaviour !== "own") return;
  if (state.counters.services !== host.servicesSeen) lookThroughServices(world, host, state);
  if (diskIsRead(world, host) && !host.writePlanned && anyChanges(state) !== host.writtenChanges)
    persistSoon(world, host);
}

/** The last it does before its process ends in good order. */
export function supervisorLeaves(world: World, host: Host, state: RingState): void {
  if (diskIsRead(world, host)) host.disk.writeState(writeStateFile(state), world.now);
}

export function keepIncarnation(world: World, host: Host, incarnation: bigint): void {
  if (diskIsRead(world, host)) host.disk.writeIncarnation(incarnation, world.now + WRITE_MS);
}

export function runService(world: World, host: Host, service: RunService): void {
  host.services.set(service.group, service);
  announceService(world, host, service);
}

export function stopService(world: World, host: Host, group: string): void {
  host.services.delete(group);
  world.deliver(host, host.process, { kind: "withdraw", serviceGroup: group });
}

export function announce(world: World, host: Host, rumor: Rumor): void {
  world.deliver(host, host.process, { kind: "announce", rumor });
}

/** As a Supervisor does when a service starts (butterfly.md §12.5, §13.1). */
function announceService(world: World, host: Host, { group, leader, suitability }: RunService): void {
  if (host.machine === undefined) return;
  const before = host.machine.state.services.get(group)?.get(host.id);
  announce(world, host, {
    kind: "service",
    fromId: host.id,
    value: {
      memberId: host.id,
      serviceGroup: group,
      incarnation: (before?.incarnation ?? 0n) + 1n,
      initialized: false,
      pkg: `core/${group.split(".")[0]}/1.0.0/20260101000000`,
      cfg: new Uint8Array(),
      sys: {
        ip: host.address,
        hostname: host.name,
        gossipIp: "0.0.0.0",
        gossipPort: RING_PORT,
        httpGatewayIp: "0.0.0.0",
        httpGatewayPort: 9631,
        ctlGatewayIp: "127.0.0.1",
        ctlGatewayPort: 9632,
      },
      pkgIncarnation: before?.pkgIncarnation ?? 0n,
    },
  });
  if (leader)
    world.deliver(host, host.process, {
      kind: "elect",
      election: "election",
      serviceGroup: group,
      suitability,
    });
}

/** As a Supervisor of ours does: what others remember of a service that does not run here is withdrawn. */
function lookThroughServices(world: World, host: Host, state: RingState): void {
  host.servicesSeen = state.counters.services;
  const { process } = host;
  for (const [group, members] of state.services) {
    const service = members.get(host.id);
    if (service === undefined || service.stopped === true || host.services.has(group)) continue;
    world.after(CENSUS_MS, () => {
      if (!host.services.has(group)) world.deliver(host, process, { kind: "withdraw", serviceGroup: group });
    });
  }
}

/** Later nothing need be encoded. */
function diskIsRead({ now }: World, { diskReadUntilMs }: Host): boolean {
  return now < diskReadUntilMs;
}

function persistSoon(world: World, host: Host): void {
  const { process } = host;
  host.writePlanned = true;
  world.after(OWN_PERSIST_DELAY_MS, () => {
    host.writePlanned = false;
    persist(world, host, process);
  });
}

function persistPeriodically(world: World, host: Host, process: number): void {
  if (!persist(world, host, process)) return;
  world.after(ORIGINAL_PERSIST_PERIOD_MS, () => persistPeriodically(world, host, process));
}

/** False when that process is no more. */
function persist(world: World, host: Host, process: number): boolean {
  if (host.process !== process || host.machine === undefined) return false;
  host.writtenChanges = anyChanges(host.machine.state);
  host.disk.writeState(writeStateFile(host.machine.state), world.now + WRITE_MS);
  return true;
}
