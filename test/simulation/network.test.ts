// The rules of the made-up network, seen by two or three scripted members: what arrives, what a sender is told, and when.
import { describe, expect, test } from "bun:test";
import { emptyRingState } from "../../src/ring/index.ts";
import type {
  GossipMessage,
  MachineOptions,
  RingEffect,
  RingEvent,
  RingMachine,
} from "../../src/ring/protocol.ts";
import { FAIR } from "../../src/ring/sim/network.ts";
import { EventQueue } from "../../src/ring/sim/queue.ts";
import { seededRandom } from "../../src/ring/sim/random.ts";
import { World } from "../../src/ring/sim/world.ts";

/** Tells what came and when; does what it is told from outside. */
class Puppet implements RingMachine {
  readonly state;
  readonly heard: { readonly at: number; readonly event: RingEvent }[] = [];
  timerAt = Number.POSITIVE_INFINITY;
  readonly #next: RingEffect[] = [];

  constructor(options: MachineOptions) {
    this.state = emptyRingState(options.state.self);
  }

  step(event: RingEvent, now: number): RingEffect[] {
    if (event.kind === "suitability") return this.#next.splice(0);
    if (event.kind === "timer") this.timerAt = Number.POSITIVE_INFINITY;
    this.heard.push({ at: now, event });
    return [];
  }

  wakeAt(): number {
    return this.timerAt;
  }

  will(effect: RingEffect): void {
    this.#next.push(effect);
  }
}

function stage(count: number) {
  const puppets: Puppet[] = [];
  const world = new World({
    seed: 1,
    machines: {
      own(options) {
        const puppet = new Puppet(options);
        puppets.push(puppet);
        return puppet;
      },
    },
    hosts: Array.from({ length: count }, () => ({ behaviour: "own" as const, peers: [] })),
    weather: FAIR,
    heavyLoss: 1,
    drift: 0,
  });
  for (const { index } of world.hosts) world.perform({ kind: "start", host: index });
  const address = (host: number) => ({ host: world.hosts[host]!.address, port: 9638 });
  return {
    world,
    address,
    id: (host: number) => world.hosts[host]!.id,
    puppet: (host: number) => world.hosts[host]!.machine as Puppet,
    act(host: number, effect: RingEffect): void {
      const { machine, process } = world.hosts[host]!;
      (machine as Puppet).will(effect);
      world.deliver(world.hosts[host]!, process, { kind: "suitability", serviceGroup: "", suitability: 0n });
    },
    ping(from: number, to: number, sequence = 0): void {
      this.act(from, {
        kind: "datagram",
        to: address(to),
        message: { kind: "short-ping", from: 1, to: 2, incarnation: 0n, sequence, digest: 0 },
      });
    },
    push(from: number, to: number, push: number, messages: readonly GossipMessage[] = [word(push)]): void {
      this.act(from, { kind: "push", push, to: `to ${to}`, address: address(to), messages });
    },
    heard: (host: number, kind: RingEvent["kind"]) =>
      (world.hosts[host]!.machine as Puppet).heard
        .map(({ event }) => event)
        .filter((event) => event.kind === kind),
  };
}

function word(number: number): GossipMessage {
  return { kind: "want", fromId: "", keys: [number] };
}

function words(events: readonly RingEvent[]): unknown[] {
  return events.map((event) =>
    event.kind === "message" && event.message.kind === "want" ? event.message.keys[0] : event,
  );
}

describe("datagrams", () => {
  test("arrive after a moment, doubled or not at all as the weather is", () => {
    const { world, ping, heard, ...rest } = stage(2);
    const play = { world, ping, heard, ...rest };
    play.ping(0, 1);
    world.run(1000);
    expect(heard(1, "datagram")).toHaveLength(1);
    world.perform({ kind: "weather", weather: { duplication: 1 } });
    play.ping(0, 1);
    world.run(2000);
    expect(heard(1, "datagram")).toHaveLength(3);
    world.perform({ kind: "weather", weather: { duplication: 0, loss: 1 } });
    play.ping(0, 1);
    world.run(3000);
    expect(heard(1, "datagram")).toHaveLength(3);
  });

  test("overtake each other when reordered", () => {
    const play = stage(2);
    play.world.perform({ kind: "weather", weather: { reordering: 0.5 } });
    for (let sequence = 0; sequence < 50; sequence++) play.ping(0, 1, sequence);
    play.world.run(1000);
    const order = play
      .heard(1, "datagram")
      .map((event) =>
        event.kind === "datagram" && "sequence" in event.message ? event.message.sequence : -1,
      );
    expect(order).toHaveLength(50);
    expect(order).not.toEqual([...order].sort((a, b) => Number(a) - Number(b)));
  });

  test("pass one way only where a cut says so", () => {
    const play = stage(2);
    play.world.perform({ kind: "cut", name: "a", from: [0], to: [1], oneWay: true, only: "udp" });
    play.ping(0, 1);
    play.ping(1, 0);
    play.world.run(1000);
    expect([play.heard(0, "datagram").length, play.heard(1, "datagram").length]).toEqual([1, 0]);
    play.world.perform({ kind: "heal", name: "a" });
    play.ping(0, 1);
    play.world.run(2000);
    expect(play.heard(1, "datagram")).toHaveLength(1);
  });

  test("to a killed process come back as unreachable, to a dark host never", () => {
    const play = stage(3);
    play.world.perform({ kind: "kill", host: 1 });
    play.world.perform({ kind: "power-loss", host: 2 });
    for (let time = 0; time < 30; time++) {
      play.ping(0, 1);
      play.ping(0, 2);
    }
    play.world.run(1000);
    const addresses = play
      .heard(0, "unreachable")
      .map((event) => (event.kind === "unreachable" ? event.address.host : ""));
    expect(addresses.length).toBeGreaterThan(10);
    expect(new Set(addresses)).toEqual(new Set([play.address(1).host]));
  });
});

describe("TCP", () => {
  test("keeps the order and says that it was taken over", () => {
    const play = stage(2);
    play.world.perform({ kind: "weather", weather: { loss: 0.3, reordering: 0.5 } });
    for (let number = 0; number < 20; number++) play.push(0, 1, number);
    play.world.run(60_000);
    const received = words(play.heard(1, "message"));
    expect(received).toEqual([...received].sort((a, b) => Number(a) - Number(b)));
    const answered = play.heard(0, "pushed");
    expect(answered).toHaveLength(20);
    const taken = answered.filter((event) => event.kind === "pushed" && event.delivered).length;
    expect(taken).toBeLessThanOrEqual(received.length);
  });

  test("costs a round trip before the first message", () => {
    const play = stage(2);
    play.push(0, 1, 1);
    play.world.run(1000);
    expect(play.heard(0, "link")).toEqual([{ kind: "link", to: "to 1", state: "up", own: true }]);
    const [, link] = play.puppet(0).heard;
    const start = play.puppet(0).heard[0]!.at;
    expect(link!.at - start).toBeGreaterThan(2 * FAIR.minimumMs);
  });

  test("to a killed process is refused, and an open connection closed", () => {
    const play = stage(2);
    play.push(0, 1, 1);
    play.world.run(1000);
    play.world.perform({ kind: "kill", host: 1 });
    play.world.run(1100);
    expect(play.heard(0, "link").at(-1)).toEqual({ kind: "link", to: "to 1", state: "closed" });
    play.push(0, 1, 2);
    play.world.run(1200);
    expect(play.heard(0, "link").at(-1)).toEqual({ kind: "link", to: "to 1", state: "refused" });
    expect(play.heard(0, "pushed").at(-1)).toEqual({ kind: "pushed", push: 2, delivered: false });
  });

  test.each(["power-loss", "cut"] as const)("without answer (%s) is lost after five seconds", (kind) => {
    const play = stage(2);
    play.push(0, 1, 1);
    play.world.run(1000);
    if (kind === "cut") play.world.perform({ kind, name: "a", from: [0], to: [1] });
    else play.world.perform({ kind, host: 1 });
    play.push(0, 1, 2);
    play.world.run(5900);
    expect(play.heard(0, "pushed")).toHaveLength(1);
    play.world.run(6100);
    expect(play.heard(0, "pushed").at(-1)).toEqual({ kind: "pushed", push: 2, delivered: false });
    expect(play.heard(0, "link").at(-1)).toEqual({ kind: "link", to: "to 1", state: "lost" });
  });

  test("gets through where a cut heals in time", () => {
    const play = stage(2);
    play.push(0, 1, 1);
    play.world.run(1000);
    play.world.perform({ kind: "cut", name: "a", from: [0], to: [1] });
    play.push(0, 1, 2);
    play.world.run(2500);
    play.world.perform({ kind: "heal", name: "a" });
    play.world.run(6000);
    expect(words(play.heard(1, "message"))).toEqual([1, 2]);
    expect(play.heard(0, "pushed").at(-1)).toEqual({ kind: "pushed", push: 2, delivered: true });
  });

  test("says who introduced itself", () => {
    const play = stage(2);
    const from = {
      id: "abc",
      incarnation: 0n,
      address: "",
      swimPort: 1,
      gossipPort: 1,
      persistent: false,
      departed: false,
      probePing: false,
    };
    play.push(0, 1, 1, [word(0), { kind: "hello", from }, word(1)]);
    play.world.run(1000);
    expect(play.heard(1, "message").map((event) => (event.kind === "message" ? event.by : ""))).toEqual([
      undefined,
      "abc",
      "abc",
    ]);
  });

  test.each([
    ["open", undefined],
    ["open", { kind: "stall", host: 1, forMs: 60_000 }],
    ["refused", { kind: "kill", host: 1 }],
    ["silent", { kind: "power-loss", host: 1 }],
  ] as const)("answers a knock: %s", (answer, fault) => {
    const play = stage(2);
    if (fault !== undefined) play.world.perform(fault);
    play.act(0, { kind: "knock", to: "x", address: play.address(1), withinMs: 500 });
    play.world.run(1000);
    expect(play.heard(0, "knocked")).toEqual([{ kind: "knocked", to: "x", answer }]);
  });
});

describe("a host", () => {
  test("that stands still deals with everything later, in order, and knows how late its timer is", () => {
    const play = stage(2);
    play.world.perform({ kind: "stall", host: 1, forMs: 5000 });
    const puppet = play.puppet(1);
    puppet.timerAt = play.world.hosts[1]!.localTime(1000);
    play.ping(0, 1);
    play.ping(1, 0); // a step, so that its timer is looked at
    play.world.run(4900);
    expect(play.heard(1, "datagram")).toEqual([]);
    play.world.run(6000);
    expect(play.heard(1, "datagram")).toHaveLength(1);
    const [timer] = play.heard(1, "timer");
    expect(timer?.kind === "timer" && Math.round(timer.lateMs)).toBe(4000);
  });

  test("that sleeps is silent, its kernel too, and its clock may stand still meanwhile", () => {
    const play = stage(2);
    const host = play.world.hosts[1]!;
    play.world.run(1000);
    const before = host.localTime(1000);
    play.world.perform({ kind: "suspend", host: 1, forMs: 5000, clockStops: true });
    play.act(0, { kind: "knock", to: "x", address: play.address(1), withinMs: 500 });
    play.world.run(2000);
    expect(play.heard(0, "knocked")).toEqual([{ kind: "knocked", to: "x", answer: "silent" }]);
    play.world.run(6000);
    expect(Math.abs(host.localTime(6000) - before)).toBeLessThan(1);
    play.ping(0, 1);
    play.world.run(6500);
    expect(play.heard(1, "datagram")).toHaveLength(1);
  });

  test("that has moved is found at its new address only", () => {
    const play = stage(2);
    const old = play.address(1);
    play.world.perform({ kind: "power-loss", host: 1 });
    play.world.perform({ kind: "move", host: 1 });
    play.world.perform({ kind: "start", host: 1, disk: "kept" });
    play.act(0, { kind: "knock", to: "old", address: old, withinMs: 500 });
    const address = { ...old, host: play.world.hosts[1]!.address };
    play.act(0, { kind: "knock", to: "new", address, withinMs: 500 });
    play.world.run(1000);
    expect(play.heard(0, "knocked")).toEqual([
      { kind: "knocked", to: "new", answer: "open" },
      { kind: "knocked", to: "old", answer: "silent" },
    ]);
  });

  test("drops datagrams nobody reads", () => {
    const play = stage(2);
    play.world.perform({ kind: "stall", host: 1, forMs: 5000 });
    for (let number = 0; number < 400; number++) play.ping(0, 1);
    play.world.run(6000);
    expect(play.heard(1, "datagram")).toHaveLength(256);
  });

  test("brings back its incarnation from disk, and less of it from a disk that lies", () => {
    const play = stage(2);
    play.act(1, { kind: "incarnation", incarnation: 3n });
    play.world.run(1000);
    play.act(1, { kind: "incarnation", incarnation: 4n });
    play.world.run(2000);
    const host = play.world.hosts[1]!;
    play.world.perform({ kind: "power-loss", host: 1 });
    expect(host.disk.incarnation).toBe(4n);
    play.world.perform({ kind: "start", host: 1, disk: "kept" });
    play.act(1, { kind: "incarnation", incarnation: 5n });
    play.world.run(3000);
    play.world.perform({ kind: "power-loss", host: 1, lieMs: 2500 });
    expect(host.disk.incarnation).toBe(3n);
    play.world.perform({ kind: "start", host: 1, disk: "nothing" });
    expect(host.disk.incarnation).toBe(0n);
  });
});

describe("the queue", () => {
  test("gives everything in the order of time, and what is due at once in the order it came", () => {
    const queue = new EventQueue<number>();
    const random = seededRandom(5);
    const times = Array.from({ length: 5000 }, () => Math.floor(random() * 200));
    for (const [number, time] of times.entries()) queue.push(time, 0, number);
    const expected = [...times.entries()]
      .sort(([a, timeA], [b, timeB]) => timeA - timeB || a - b)
      .map(([number]) => number);
    const taken: (number | undefined)[] = [];
    while (queue.pop()) taken.push(queue.what);
    expect(taken).toEqual(expected);
  });
});
