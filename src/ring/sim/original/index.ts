// A member as Habitat 2.1.78 runs it, faults included, for simulations of rings in which such members live
// (reference/butterfly.md §9, §10, §13). Its threads are pieces of one machine; where one of them would panic it stops
// for good, and a note "refused: crash" says so.
import type { RingEffect, RingEvent, RingMachine } from "../../protocol.ts";
import {
  type Context,
  type OriginalOptions,
  refuse,
  shuffled,
  type Thread,
  type ThreadName,
  ThreadPanic,
} from "./context.ts";
import { expireThread } from "./expire.ts";
import { receiveDatagram } from "./inbound.ts";
import { elect, initialMembers, leave, mainThread } from "./main-loop.ts";
import { nextAckPoll, outboundThread } from "./outbound.ts";
import { receiveMessage, takeRumor } from "./pull.ts";
import { finishPush, pushThread } from "./push.ts";

export type { OriginalOptions, Shuffle } from "./context.ts";

interface Timed {
  readonly thread: Thread;
  wakeAt: number;
}

/** Makes the machine; nothing happens before its `start` event. */
export function createOriginalMember(options: OriginalOptions): RingMachine {
  const { state } = options;
  const context: Context = {
    state,
    options,
    shuffle: options.shuffle ?? ((members) => shuffled(members, options.random)),
    now: 0,
    effects: [],
    leaving: false,
    initialMembers: [],
    acks: [],
    awaitingAckSince: undefined,
    workers: new Map(),
    suitabilities: new Map(),
    triggered: new Set(),
    leaderGroups: new Set(),
    newPeers: undefined,
  };
  const timed = new Map<ThreadName, Timed>();
  const dead = new Set<ThreadName>();

  /** Runs a piece of a thread; a panic is that thread's end. */
  function run(name: ThreadName, piece: () => void): void {
    if (dead.has(name) || dead.has("main")) return;
    try {
      piece();
    } catch (error) {
      if (!(error instanceof ThreadPanic)) throw error;
      dead.add(name);
      timed.delete(name);
      if (name === "main") timed.clear();
      refuse(context, "crash", `${name}: ${error.message}`);
    }
  }

  /** Each to its next wait; one that need not wait is due again at once. */
  function runDue(): void {
    for (const [name, entry] of timed)
      run(name, () => {
        if (entry.wakeAt > context.now) return;
        const next = entry.thread.next();
        entry.wakeAt = next.done === true ? Infinity : next.value;
      });
  }

  function wake(name: ThreadName, at: number): void {
    const entry = timed.get(name);
    if (entry !== undefined && at < entry.wakeAt) entry.wakeAt = at;
  }

  function start(now: number): void {
    const threads: readonly (readonly [ThreadName, (context: Context) => Thread])[] = [
      ["main", mainThread],
      ["outbound", outboundThread],
      ["expire", expireThread],
      ["push", pushThread],
    ];
    for (const [name, thread] of threads) timed.set(name, { thread: thread(context), wakeAt: now });
  }

  function take(event: RingEvent): void {
    switch (event.kind) {
      case "start":
        context.initialMembers = initialMembers(context, event.peers);
        start(context.now);
        runDue();
        return;
      case "timer":
        runDue();
        return;
      case "peers":
        context.newPeers = event.peers;
        return;
      case "datagram":
        run("inbound", () => receiveDatagram(context, event.from, event.message));
        if (dead.has("outbound")) context.acks.length = 0;
        if (context.acks.length > 0) wake("outbound", nextAckPoll(context));
        return;
      case "message":
        run("pull", () => receiveMessage(context, event.message));
        return;
      case "pushed":
        if (!event.delivered) return;
        finishPush(context, event.push);
        if (context.workers.size === 0) wake("push", context.now);
        return;
      case "announce":
        // A service of our own goes into the store; the rest comes by way of the own gossip port.
        run(event.rumor.kind === "service" ? "main" : "pull", () => takeRumor(context, event.rumor));
        return;
      case "elect":
        if (event.election === "election") context.suitabilities.set(event.serviceGroup, event.suitability);
        run("main", () => elect(context, event.election, event.serviceGroup, event.suitability));
        return;
      case "suitability":
        context.suitabilities.set(event.serviceGroup, event.suitability);
        return;
      case "re-elect":
        context.triggered.add(event.serviceGroup);
        return;
      case "leave":
        run("main", () => leave(context));
        return;
      // Never retracted (§12.5), never connected for longer than a push, and deaf to ICMP.
      case "withdraw":
      case "link":
      case "unreachable":
        return;
    }
  }

  return {
    state,
    step(event, now): RingEffect[] {
      context.now = now;
      context.effects = [];
      if (dead.has("main")) return [];
      const incarnation = state.incarnation;
      take(event);
      if (state.incarnation !== incarnation)
        context.effects.unshift({ kind: "incarnation", incarnation: state.incarnation });
      return context.effects;
    },
    wakeAt(): number {
      let next = Infinity;
      for (const { wakeAt } of timed.values()) next = Math.min(next, wakeAt);
      return next;
    },
  };
}
