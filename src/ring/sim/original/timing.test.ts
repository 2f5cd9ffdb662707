// When an original member does what (reference/butterfly.md §10, §11), event by event.
import { describe, expect, test } from "bun:test";
import type { Member } from "../../member.ts";
import { hearAboutMember, insertMembership } from "../../membership.ts";
import type { Address, RingEffect, RingEvent, RingMachine } from "../../protocol.ts";
import { emptyRingState } from "../../state.ts";
import { createOriginalMember } from "./index.ts";

function known(id: string, host: string, persistent = false): Member {
  return {
    id,
    incarnation: 0n,
    address: host,
    swimPort: 9638,
    gossipPort: 9638,
    persistent,
    departed: false,
    probePing: false,
  };
}

interface Done {
  readonly at: number;
  readonly effect: RingEffect;
}

/** One member whose pushes all arrive; events to come at times, and what it did until `end`. */
function run(machine: RingMachine, events: readonly (readonly [number, RingEvent])[], end: number): Done[] {
  const done: Done[] = [];
  const waiting = [...events];
  const step = (event: RingEvent, at: number): void => {
    for (const effect of machine.step(event, at)) {
      done.push({ at, effect });
      if (effect.kind === "push")
        waiting.unshift([at + 1, { kind: "pushed", push: effect.push, delivered: true }]);
    }
    waiting.sort(([a], [b]) => a - b);
  };
  for (;;) {
    const [next] = waiting;
    const wakeAt = machine.wakeAt();
    if (Math.min(wakeAt, next?.[0] ?? Infinity) > end) return done;
    if (next !== undefined && next[0] <= wakeAt) {
      waiting.shift();
      step(next[1], next[0]);
    } else step({ kind: "timer", lateMs: 0 }, wakeAt);
  }
}

function memberWith(...others: readonly Member[]): RingMachine {
  const state = emptyRingState("self");
  for (const member of others) insertMembership(state, { member, health: "alive" }, 0);
  const self = { address: "", swimPort: 9638, gossipPort: 9638, persistent: false };
  return createOriginalMember({ state, self, random: () => 0.999, shuffle: (members) => [...members] });
}

const START: readonly [number, RingEvent] = [0, { kind: "start", peers: [] }];
const B = known("b", "10.0.0.2");
const C = known("c", "10.0.0.3");

/** `time kind host` of the datagrams. */
const datagrams = (done: readonly Done[]) =>
  done.flatMap(({ at, effect }) =>
    effect.kind === "datagram" ? [`${at} ${effect.message.kind} ${effect.to.host}`] : [],
  );

const ackOf = (member: Member): RingEvent => ({
  kind: "datagram",
  from: { host: member.address, port: 9638 } satisfies Address,
  message: { kind: "ack", from: { ...member, address: "" }, membership: [] },
});

describe("probes", () => {
  test("a Ping, a PingReq after 1 s, suspect after 3.1 s, confirmed 9.3 s later and no probe after that", () => {
    const machine = memberWith(B, C);
    const done = run(machine, [START, ...[3101, 9301].map((at) => [at, ackOf(C)] as const)], 18_000);
    expect(datagrams(done)).toEqual([
      "0 ping 10.0.0.2",
      "1000 ping-req 10.0.0.3",
      "3100 ping 10.0.0.3",
      "6200 ping 10.0.0.2",
      "7200 ping-req 10.0.0.3",
      "9300 ping 10.0.0.3",
      "12400 ping 10.0.0.2",
      "13400 ping-req 10.0.0.3",
      "15500 ping 10.0.0.3",
    ]);
    const healths = done.flatMap(({ at, effect }) =>
      effect.kind === "note" && effect.note.kind === "health" && effect.note.member === "b"
        ? [`${at} ${effect.note.to}`]
        : [],
    );
    expect(healths).toEqual(["3100 suspect", "12500 confirmed"]);
  });

  test("an Ack is seen at the next look into the queue, ten milliseconds apart", () => {
    const done = run(memberWith(B), [START, [12, ackOf(B)]], 3099);
    const probe = done.find(({ effect }) => effect.kind === "note" && effect.note.kind === "probe");
    expect(probe).toMatchObject({ at: 20, effect: { note: { outcome: "ack", tookMs: 20 } } });
  });

  test("an Ack that comes between two probes serves the next one of that member", () => {
    const done = run(memberWith(B), [START, [3150, ackOf(B)], [3160, ackOf(B)]], 6300);
    expect(datagrams(done)).toEqual(["0 ping 10.0.0.2", "3100 ping 10.0.0.2", "6200 ping 10.0.0.2"]);
    const outcomes = done.flatMap(({ at, effect }) =>
      effect.kind === "note" && effect.note.kind === "probe" ? [[at, effect.note.outcome]] : [],
    );
    expect(outcomes).toEqual([
      [3100, "failed"],
      [3150, "ack"],
      [6200, "ack"],
    ]);
  });

  test("who is called confirmed is asked with a ProbePing between passes, and confirmed after 1 s", () => {
    const machine = memberWith(B);
    const done = run(machine, [START, [5, ackOf(B)]], 2000);
    hearAboutMember(machine.state, { member: B, health: "confirmed" }, 2000);
    done.push(...run(machine, [], 8000));
    expect(datagrams(done)).toEqual(["0 ping 10.0.0.2", "3100 probe-ping 10.0.0.2"]);
    expect(machine.state.members.get("b")).toMatchObject({ health: "confirmed", since: 4100 });
  });

  test("a persistent member is probed whatever its health", () => {
    const persistent = known("p", "10.0.0.4", true);
    const machine = memberWith(persistent);
    insertMembership(machine.state, { member: persistent, health: "departed" }, 0);
    expect(datagrams(run(machine, [START], 6300))).toEqual([
      "0 ping 10.0.0.4",
      "3100 ping 10.0.0.4",
      "6200 ping 10.0.0.4",
    ]);
  });

  test("addresses to join by are pinged each pass until more than half as many members are known", () => {
    const machine = memberWith();
    const peers = ["10.0.0.7", "10.0.0.8"].map((host) => ({ host, port: 9638 }));
    const ping: RingEvent = {
      kind: "datagram",
      from: { host: "10.0.0.2", port: 9638 },
      message: { kind: "ping", from: { ...B, address: "" }, membership: [{ member: C, health: "alive" }] },
    };
    const done = run(
      machine,
      [
        [0, { kind: "start", peers }],
        [3500, ping],
      ],
      6300,
    );
    expect(datagrams(done)).toEqual([
      "0 ping 10.0.0.7",
      "0 ping 10.0.0.8",
      "3100 ping 10.0.0.7",
      "3100 ping 10.0.0.8",
      "3500 ack 10.0.0.2",
      "6200 ping 10.0.0.3",
    ]);
  });
});

describe("pushes", () => {
  test("five at a time, each rumor twice to each member, a second apart", () => {
    const others = Array.from({ length: 7 }, (_, index) => known(`m${index}`, `10.0.1.${index}`));
    const done = run(memberWith(...others), [START], 3050);
    const pushes = done.flatMap(({ at, effect }) => (effect.kind === "push" ? [{ at, effect }] : []));
    const perTime = Map.groupBy(pushes, ({ at }) => at);
    expect([...perTime].map(([at, { length }]) => [at, length])).toEqual([
      [0, 5],
      [1000, 2],
      // One of the five has had everything by now, with the Ping and (so the count says) the PingReq about it.
      [2000, 4],
      [3000, 2],
    ]);
    for (const { effect } of pushes) expect(effect.once).toBe(true);
    const told = new Map<string, number>();
    for (const { effect } of pushes)
      for (const message of effect.messages)
        if (message.kind === "member") {
          const key = `${effect.to} ${message.value.member.id}`;
          told.set(key, (told.get(key) ?? 0) + 1);
        }
    expect(Math.max(...told.values())).toBe(2);
  });

  test("a failed push counts as sent, after half a second for each of its rumors", () => {
    const machine = memberWith(B);
    const [, ...rest] = machine.step({ kind: "start", peers: [] }, 0).filter(({ kind }) => kind === "push");
    expect(rest).toEqual([]);
    machine.step({ kind: "pushed", push: 0, delivered: false }, 2);
    const { heat } = machine.state;
    const [warmth] = heat.values();
    const sent = warmth!.sent.get("b");
    run(machine, [], 499);
    expect(warmth!.sent.get("b")).toBe(sent);
    run(machine, [], 500);
    expect(warmth!.sent.get("b")).toBe((sent ?? 0) + 1);
  });
});
