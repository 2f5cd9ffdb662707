// Where the reader is: the address, the way to another, and the scroll position each had. One for a window.

/** A place in the history. */
export interface Place {
  /** Below the base, still encoded. */
  readonly path: string;
  /** With its `?`, or empty. */
  readonly search: string;
  /** With its `#`, or empty. */
  readonly hash: string;
  /** Names this entry of the history. */
  readonly key: string;
  /** How it was reached: the first one, a step forward, back or forward in the history, or other words in the query. */
  readonly arrival: "start" | "forward" | "history" | "replaced";
}

export interface Router {
  readonly base: string;
  place(): Place;
  subscribe(listener: () => void): () => void;
  /** Goes to an address below the base. `replace` leaves no entry in the history, and the reader where they are. */
  go(address: string, options?: { readonly replace?: boolean }): void;
  /** The whole path of an address below the base. */
  href(address: string): string;
  savedScroll(key: string): number | undefined;
}

const SCROLL_PREFIX = "hab-scroll:";

/** Starts following the window's address. */
export function createRouter(base: string): Router {
  const listeners = new Set<() => void>();
  const keyOf = (state: unknown): string =>
    typeof (state as { key?: unknown } | null)?.key === "string" ? (state as { key: string }).key : "start";
  const read = (arrival: Place["arrival"]): Place => {
    const { pathname, search, hash } = window.location;
    const path = pathname.slice(base.length);
    return { path: path === "" ? "/" : path, search, hash, key: keyOf(history.state), arrival };
  };
  // We bring the reader back ourselves: when the browser would, the content is not there yet.
  history.scrollRestoration = "manual";
  let current = read("start");
  const saveScroll = (): void => {
    try {
      sessionStorage.setItem(SCROLL_PREFIX + current.key, String(Math.round(window.scrollY)));
    } catch {
      // Without storage only the scroll position is not kept.
    }
  };
  const move = (arrival: Place["arrival"]): void => {
    current = read(arrival);
    for (const listener of listeners) listener();
  };
  window.addEventListener("popstate", () => {
    const { pathname, search } = window.location;
    // To another part of the same page: that is the browser's.
    if (pathname + search === base + current.path + current.search) return;
    saveScroll();
    move("history");
  });
  window.addEventListener("pagehide", saveScroll);
  return {
    base,
    place: () => current,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    go(address, { replace = false } = {}) {
      const target = base + address;
      if (replace) {
        history.replaceState({ key: current.key }, "", target);
        move("replaced");
        return;
      }
      saveScroll();
      history.pushState({ key: crypto.getRandomValues(new Uint32Array(2)).join("-") }, "", target);
      move("forward");
    },
    href: (address) => base + address,
    savedScroll(key) {
      try {
        const saved = sessionStorage.getItem(SCROLL_PREFIX + key);
        return saved === null ? undefined : Number(saved);
      } catch {
        return undefined;
      }
    },
  };
}
