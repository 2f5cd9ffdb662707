// The connection of these pages to their Supervisor: one stream for whatever is on the page, come back to where it was after it
// was lost, let go while nobody looks. The token lives here and nowhere else: not in storage, not in an address.
import type { Hello, TimelineEntry } from "./shapes.ts";
import { readEvents, type ServerEvent } from "./sse.ts";
import { Store } from "./store.ts";
import { isOfTopic, type Topic } from "./topics.ts";

export type Connection =
  | { readonly kind: "connecting" | "live" | "paused" }
  /** Tried again at `retryAt`, epoch milliseconds; `since`: nothing has come since then. */
  | { readonly kind: "lost"; readonly since: number; readonly retryAt: number; readonly why: string }
  /** `refused`: one was shown, and it is not the one, or not any more. */
  | { readonly kind: "locked"; readonly refused: boolean };

export interface Session {
  readonly store: Store;
  connection(): Connection;
  /** Whether all of a topic has been told. */
  isTold(topic: Topic): boolean;
  /** What the stream began with. */
  hello(): Hello | undefined;
  listen(listener: () => void): () => void;
  /** Follows a topic until the answer is called. */
  follow(topic: Topic): () => void;
  unlock(token: string): void;
  /** Tries again now. */
  retry(): void;
}

export interface SessionOptions {
  /** Address of the stream. */
  readonly url: string;
  readonly fetch: (url: string, options: RequestInit) => Promise<Response>;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Between attempts; the last one for good. A random part of it keeps many pages from coming back at once. */
const RETRY_MS = [250, 500, 1000, 2000, 4000, 8000] as const;

/** The Supervisor shows signs of life every 15 seconds. */
const SILENCE_MS = 40_000;

/** A topic that is left is let go after this, so that going to and fro begins nothing anew. */
const LET_GO_MS = 5_000;

/** Nobody looks at a hidden page; it goes on where it was when it is looked at. */
const HIDDEN_MS = 30_000;

export function createSession(options: SessionOptions): Session {
  const { url, now, random } = options;
  const store = new Store();
  const wanted = new Map<Topic, number>();
  const told = new Set<Topic>();
  const listeners = new Set<() => void>();
  let connection: Connection = { kind: "connecting" };
  let hello: Hello | undefined;
  let token: string | undefined;
  let lastId = "";
  let lastSign = now();
  let failures = 0;
  let running: AbortController | undefined;
  /** Topics of the stream that is open. */
  let following: ReadonlySet<Topic> = new Set();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watch: ReturnType<typeof setTimeout> | undefined;
  let change: ReturnType<typeof setTimeout> | undefined;

  const notify = (): void => {
    for (const listener of listeners) listener();
  };
  const become = (next: Connection): void => {
    connection = next;
    notify();
  };

  const close = (): void => {
    clearTimeout(timer);
    clearTimeout(watch);
    running?.abort();
    running = undefined;
  };

  const sign = (): void => {
    lastSign = now();
    clearTimeout(watch);
    watch = setTimeout(() => lost("it has been silent for too long"), SILENCE_MS);
  };

  const lost = (why: string): void => {
    close();
    const delay = (RETRY_MS[failures] ?? RETRY_MS[RETRY_MS.length - 1] ?? 8000) * (0.75 + random() / 2);
    failures += 1;
    become({ kind: "lost", since: lastSign, retryAt: now() + delay, why });
    timer = setTimeout(() => void open(), delay);
  };

  const lock = (refused: boolean): void => {
    close();
    token = undefined;
    // Whoever has no token any more may not go on looking at what came with the last one.
    store.clear();
    told.clear();
    lastId = "";
    become({ kind: "locked", refused });
  };

  const open = async (): Promise<void> => {
    close();
    if (wanted.size === 0) return;
    const controller = new AbortController();
    running = controller;
    const topics = [...wanted.keys()];
    following = new Set(topics);
    for (const topic of [...told]) if (!following.has(topic)) told.delete(topic);
    const known = topics.filter((topic) => told.has(topic));
    if (connection.kind === "paused") become({ kind: "connecting" });
    const tried = token;
    try {
      const response = await options.fetch(`${url}?topics=${listed(topics)}&known=${listed(known)}`, {
        headers: {
          accept: "text/event-stream",
          ...(tried === undefined ? {} : { authorization: `Bearer ${tried}` }),
          ...(lastId === "" ? {} : { "last-event-id": lastId }),
        },
        cache: "no-store",
        redirect: "error",
        signal: controller.signal,
      });
      if (running !== controller) return;
      if (response.status === 401) return lock(tried !== undefined);
      if (response.status === 503) return lost("too many pages follow this Supervisor already");
      if (!response.ok || response.body === null) return lost(`it answered with ${response.status}`);
      sign();
      const take = taker(topics, known);
      await readEvents(
        response.body,
        (event) => {
          if (running === controller) take(event);
        },
        () => running === controller && sign(),
      );
      if (running === controller) lost("the Supervisor ended the connection");
    } catch {
      if (running === controller)
        lost(navigator.onLine ? "the Supervisor cannot be reached" : "this computer is offline");
    }
  };

  /** Takes in the events of one stream. */
  const taker = (topics: readonly Topic[], known: readonly Topic[]): ((event: ServerEvent) => void) => {
    let news: readonly Topic[] = topics.filter((topic) => !known.includes(topic));
    let seen = new Set<string>();
    let eventsAnew = news.includes("events");
    return ({ id, kind, data }) => {
      switch (kind) {
        case "hello": {
          const given = JSON.parse(data) as Hello;
          hello = given;
          failures = 0;
          if (given.fresh) {
            news = topics;
            seen = new Set();
            eventsAnew = true;
          }
          become({ kind: "live" });
          break;
        }
        case "documents": {
          const documents = JSON.parse(data) as Record<string, unknown>;
          for (const key of Object.keys(documents)) seen.add(key);
          store.put(documents);
          break;
        }
        case "events":
          store.addEvents(JSON.parse(data) as TimelineEntry[], eventsAnew);
          eventsAnew = false;
          break;
        case "synced":
          if (eventsAnew && topics.includes("events")) store.addEvents([], true);
          eventsAnew = false;
          for (const topic of news) store.retain(isOfTopic(topic), seen);
          for (const topic of topics) told.add(topic);
          news = [];
          notify();
          break;
      }
      lastId = id;
    };
  };

  const changed = (): void => {
    change = undefined;
    if (connection.kind === "locked" || connection.kind === "paused") return;
    const isMore = [...wanted.keys()].some((topic) => !following.has(topic));
    const isLess = [...following].some((topic) => !wanted.has(topic));
    if (isMore || isLess) void open();
  };
  const changeSoon = (delay: number): void => {
    clearTimeout(change);
    change = setTimeout(changed, delay);
  };

  let hidden: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hidden);
    if (document.visibilityState === "hidden") {
      hidden = setTimeout(() => {
        if (connection.kind === "locked") return;
        close();
        become({ kind: "paused" });
      }, HIDDEN_MS);
    } else if (connection.kind === "paused" || connection.kind === "lost") void open();
  });
  window.addEventListener("online", () => connection.kind === "lost" && void open());
  // From the cache of pages gone back to, connections do not come back.
  window.addEventListener("pageshow", (event) => event.persisted && void open());

  return {
    store,
    connection: () => connection,
    isTold: (topic) => told.has(topic),
    hello: () => hello,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    follow(topic) {
      wanted.set(topic, (wanted.get(topic) ?? 0) + 1);
      if (!following.has(topic) || running === undefined) changeSoon(0);
      return () => {
        const count = (wanted.get(topic) ?? 1) - 1;
        if (count > 0) wanted.set(topic, count);
        else {
          wanted.delete(topic);
          if (change === undefined) changeSoon(LET_GO_MS);
        }
      };
    },
    unlock(given) {
      token = given;
      failures = 0;
      become({ kind: "connecting" });
      void open();
    },
    retry() {
      void open();
    },
  };
}

function listed(topics: readonly Topic[]): string {
  return encodeURIComponent(topics.join(","));
}
