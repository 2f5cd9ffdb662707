// Publishes to whichever server of a NATS cluster can be reached, for ever; nobody waits for it. What cannot be sent yet is
// kept, up to a limit, the oldest given up first (reference/supervisor.md §17).
import { describeError } from "../../error/index.ts";
import { type NatsAddress, parseNatsAddress } from "./address.ts";
import { connectNats, type NatsConnection, type NatsOptions } from "./nats-connection.ts";

/** Events kept while there is no connection; the original keeps none. */
export const MAX_KEPT_EVENTS = 1000;

/** Addresses a cluster may tell us. */
const MAX_ADDRESSES = 32;

/** Compat: after every third failure with an address a longer wait. */
export const RETRY_MS = 5_000;
export const LONG_RETRY_MS = 60_000;

export interface PublisherOptions extends Omit<NatsOptions, "serverName"> {
  readonly count: (outcome: "sent" | "dropped") => void;
  readonly say: (content: string) => void;
  /** Milliseconds to wait after the n-th failure in a row with an address; for tests. */
  readonly retryMs?: (failures: number) => number;
}

interface Target {
  readonly address: NatsAddress;
  failures: number;
  notBeforeMs: number;
}

export class NatsPublisher {
  readonly #options: PublisherOptions;
  readonly #retryMs: (failures: number) => number;
  readonly #targets = new Map<string, Target>();
  readonly #first = Promise.withResolvers<void>();
  readonly #closing = new AbortController();
  #waiting: { readonly subject: string; readonly payload: Uint8Array }[] = [];
  #connection: NatsConnection | undefined;
  #dropped = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#retryMs = options.retryMs ?? retryMs;
    this.#learn(options.address);
    void this.#run();
  }

  /** Resolves when there has been a connection. */
  get connected(): Promise<void> {
    return this.#first.promise;
  }

  /** Sends it as soon as that is possible. Returns at once, whatever the network does. */
  publish(subject: string, payload: Uint8Array): void {
    this.#waiting.push({ subject, payload });
    if (this.#waiting.length > MAX_KEPT_EVENTS) {
      this.#waiting.shift();
      this.#dropped += 1;
      this.#options.count("dropped");
    }
    this.#send();
  }

  /** Ends; what can be sent within a moment still is. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#connection?.finish();
  }

  #send(): void {
    const connection = this.#connection;
    while (connection?.hasRoom === true) {
      const event = this.#waiting.shift();
      if (event === undefined) return;
      connection.publish(event.subject, event.payload);
      this.#options.count("sent");
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const target = this.#next();
      await pause(target.notBeforeMs - performance.now(), signal);
      if (signal.aborted) return;
      const reason = await this.#serve(target);
      if (signal.aborted) return;
      if (target.failures === 1) {
        const { host, port } = target.address;
        this.#options.say(`Event stream to ${host}:${port}: ${reason}; trying again`);
      }
    }
  }

  /** Connects and sends until the connection ends; answers why it did. */
  async #serve(target: Target): Promise<string> {
    const { address } = target;
    try {
      // Other servers are told by address: their certificates are those of the cluster's name.
      const connection = await connectNats({
        ...this.#options,
        address,
        serverName: this.#options.address.host,
      });
      if (this.#closing.signal.aborted) connection.close();
      this.#connection = connection;
      target.failures = 0;
      const lost = this.#dropped === 0 ? "" : `, after ${this.#dropped} events were dropped`;
      this.#options.say(`Event stream connected to ${address.host}:${address.port}${lost}`);
      this.#dropped = 0;
      this.#first.resolve();
      connection.onRoom(() => this.#send());
      this.#send();
      const ended = await connection.ended;
      for (const other of connection.others) this.#learnOther(other);
      return describeError(ended);
    } catch (error) {
      return describeError(error);
    } finally {
      this.#connection = undefined;
      target.failures += 1;
      target.notBeforeMs = performance.now() + this.#retryMs(target.failures);
    }
  }

  #next(): Target {
    const [first, ...others] = this.#targets.values();
    if (first === undefined) throw new RangeError("no server");
    return others.reduce((best, other) => (other.notBeforeMs < best.notBeforeMs ? other : best), first);
  }

  #learn(address: NatsAddress): void {
    const key = `${address.host}:${address.port}`;
    if (this.#targets.has(key) || this.#targets.size >= MAX_ADDRESSES) return;
    this.#targets.set(key, { address, failures: 0, notBeforeMs: 0 });
  }

  #learnOther(text: string): void {
    try {
      const { login } = this.#options.address;
      this.#learn({ ...parseNatsAddress(text), ...(login === undefined ? {} : { login }) });
    } catch {
      // What is no address cannot be connected to.
    }
  }
}

function retryMs(failures: number): number {
  return failures % 3 === 0 ? LONG_RETRY_MS : RETRY_MS;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    timer.unref();
    signal.addEventListener("abort", end, { once: true });
  });
}
