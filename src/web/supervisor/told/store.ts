// What the Supervisor has told: documents by kind and the events of its time line. Whoever shows a part hears when it changes.
import type { DocumentKind, PageDocuments, TimelineEntry } from "./shapes.ts";

/** Events kept here at most; the Supervisor keeps no more. */
const MAX_EVENTS = 2000;

export type Documents<Kind extends DocumentKind> = readonly PageDocuments[Kind][];

interface Part {
  readonly documents: Map<string, unknown>;
  /** As told last; made when asked for. */
  list: readonly unknown[] | undefined;
  readonly listeners: Set<() => void>;
}

export class Store {
  readonly #parts = new Map<string, Part>();
  #events: readonly TimelineEntry[] = [];
  readonly #eventListeners = new Set<() => void>();

  /** Takes in documents, null for those that are gone; tells each part once. */
  put(documents: Readonly<Record<string, unknown>>): void {
    const changed = new Set<Part>();
    for (const [key, document] of Object.entries(documents)) {
      const part = this.#part(kindOf(key));
      if (document === null) part.documents.delete(key);
      else part.documents.set(key, document);
      part.list = undefined;
      changed.add(part);
    }
    for (const part of changed) for (const listener of part.listeners) listener();
  }

  /** Forgets the documents that are not among `keys`, of those whose keys `isOf`. */
  retain(isOf: (key: string) => boolean, keys: ReadonlySet<string>): void {
    const gone = [...this.#parts.values()].flatMap(({ documents }) =>
      [...documents.keys()].filter((key) => isOf(key) && !keys.has(key)),
    );
    this.put(Object.fromEntries(gone.map((key) => [key, null])));
  }

  document<Kind extends DocumentKind>(kind: Kind, name: string): PageDocuments[Kind] | undefined {
    const key = name === "" ? kind : `${kind}/${name}`;
    return this.#part(kind).documents.get(key) as PageDocuments[Kind] | undefined;
  }

  /** All of a kind; the same array until one of them changes. */
  documents<Kind extends DocumentKind>(kind: Kind): Documents<Kind> {
    const part = this.#part(kind);
    part.list ??= [...part.documents.values()];
    return part.list as Documents<Kind>;
  }

  listen(kind: DocumentKind, listener: () => void): () => void {
    const { listeners } = this.#part(kind);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Events that came after those that are here; with `anew` in place of them. */
  addEvents(events: readonly TimelineEntry[], anew: boolean): void {
    const last = anew ? 0 : (this.#events.at(-1)?.n ?? 0);
    const news = events.filter(({ n }) => n > last);
    this.#events = [...(anew ? [] : this.#events), ...news].slice(-MAX_EVENTS);
    for (const listener of this.#eventListeners) listener();
  }

  /** The oldest first. */
  events(): readonly TimelineEntry[] {
    return this.#events;
  }

  listenEvents(listener: () => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  /** Forgets everything: whoever looks may not see it any more. */
  clear(): void {
    for (const part of this.#parts.values()) {
      part.documents.clear();
      part.list = undefined;
      for (const listener of part.listeners) listener();
    }
    this.addEvents([], true);
  }

  #part(kind: string): Part {
    const known = this.#parts.get(kind);
    if (known !== undefined) return known;
    const part: Part = { documents: new Map(), list: undefined, listeners: new Set() };
    this.#parts.set(kind, part);
    return part;
  }
}

function kindOf(key: string): string {
  const slash = key.indexOf("/");
  return slash < 0 ? key : key.slice(0, slash);
}
