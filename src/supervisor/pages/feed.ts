// What the Supervisor's pages follow: documents, brought up to date while somebody follows them and only then, and the time
// line. A follower is a place in both, so that one that is slow, or was away, is told once what there is now.
import { describeError } from "../../error/index.ts";
import type { EventKind } from "../events/event.ts";
import type { Follower } from "../http/event-stream.ts";
import { Documents } from "./documents.ts";
import {
  KEEP_UNWATCHED_MS,
  LOOK_AGAIN_MS,
  MAX_PAGE_FOLLOWERS,
  MAX_REMOVALS,
  REFRESH_PAUSE_MS,
} from "./limits.ts";
import { PageFollower } from "./page-follower.ts";
import type { Timeline } from "./timeline.ts";
import { formatTopic, isOfSource, isOfTopic, type SourceName, sourcesOf, type Topic } from "./topics.ts";

/** Sets a document, or with undefined removes it. */
export type PutDocument = (key: string, document: object | undefined) => void;

export interface MakeDocuments {
  /** Sets the documents of a source that have changed; answers the keys of all there are. */
  make(source: SourceName, put: PutDocument): ReadonlySet<string> | Promise<ReadonlySet<string>>;
  /** The documents of a source are gone. */
  forget(source: SourceName): void;
}

export interface PageFeedOptions {
  /** Which run of the Supervisor this is. */
  readonly run: string;
  readonly documents: MakeDocuments;
  readonly timeline: Timeline;
  /** Topics and events that are not told: the ring is hidden. */
  readonly redact: boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A source could not be made; told once, until another one or another reason comes. */
  readonly failed: (message: string) => void;
}

export interface FollowRequest {
  readonly topics: readonly Topic[];
  /** Of these, those that were followed up to `lastId`. */
  readonly known: readonly Topic[];
  readonly lastId: string | undefined;
}

interface Watched {
  watchers: number;
  dirty: boolean;
  /** Until its documents are forgotten. */
  forget: ReturnType<typeof setTimeout> | undefined;
}

const HIDDEN: ReadonlySet<Topic["kind"]> = new Set(["groups", "group", "ring"]);
const OWN_EVENTS: ReadonlySet<EventKind> = new Set(["service", "health", "readiness"]);

export class PageFeed {
  readonly #options: PageFeedOptions;
  readonly #documents = new Documents(MAX_REMOVALS);
  readonly #watched = new Map<SourceName, Watched>();
  readonly #followers = new Set<PageFollower>();
  readonly #since: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setInterval> | undefined;
  #stopListening: (() => void) | undefined;
  #refreshing: Promise<void> | undefined;
  #failure: string | undefined;

  constructor(options: PageFeedOptions) {
    this.#options = options;
    this.#since = options.now();
  }

  /** One service may have changed, or with undefined the list of them. */
  servicesChanged(name: string | undefined): void {
    this.#touch(
      (source) =>
        source === "services" ||
        source === "self" ||
        (name === undefined ? source.startsWith("detail:") : source === `detail:${name}`),
    );
  }

  /** What is known of the ring may have changed. */
  ringChanged(): void {
    this.#touch(() => true);
  }

  /** Follows topics; undefined when too many follow already. */
  follow({ topics, known, lastId }: FollowRequest): Follower | undefined {
    if (this.#followers.size >= MAX_PAGE_FOLLOWERS) return undefined;
    const { run, timeline, redact, now } = this.#options;
    const shown = redact ? topics.filter(({ kind }) => !HIDDEN.has(kind)) : topics;
    const sources = [...new Set(shown.flatMap(sourcesOf))];
    const seen = this.#seen(lastId);
    const names = new Set(seen === undefined ? [] : known.map(formatTopic));
    const follower: PageFollower = new PageFollower({
      run,
      documents: this.#documents,
      timeline,
      isShown: any(shown.map(isOfTopic)),
      isKnown: any(shown.filter((topic) => names.has(formatTopic(topic))).map(isOfTopic)),
      events: shown.some(({ kind }) => kind === "events")
        ? (kind) => !redact || OWN_EVENTS.has(kind)
        : undefined,
      seen: seen ?? { version: 0, number: 0 },
      resumed: seen !== undefined,
      eventsKnown: names.has("events"),
      hello: () => ({ now: now(), since: this.#since }),
      left: () => this.#left(follower, sources),
    });
    this.#followers.add(follower);
    for (const source of sources) this.#watch(source);
    this.#again ??= setInterval(() => this.#touchTimely(), LOOK_AGAIN_MS);
    this.#stopListening ??= timeline.listen(() => this.#refreshSoon());
    // What it is told first is how things are now.
    void this.#refresh().then(() => follower.begin());
    return follower;
  }

  #watch(source: SourceName): void {
    const known = this.#watched.get(source);
    if (known === undefined) this.#watched.set(source, { watchers: 1, dirty: true, forget: undefined });
    else {
      clearTimeout(known.forget);
      known.forget = undefined;
      known.watchers += 1;
      known.dirty = true;
    }
  }

  #left(follower: PageFollower, sources: readonly SourceName[]): void {
    if (!this.#followers.delete(follower)) return;
    for (const source of sources) {
      const watched = this.#watched.get(source);
      if (watched === undefined) continue;
      watched.watchers -= 1;
      if (watched.watchers === 0) watched.forget = setTimeout(() => this.#forget(source), KEEP_UNWATCHED_MS);
      watched.forget?.unref();
    }
    if (this.#followers.size > 0) return;
    clearInterval(this.#again);
    clearTimeout(this.#timer);
    this.#stopListening?.();
    this.#again = undefined;
    this.#timer = undefined;
    this.#stopListening = undefined;
  }

  #forget(source: SourceName): void {
    this.#watched.delete(source);
    this.#documents.drop(isOfSource(source));
    this.#options.documents.forget(source);
  }

  #touch(concerns: (source: SourceName) => boolean): void {
    let touched = false;
    for (const [source, watched] of this.#watched) {
      if (!concerns(source)) continue;
      watched.dirty = true;
      touched ||= watched.watchers > 0;
    }
    if (touched) this.#refreshSoon();
  }

  /** What changes although nothing happens: an update that waits too long, what a hook printed. */
  #touchTimely(): void {
    this.#touch((source) => source === "self" || source === "services" || source.startsWith("detail:"));
  }

  #refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#refresh();
    }, REFRESH_PAUSE_MS);
  }

  /** Brings what is followed up to date; one at a time, and once more for what changes meanwhile. */
  async #refresh(): Promise<void> {
    while (this.#refreshing !== undefined) await this.#refreshing;
    this.#refreshing = this.#refreshAll().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
    for (const follower of this.#followers) follower.wake();
  }

  async #refreshAll(): Promise<void> {
    const documents = this.#documents;
    const put: PutDocument = (key, document) =>
      void documents.put(key, document === undefined ? undefined : JSON.stringify(document));
    for (const [source, watched] of this.#watched) {
      if (!watched.dirty || watched.watchers === 0) continue;
      watched.dirty = false;
      try {
        const keys = await this.#options.documents.make(source, put);
        documents.retain(isOfSource(source), keys);
      } catch (error) {
        // A page that shows what was is no reason to end a Supervisor.
        this.#tellFailure(`${source}: ${describeError(error)}`);
      }
    }
  }

  #tellFailure(message: string): void {
    if (this.#failure === message) return;
    this.#failure = message;
    this.#options.failed(message);
  }

  /** The place an id of this run names, if what came after it is still known. */
  #seen(lastId: string | undefined): { readonly version: number; readonly number: number } | undefined {
    const match = /^([^-]{1,64})-(\d{1,15})-(\d{1,15})$/.exec(lastId ?? "");
    const [, run, version, number] = match ?? [];
    if (run !== this.#options.run) return undefined;
    const seen = { version: Number(version), number: Number(number) };
    const { documents, timeline } = { documents: this.#documents, timeline: this.#options.timeline };
    if (seen.version > documents.version || seen.version < documents.dropped) return undefined;
    return seen.number > timeline.count ? undefined : seen;
  }
}

function any<Input>(tests: readonly ((input: Input) => boolean)[]): (input: Input) => boolean {
  return (input) => tests.some((test) => test(input));
}
