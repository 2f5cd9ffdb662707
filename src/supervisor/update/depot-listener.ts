// Listens to depots for changes of channels, so that updates need not wait for the next look: one connection for each depot,
// whatever the number of services. A depot that does not tell (the original's) is left alone for an hour; looking goes on as
// ever beside it, so nothing depends on being told.
import type { ListenOptions } from "../../depot-client/index.ts";

/** What a service wants to know of. */
export interface ChannelInterest {
  readonly url: string;
  readonly origin: string;
  readonly channel: string;
}

/** A change of a channel, or of anything at all in a depot where it is not known what was missed. */
export interface ChannelNews {
  readonly url: string;
  /** Undefined for everything in this depot. */
  readonly change: { readonly origin: string; readonly channel: string } | undefined;
}

export function concerns({ url, change }: ChannelNews, interest: ChannelInterest): boolean {
  if (url !== interest.url) return false;
  return change === undefined || (change.origin === interest.origin && change.channel === interest.channel);
}

export interface DepotListenersOptions {
  readonly listen: (url: string, options: ListenOptions) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
  readonly heard: (news: ChannelNews) => void;
  /** For tests: waits instead of the clock. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Kinds of events that change what a channel offers. */
const KINDS = ["upload", "promotion", "demotion", "rollback"] as const;

/** The first wait before connecting again; each further one is twice as long. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/** A depot that does not tell, or not us, is asked again after this time: it may have been replaced. */
const UNTOLD_WAIT_MS = 3600_000;

/** Beyond that many, all origins are listened to: an address has an end. */
const MOST_NAMED = 100;

interface Listening {
  readonly life: AbortController;
  /** Ends the present connection, because something else is wanted. */
  renew: AbortController;
  origins: readonly string[];
  channels: readonly string[];
}

export class DepotListeners {
  readonly #options: DepotListenersOptions;
  readonly #depots = new Map<string, Listening>();

  constructor(options: DepotListenersOptions) {
    this.#options = options;
  }

  /** Listens for exactly these. */
  keep(interests: readonly ChannelInterest[]): void {
    const byUrl = new Map<string, ChannelInterest[]>();
    for (const interest of interests) {
      const known = byUrl.get(interest.url);
      if (known === undefined) byUrl.set(interest.url, [interest]);
      else known.push(interest);
    }
    for (const [url, listening] of this.#depots) {
      if (byUrl.has(url)) continue;
      listening.life.abort();
      this.#depots.delete(url);
    }
    for (const [url, wanted] of byUrl) {
      const origins = distinct(wanted.map(({ origin }) => origin));
      const channels = distinct(wanted.map(({ channel }) => channel));
      const known = this.#depots.get(url);
      if (known === undefined) {
        const listening = {
          life: new AbortController(),
          renew: new AbortController(),
          origins,
          channels,
        };
        this.#depots.set(url, listening);
        void this.#run(url, listening);
      } else if (String(known.origins) !== String(origins) || String(known.channels) !== String(channels)) {
        known.origins = origins;
        known.channels = channels;
        known.renew.abort();
      }
    }
  }

  close(): void {
    for (const { life } of this.#depots.values()) life.abort();
    this.#depots.clear();
  }

  /** Never throws: a depot that cannot be listened to is looked at all the same. */
  async #run(url: string, listening: Listening): Promise<void> {
    const { life } = listening;
    const { random, heard, pause = pauseFor } = this.#options;
    let place: string | undefined;
    let failures = 0;
    while (!life.signal.aborted) {
      listening.renew = new AbortController();
      const { renew } = listening;
      let untold = false;
      try {
        await this.#options.listen(url, {
          ...(listening.origins.length <= MOST_NAMED && { origins: listening.origins }),
          ...(listening.channels.length <= MOST_NAMED && { channels: listening.channels }),
          kinds: KINDS,
          after: place,
          onPlace(heardUpTo) {
            // What happened before the first connection, nobody has told.
            if (place === undefined) heard({ url, change: undefined });
            place = heardUpTo;
            failures = 0;
          },
          onEvent: ({ kind, data }) => heard({ url, change: kind === "reset" ? undefined : changeOf(data) }),
          signal: AbortSignal.any([life.signal, renew.signal]),
        });
      } catch (error) {
        untold = isFinal((error as { status?: unknown } | null)?.status);
      }
      if (life.signal.aborted) return;
      // Something else is wanted now: what the old connection would not have told may have happened.
      if (renew.signal.aborted) {
        place = undefined;
        continue;
      }
      const wait = untold ? UNTOLD_WAIT_MS : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
      failures++;
      // Many that lost the same depot do not come back together.
      await pause(wait * (0.5 + random() / 2), AbortSignal.any([life.signal, renew.signal]));
    }
  }
}

function distinct(words: readonly string[]): string[] {
  return [...new Set(words)].sort();
}

/** Answers that will be the same in a minute: there is no such path there, or it is not for us. */
function isFinal(status: unknown): boolean {
  return typeof status === "number" && status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** The channel an event is about; of an event that says none, everything may have changed. */
function changeOf(data: unknown): ChannelNews["change"] {
  const { origin, channel } = (data ?? {}) as { origin?: unknown; channel?: unknown };
  return typeof origin === "string" && typeof channel === "string" ? { origin, channel } : undefined;
}

function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
