// Listening to depots: one connection each, again after it broke, and not at all where nothing is told.
import { describe, expect, test } from "bun:test";
import { clientErrors, DepotFailure, type ListenOptions } from "../../depot-client/index.ts";
import { type ChannelNews, DepotListeners } from "./depot-listener.ts";

interface Connection {
  readonly url: string;
  readonly options: ListenOptions;
  /** Ends it: as the depot does, or by a failure. */
  readonly end: (failure?: Error) => void;
}

/** Depots made up: what is connected, how long it was waited, and what was heard. */
class World {
  readonly connections: Connection[] = [];
  readonly waits: number[] = [];
  readonly news: ChannelNews[] = [];
  readonly listeners: DepotListeners;
  #goOn: (() => void) | undefined;
  #changed: (() => void) | undefined;

  constructor() {
    this.listeners = new DepotListeners({
      random: () => 1,
      heard: (news) => this.news.push(news),
      pause: (ms, signal) => {
        this.waits.push(ms);
        this.#changed?.();
        return new Promise((resolve) => {
          this.#goOn = resolve;
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      },
      listen: (url, options) =>
        new Promise((resolve, reject) => {
          const end = (failure?: Error): void => (failure === undefined ? resolve() : reject(failure));
          options.signal.addEventListener("abort", () => reject(options.signal.reason), { once: true });
          this.connections.push({ url, options, end });
          this.#changed?.();
        }),
    });
  }

  get last(): Connection {
    return this.connections.at(-1) as Connection;
  }

  goOn(): void {
    this.#goOn?.();
  }

  async until(so: () => boolean): Promise<void> {
    while (!so())
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
  }
}

const interest = (origin: string, channel = "stable", url = "http://one") => ({ url, origin, channel });

describe("listening", () => {
  test("is one connection for each depot, for all that is wanted of it", () => {
    const world = new World();
    world.listeners.keep([
      interest("b"),
      interest("a", "testing"),
      interest("a"),
      interest("c", "stable", "http://two"),
    ]);
    expect(world.connections.map(({ url, options }) => [url, options.origins, options.channels])).toEqual([
      ["http://one", ["a", "b"], ["stable", "testing"]],
      ["http://two", ["c"], ["stable"]],
    ]);
    world.listeners.keep([interest("a"), interest("b", "testing")]);
    expect(world.connections).toHaveLength(2);
    expect(world.connections.map(({ options }) => options.signal.aborted)).toEqual([false, true]);
    world.listeners.close();
    expect(world.last.options.signal.aborted).toBe(true);
  });

  test("hears of changes, and of everything when it begins or has missed something", () => {
    const world = new World();
    world.listeners.keep([interest("a")]);
    const { onPlace, onEvent } = world.last.options;
    onPlace("7");
    onEvent({ kind: "promotion", data: { origin: "a", channel: "stable" } });
    onPlace("8");
    onEvent({ kind: "reset", data: {} });
    const url = "http://one";
    expect(world.news).toEqual([
      { url, change: undefined },
      { url, change: { origin: "a", channel: "stable" } },
      { url, change: undefined },
    ]);
    world.listeners.close();
  });

  test("goes on where it was, after waits that grow until it hears again", async () => {
    const world = new World();
    world.listeners.keep([interest("a")]);
    world.last.options.onPlace("7");
    for (let lost = 1; lost <= 8; lost++) {
      const failure = new DepotFailure(clientErrors.unreachable, "gone");
      world.last.end(lost === 1 ? undefined : failure);
      await world.until(() => world.waits.length === lost);
      world.goOn();
      await world.until(() => world.connections.length === lost + 1);
      expect(world.last.options.after).toBe("7");
    }
    expect(world.waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    world.last.options.onPlace("9");
    world.last.end();
    await world.until(() => world.waits.length === 9);
    expect(world.waits.at(-1)).toBe(1000);
    world.listeners.close();
  });

  test("leaves a depot alone that does not tell", async () => {
    const world = new World();
    world.listeners.keep([interest("a")]);
    world.last.end(new DepotFailure(clientErrors.notFound, "no such path", { status: 404 }));
    await world.until(() => world.waits.length === 1);
    expect(world.waits).toEqual([3600_000]);
    world.listeners.close();
  });

  test("connects anew when something else is wanted, and then does not know what happened", async () => {
    const world = new World();
    world.listeners.keep([interest("a")]);
    world.last.options.onPlace("7");
    world.listeners.keep([interest("a"), interest("b")]);
    await world.until(() => world.connections.length === 2);
    expect(world.waits).toEqual([]);
    expect(world.last.options).toMatchObject({ origins: ["a", "b"], after: undefined });
    world.last.options.onPlace("8");
    expect(world.news).toHaveLength(2);
    world.listeners.close();
  });
});
