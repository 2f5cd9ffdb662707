// For tests: a node with a machine that records what it is told and does what a test says.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecretKey } from "../../crypto/index.ts";
import type { Member } from "../member.ts";
import type { MachineOptions, RingEffect, RingEvent, RingMachine, SwimMessage } from "../protocol.ts";
import { openRingStorage } from "../storage.ts";
import { type RingNode, type RingNodeOptions, startRingNode } from "./node.ts";

/** What a scripted machine does on an event; nothing where it returns nothing. */
export type Script = (event: RingEvent, machine: ScriptedMachine) => readonly RingEffect[] | undefined;

export class ScriptedMachine implements RingMachine {
  readonly state;
  readonly self: Member;
  readonly events: RingEvent[] = [];
  wake = Number.POSITIVE_INFINITY;
  readonly #script: Script;

  constructor({ state, self }: MachineOptions, script: Script) {
    this.state = state;
    this.self = {
      ...self,
      id: state.self,
      incarnation: state.incarnation,
      departed: false,
      probePing: false,
    };
    this.#script = script;
  }

  step(event: RingEvent): RingEffect[] {
    this.events.push(event);
    return [...(this.#script(event, this) ?? [])];
  }

  wakeAt(): number {
    return this.wake;
  }

  of<Kind extends RingEvent["kind"]>(kind: Kind): Extract<RingEvent, { kind: Kind }>[] {
    return this.events.filter((event): event is Extract<RingEvent, { kind: Kind }> => event.kind === kind);
  }
}

export interface ScriptedNode {
  readonly node: RingNode;
  readonly machine: ScriptedMachine;
  readonly lines: string[];
  readonly counted: Map<string, number>;
  readonly directory: string;
  /** Has the machine do something now. */
  act(...effects: RingEffect[]): void;
  changes: number;
}

export interface ScriptedOptions extends Partial<RingNodeOptions> {
  readonly script?: Script;
}

/** The script's own event, so that a test can have effects carried out. */
const TEST_GROUP = "test.effects";

/** Starts one on a free port of loopback; `stopAll` ends it. */
export async function startScripted(options: ScriptedOptions = {}): Promise<ScriptedNode> {
  const directory = mkdtempSync(join(tmpdir(), "hab-node-"));
  const storage = openRingStorage({
    directory,
    now: new Date(),
    monotonicNow: performance.now(),
    report: () => {},
  });
  let machine: ScriptedMachine | undefined;
  let effects: RingEffect[] = [];
  const lines: string[] = [];
  const counted = new Map<string, number>();
  const script: Script = (event, self) => {
    if (event.kind === "withdraw" && event.serviceGroup === TEST_GROUP) return effects;
    return (options.script ?? answering)(event, self);
  };
  const result = { changes: 0 };
  const node = await startRingNode({
    storage,
    machine: (made) => {
      machine = new ScriptedMachine(made, script);
      return machine;
    },
    listen: { host: "127.0.0.1", port: 0 },
    permanent: false,
    peers: [],
    key: undefined as SecretKey<"ring"> | undefined,
    changed: () => {
      result.changes++;
    },
    departed: () => {},
    report: (line) => lines.push(line),
    count: {
      increment: (name, labels) => {
        const key = `${name.replace("hab_butterfly_", "")}{${Object.values(labels).join(",")}}`;
        counted.set(key, (counted.get(key) ?? 0) + 1);
      },
      set: () => {},
      observe: () => {},
    },
    ...options,
  });
  const scripted: ScriptedNode = Object.assign(result, {
    node,
    machine: machine as unknown as ScriptedMachine,
    lines,
    counted,
    directory,
    act: (...todo: RingEffect[]) => {
      effects = todo;
      node.apply({ kind: "withdraw", serviceGroup: TEST_GROUP });
    },
  });
  started.push(scripted);
  return scripted;
}

const started: ScriptedNode[] = [];

export async function stopAll(): Promise<void> {
  for (const { node, directory } of started.splice(0)) {
    await node.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Acks every Ping. */
export const answering: Script = (event, { self }) => {
  if (event.kind !== "datagram" || !("from" in event.message) || typeof event.message.from !== "object")
    return undefined;
  if (event.message.kind !== "ping" && event.message.kind !== "probe-ping") return undefined;
  return [{ kind: "datagram", to: event.from, message: { kind: "ack", from: self, membership: [] } }];
};

export const pingFrom = (from: Member): SwimMessage => ({ kind: "ping", from, membership: [] });

/** Waits for a condition; the test's own time limit ends it where it never comes. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(1);
}
