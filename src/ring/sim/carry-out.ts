// Carries out what a plan says is to be done to the ring.
import { CLIENT_ID } from "../rumor.ts";
import type { Action } from "./action.ts";
import type { Host } from "./host.ts";
import { endProcess, leave, startProcess } from "./life.ts";
import { announce, runService, stopService } from "./supervisor.ts";
import { leaderOf } from "./view.ts";
import type { World } from "./world.ts";

type HostAction = Exclude<Action, { kind: "cut" | "heal" | "weather" | "leader-loss" }>;

export function carryOut(world: World, action: Action): void {
  switch (action.kind) {
    case "cut":
      world.faults.cut(action);
      return;
    case "heal":
      world.faults.heal(action.name);
      return;
    case "weather":
      world.faults.changeWeather(action.weather);
      return;
    case "leader-loss": {
      const leader = runningLeader(world, action.group);
      if (leader !== undefined) world.perform({ kind: "power-loss", host: leader.index });
      return;
    }
    default: {
      const host = world.hosts[action.host];
      if (host !== undefined) carryOutOn(world, host, action);
    }
  }
}

function carryOutOn(world: World, host: Host, action: HostAction): void {
  const { faults } = world;
  switch (action.kind) {
    case "start":
      if (!host.running) startProcess(world, host, action.disk ?? "kept");
      return;
    case "kill":
      endProcess(world, host);
      return;
    case "power-loss":
      host.powered = false;
      endProcess(world, host, action.lieMs);
      return;
    case "leave":
      leave(world, host);
      return;
    case "depart": {
      const victim = world.hosts[action.victim];
      if (victim === undefined) return;
      victim.left = true;
      world.trouble.begin(victim.index);
      announce(world, host, { kind: "departure", fromId: CLIENT_ID, value: { memberId: victim.id } });
      return;
    }
    case "spoil":
      faults.spoil(host, action.loss);
      return;
    case "slow":
      faults.slow(host, action.byMs);
      return;
    case "stall":
      faults.stall(host, action.forMs);
      return;
    case "suspend":
      faults.suspend(host, action.forMs, action.clockStops);
      return;
    case "move":
      faults.move(host);
      return;
    case "load": {
      const { group, leader, suitability = 0n } = action;
      runService(world, host, { group, leader, suitability });
      return;
    }
    case "unload":
      stopService(world, host, action.group);
      return;
    case "configure":
      announce(world, host, {
        kind: "service-config",
        fromId: CLIENT_ID,
        value: {
          serviceGroup: action.group,
          incarnation: action.version,
          encrypted: false,
          config: Buffer.from(action.text),
          fromId: CLIENT_ID,
        },
      });
      return;
    case "upload":
      announce(world, host, {
        kind: "service-file",
        fromId: CLIENT_ID,
        value: {
          serviceGroup: action.group,
          incarnation: action.version,
          encrypted: false,
          filename: action.filename,
          body: Buffer.from(action.text),
          fromId: CLIENT_ID,
        },
      });
      return;
    case "re-elect":
      world.deliver(host, host.process, { kind: "re-elect", serviceGroup: action.group });
  }
}

/** Whom the first host that knows a running leader takes for it. */
function runningLeader({ hosts, owners }: World, group: string): Host | undefined {
  for (const { machine } of hosts) {
    const leader = machine === undefined ? undefined : leaderOf(machine.state, group);
    const owner = leader === undefined ? undefined : owners.get(leader);
    if (owner?.running === true && owner.id === leader) return owner;
  }
  return undefined;
}
