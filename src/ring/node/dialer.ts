// The connections we open: one to a member at a time, kept while the machine wants it or there is something to send.
import type { Address, GossipMessage, RingEffect, RingEvent } from "../protocol.ts";
import { type Knock, knockAt } from "./knock.ts";
import { Outgoing } from "./outgoing.ts";

export interface DialerOptions {
  readonly now: () => number;
  readonly encode: (message: GossipMessage, extensions: boolean) => Uint8Array | undefined;
  readonly sent: (message: GossipMessage, bytes: number) => void;
  /** What became of a push, a link or a knock. Never called within a call of ours. */
  readonly event: (event: RingEvent) => void;
  /** A connection that was wanted did not come about. */
  readonly connectFailed: (to: Address) => void;
}

type Effect<Kind extends RingEffect["kind"]> = Extract<RingEffect, { kind: Kind }>;

export class Dialer {
  readonly #options: DialerOptions;
  readonly #connections = new Map<string, Outgoing>();
  /** Those whose member has moved, or that are being closed; they send what they still hold. */
  readonly #retired = new Set<Outgoing>();
  readonly #knocks = new Set<Knock>();
  #closed = false;

  constructor(options: DialerOptions) {
    this.#options = options;
  }

  get connections(): number {
    return this.#connections.size + this.#retired.size;
  }

  get linked(): number {
    return [...this.#connections.values()].filter(({ wanted }) => wanted).length;
  }

  get waitingMessages(): number {
    let count = 0;
    for (const connection of this.#all()) count += connection.waitingMessages;
    return count;
  }

  /** Whether everything is handed over, or given up. */
  get idle(): boolean {
    return ![...this.#all()].some(({ busy }) => busy);
  }

  push({ push, to, address, messages, once }: Effect<"push">): void {
    this.#connectionTo(to, address).push({ push, messages, once: once ?? false });
  }

  link({ to, address }: Effect<"link">): void {
    this.#connectionTo(to, address).keep();
  }

  unlink({ to }: Effect<"unlink">): void {
    this.#connections.get(to)?.release();
  }

  async knock({ to, address, withinMs }: Effect<"knock">): Promise<void> {
    const knock = knockAt(address, withinMs);
    this.#knocks.add(knock);
    const answer = await knock.answer;
    this.#knocks.delete(knock);
    if (!this.#closed) this.#options.event({ kind: "knocked", to, answer });
  }

  close(): void {
    this.#closed = true;
    for (const knock of this.#knocks) knock.giveUp();
    for (const connection of [...this.#all()]) connection.close();
  }

  *#all(): Generator<Outgoing> {
    yield* this.#connections.values();
    yield* this.#retired;
  }

  #connectionTo(to: string, address: Address): Outgoing {
    const before = this.#connections.get(to);
    if (before !== undefined) {
      if (before.address.host === address.host && before.address.port === address.port) return before;
      this.#retired.add(before);
      this.#connections.delete(to);
      before.retire();
    }
    const { now, encode, sent, event, connectFailed } = this.#options;
    let up = false;
    const connection: Outgoing = new Outgoing({
      address,
      now,
      encode,
      sent,
      pushed: (push, delivered) => event({ kind: "pushed", push, delivered }),
      link: (state) => {
        if (state.state === "up") up = true;
        else if (!up) connectFailed(address);
        event({ kind: "link", to, ...state });
      },
      gone: () => {
        this.#retired.delete(connection);
        if (this.#connections.get(to) === connection) this.#connections.delete(to);
      },
    });
    this.#connections.set(to, connection);
    return connection;
  }
}
