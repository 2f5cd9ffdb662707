// Faults as they begin and end: what is cut off, lost, slow, asleep or somewhere else. Each is noted as trouble of the hosts
// it touches.
import type { Action } from "./action.ts";
import type { Host } from "./host.ts";
import { peersOf } from "./life.ts";
import type { Weather } from "./network.ts";
import type { World } from "./world.ts";

type CutAction = Extract<Action, { kind: "cut" }>;

/** How long a name still stands for an old address. */
const RESOLVE_MS = 5000;

export class Faults {
  readonly #world: World;
  /** More loss than this is a storm: trouble for all. */
  readonly #heavyLoss: number;
  /** The hosts each cut touches. */
  readonly #cuts = new Map<string, readonly number[]>();
  #stormy = false;

  constructor(world: World, heavyLoss: number) {
    this.#world = world;
    this.#heavyLoss = heavyLoss;
  }

  cut({ name, from, to, oneWay, only }: CutAction): void {
    const { network, trouble } = this.#world;
    const senders = new Set(from);
    const receivers = new Set(to);
    const transport = only === undefined ? {} : { only };
    network.cut(name, { from: senders, to: receivers, ...transport });
    if (oneWay !== true) network.cut(`${name} back`, { from: receivers, to: senders, ...transport });
    const touched = [...new Set([...from, ...to])];
    this.#cuts.set(name, touched);
    for (const host of touched) trouble.begin(host);
  }

  heal(name: string): void {
    const { network, trouble, now } = this.#world;
    network.heal(name);
    network.heal(`${name} back`);
    for (const host of this.#cuts.get(name) ?? []) trouble.end(host, now);
    this.#cuts.delete(name);
  }

  changeWeather(weather: Partial<Weather>): void {
    const { network, trouble, now } = this.#world;
    network.weather = { ...network.weather, ...weather };
    const stormy = network.weather.loss > this.#heavyLoss;
    if (stormy && !this.#stormy) trouble.beginForAll();
    if (!stormy && this.#stormy) trouble.endForAll(now);
    this.#stormy = stormy;
  }

  spoil(host: Host, loss: number): void {
    this.#world.network.spoil(host.index, loss);
    this.#troubled(host, loss > 0);
  }

  slow(host: Host, byMs: number): void {
    host.slowMs = byMs;
    this.#troubled(host, byMs > 0);
  }

  stall(host: Host, forMs: number): void {
    const world = this.#world;
    host.stalledUntil = world.now + forMs;
    this.#troubled(host, true);
    world.after(forMs, () => this.#troubled(host, false));
  }

  suspend(host: Host, forMs: number, clockStops: boolean): void {
    const world = this.#world;
    const { network } = world;
    const everyone = new Set(world.hosts.map(({ index }) => index));
    const name = `sleep of ${host.name}`;
    network.cut(name, { from: new Set([host.index]), to: everyone });
    network.cut(`${name} back`, { from: everyone, to: new Set([host.index]) });
    host.stalledUntil = world.now + forMs;
    this.#troubled(host, true);
    world.after(forMs, () => {
      network.heal(name);
      network.heal(`${name} back`);
      if (clockStops) host.holdClock(forMs);
      this.#troubled(host, false);
    });
  }

  /** Members of ours that join by its name find the new address; the others know what it tells them, or what they get at a start. */
  move(host: Host): void {
    const world = this.#world;
    if (host.running) return;
    world.addresses.move(host);
    for (const other of world.hosts) {
      if (other.behaviour !== "own" || !other.peers.includes(host.index)) continue;
      const { process } = other;
      world.after(RESOLVE_MS, () =>
        world.deliver(other, process, { kind: "peers", peers: peersOf(world, other) }),
      );
    }
  }

  #troubled({ index }: Host, begins: boolean): void {
    const { trouble, now } = this.#world;
    if (begins) trouble.begin(index);
    else trouble.end(index, now);
  }
}
