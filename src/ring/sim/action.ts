// What can be done to a simulated ring: faults, their ends, and what people and Supervisors do. Plain values, so that a plan
// can be made from a seed, told in the story, and repeated. Hosts are named by their numbers.
import type { Transport, Weather } from "./network.ts";

/** What a restarted Supervisor finds of its earlier life. */
export type DiskLeft =
  /** All that was written. */
  | "kept"
  /** Its id, but neither state nor incarnation. */
  | "id-only"
  /** Nothing: it is a new member at the same address. */
  | "nothing";

export type Action =
  /** The Supervisor starts, for the first time or again. */
  | { readonly kind: "start"; readonly host: number; readonly disk?: DiskLeft }
  /** The process ends without a word; the host stays. */
  | { readonly kind: "kill"; readonly host: number }
  /** The host is gone. `lieMs`: its disk loses what it claimed to have written in the last so many milliseconds. */
  | { readonly kind: "power-loss"; readonly host: number; readonly lieMs?: number }
  /** The same for whoever leads the group then. */
  | { readonly kind: "leader-loss"; readonly group: string }
  /** An orderly end for good. */
  | { readonly kind: "leave"; readonly host: number }
  /** `hab sup depart`, given at one member about another. */
  | { readonly kind: "depart"; readonly host: number; readonly victim: number }
  | {
      readonly kind: "cut";
      readonly name: string;
      readonly from: readonly number[];
      readonly to: readonly number[];
      readonly oneWay?: boolean;
      readonly only?: Transport;
    }
  | { readonly kind: "heal"; readonly name: string }
  | { readonly kind: "weather"; readonly weather: Partial<Weather> }
  /** So much of what this host sends and receives is lost; 0 ends it. */
  | { readonly kind: "spoil"; readonly host: number; readonly loss: number }
  /** Every event costs the member about so long; 0 ends it. */
  | { readonly kind: "slow"; readonly host: number; readonly byMs: number }
  /** The process stands still, then goes on. */
  | { readonly kind: "stall"; readonly host: number; readonly forMs: number }
  /** The machine sleeps: not even its kernel answers. `clockStops`: its monotonic clock knows nothing of it afterwards. */
  | { readonly kind: "suspend"; readonly host: number; readonly forMs: number; readonly clockStops: boolean }
  /** A machine that is off gets another address. */
  | { readonly kind: "move"; readonly host: number }
  | {
      readonly kind: "load";
      readonly host: number;
      readonly group: string;
      readonly leader: boolean;
      readonly suitability?: bigint;
    }
  | { readonly kind: "unload"; readonly host: number; readonly group: string }
  | {
      readonly kind: "configure";
      readonly host: number;
      readonly group: string;
      readonly version: bigint;
      readonly text: string;
    }
  | {
      readonly kind: "upload";
      readonly host: number;
      readonly group: string;
      readonly filename: string;
      readonly version: bigint;
      readonly text: string;
    }
  | { readonly kind: "re-elect"; readonly host: number; readonly group: string };

export interface TimedAction {
  readonly atMs: number;
  readonly action: Action;
}

/** The action in words. `name` gives a host its name. */
export function describeAction(action: Action, name: (host: number) => string): string {
  switch (action.kind) {
    case "start":
      return `${name(action.host)} starts${describeDisk(action.disk)}`;
    case "kill":
      return `the process of ${name(action.host)} is killed`;
    case "power-loss":
      return action.lieMs === undefined
        ? `${name(action.host)} loses power`
        : `${name(action.host)} loses power, and its disk the last ${seconds(action.lieMs)}`;
    case "leader-loss":
      return `the leader of ${action.group} is to lose power`;
    case "leave":
      return `${name(action.host)} leaves`;
    case "depart":
      return `${name(action.victim)} is told to depart, at ${name(action.host)}`;
    case "cut":
      return `cut ${action.name}: ${action.only === undefined ? "nothing" : `no ${action.only.toUpperCase()}`} passes ${
        action.oneWay === true ? "from" : "between"
      } ${names(action.from, name)} ${action.oneWay === true ? "to" : "and"} ${names(action.to, name)}`;
    case "heal":
      return `cut ${action.name} is healed`;
    case "weather":
      return `the network: ${Object.entries(action.weather)
        .map(([what, value]) => `${what} ${value}`)
        .join(", ")}`;
    case "spoil":
      return action.loss === 0
        ? `${name(action.host)} loses no more packets than others`
        : `${name(action.host)} loses ${percent(action.loss)} of its packets`;
    case "slow":
      return action.byMs === 0
        ? `${name(action.host)} is as fast as others again`
        : `${name(action.host)} is slow: ${action.byMs} ms an event`;
    case "stall":
      return `${name(action.host)} stands still for ${seconds(action.forMs)}`;
    case "suspend":
      return `${name(action.host)} sleeps for ${seconds(action.forMs)}${action.clockStops ? ", and its clock with it" : ""}`;
    case "move":
      return `${name(action.host)} gets another address`;
    case "load":
      return `${name(action.host)} runs ${action.group}${action.leader ? ", which elects a leader" : ""}`;
    case "unload":
      return `${name(action.host)} stops ${action.group} for good`;
    case "configure":
      return `configuration ${action.version} of ${action.group} is applied at ${name(action.host)}`;
    case "upload":
      return `file ${action.filename} ${action.version} of ${action.group} is uploaded at ${name(action.host)}`;
    case "re-elect":
      return `${action.group} is to elect anew, asked at ${name(action.host)}`;
  }
}

function describeDisk(disk: DiskLeft | undefined): string {
  switch (disk) {
    case undefined:
      return "";
    case "kept":
      return " again";
    case "id-only":
      return " again, with its id but nothing else on disk";
    case "nothing":
      return " again with an empty disk, as a new member";
  }
}

const NAMES_SHOWN = 8;

function names(hosts: readonly number[], name: (host: number) => string): string {
  const shown = hosts.slice(0, NAMES_SHOWN).map(name).join(" ");
  return hosts.length > NAMES_SHOWN ? `${shown} and ${hosts.length - NAMES_SHOWN} more` : shown;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
