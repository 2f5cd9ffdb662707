// One page that follows: what it is told next, from its place in the documents and in the time line.
import type { EventKind } from "../events/event.ts";
import type { Follower, StreamedEvent } from "../http/event-stream.ts";
import type { DocumentChange, Documents } from "./documents.ts";
import { MAX_BATCH, MAX_BATCH_LENGTH } from "./limits.ts";
import type { Timeline } from "./timeline.ts";

interface Place {
  readonly version: number;
  readonly number: number;
}

export interface PageFollowerOptions {
  readonly run: string;
  readonly documents: Documents;
  readonly timeline: Timeline;
  readonly isShown: (key: string) => boolean;
  /** What it has up to its place; the rest it is told from the beginning. */
  readonly isKnown: (key: string) => boolean;
  /** Which events it is told; undefined for none. */
  readonly events: ((kind: EventKind) => boolean) | undefined;
  readonly seen: Place;
  /** Whether it goes on from where it was. */
  readonly resumed: boolean;
  readonly eventsKnown: boolean;
  readonly hello: () => object;
  readonly left: () => void;
}

export class PageFollower implements Follower {
  readonly #options: PageFollowerOptions;
  #version: number;
  #number: number;
  /** Documents that are new to it, up to its place; undefined once it has them. */
  #first: Iterator<DocumentChange> | undefined;
  #resumed: boolean;
  #state: "waiting" | "greeting" | "telling" | "left" = "waiting";
  #synced = false;
  #wake: (() => void) | undefined;

  constructor(options: PageFollowerOptions) {
    this.#options = options;
    this.#version = options.seen.version;
    this.#number = options.eventsKnown ? options.seen.number : 0;
    this.#resumed = options.resumed;
  }

  /** What it follows is up to date. */
  begin(): void {
    if (this.#state !== "waiting") return;
    this.#state = "greeting";
    this.wake();
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  leave(): void {
    if (this.#state === "left") return;
    this.#state = "left";
    this.#options.left();
    this.wake();
  }

  async next(): Promise<StreamedEvent | undefined> {
    for (;;) {
      if (this.#state === "left") return undefined;
      const event = this.#state === "waiting" ? undefined : this.#take();
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #take(): StreamedEvent | undefined {
    const { documents, hello } = this.#options;
    if (this.#state === "greeting" || this.#version < documents.horizon) {
      // Removals it has not seen are forgotten: only a new beginning is right.
      if (this.#version < documents.horizon) this.#resumed = false;
      if (!this.#resumed) this.#version = 0;
      if (!this.#resumed) this.#number = 0;
      this.#state = "telling";
      this.#synced = false;
      this.#first = this.#resumed ? this.#unknown(this.#version) : undefined;
      return this.#event("hello", JSON.stringify({ ...hello(), fresh: !this.#resumed }));
    }
    return this.#changes() ?? this.#happened() ?? this.#sync();
  }

  #sync(): StreamedEvent | undefined {
    if (this.#synced) return undefined;
    this.#synced = true;
    return this.#event("synced", "{}");
  }

  *#unknown(upTo: number): Generator<DocumentChange> {
    const { documents, isShown, isKnown } = this.#options;
    for (const change of documents.after(0)) {
      if (change.version > upTo) return;
      if (change.json !== undefined && isShown(change.key) && !isKnown(change.key)) yield change;
    }
  }

  /** The next documents, or undefined when it has all. */
  #changes(): StreamedEvent | undefined {
    const { documents, isShown } = this.#options;
    const parts: string[] = [];
    let length = 0;
    const isFull = () => parts.length >= MAX_BATCH || length >= MAX_BATCH_LENGTH;
    const take = ({ key, json = "null" }: DocumentChange): void => {
      const part = `${JSON.stringify(key)}:${json}`;
      parts.push(part);
      length += part.length;
    };
    while (this.#first !== undefined && !isFull()) {
      const { done, value } = this.#first.next();
      if (done === true) this.#first = undefined;
      else take(value);
    }
    if (this.#first === undefined) {
      const all = documents.version;
      let full = false;
      for (const change of documents.after(this.#version)) {
        if (isFull()) {
          full = true;
          break;
        }
        this.#version = change.version;
        if (isShown(change.key)) take(change);
      }
      if (!full) this.#version = all;
    }
    return parts.length === 0 ? undefined : this.#event("documents", `{${parts.join(",")}}`);
  }

  #happened(): StreamedEvent | undefined {
    const { timeline, events } = this.#options;
    const next = events === undefined ? [] : timeline.after(this.#number, MAX_BATCH, events);
    this.#number = next.at(-1)?.number ?? timeline.count;
    return next.length === 0
      ? undefined
      : this.#event("events", `[${next.map(({ json }) => json).join(",")}]`);
  }

  #event(kind: string, json: string): StreamedEvent {
    return { id: `${this.#options.run}-${this.#version}-${this.#number}`, kind, json };
  }
}
