// One stream of server-sent events for a page: connected again by itself, its state told, and where the server has no such
// stream, the signal to look again from time to time. Knows nothing of React.

/** `live`: events come. `lost`: it is being tried again. `polling`: there is no stream, so the page looks itself. */
export type LiveState = "connecting" | "live" | "lost" | "polling" | "offline";

export interface LiveEvent {
  readonly type: string;
  /** Parsed JSON; undefined where it was none. */
  readonly data: unknown;
}

export interface LiveOptions {
  readonly url: string;
  /** Names of events to hear. */
  readonly types: readonly string[];
  readonly onEvent: (event: LiveEvent) => void;
  readonly onState: (state: LiveState) => void;
  /** Called when something may have been missed, and regularly without a stream: read again what is shown. */
  readonly onMissed: () => void;
}

/** Without a stream, while somebody looks. */
const POLL_MS = 15_000;
/** Between two attempts after the server refused or closed the stream for good; grows to the second. */
const REOPEN_MS = [2_000, 60_000] as const;

/** Starts it; returns how to end. */
export function followStream(options: LiveOptions): () => void {
  let source: EventSource | undefined;
  let reopen: ReturnType<typeof setTimeout> | undefined;
  let poll: ReturnType<typeof setInterval> | undefined;
  let everOpen = false;
  let refusals = 0;

  const stopPolling = (): void => {
    clearInterval(poll);
    poll = undefined;
  };
  const startPolling = (): void => {
    poll ??= setInterval(() => {
      if (document.visibilityState === "visible" && navigator.onLine) options.onMissed();
    }, POLL_MS);
  };
  const open = (): void => {
    clearTimeout(reopen);
    source?.close();
    const opened = new EventSource(options.url);
    source = opened;
    opened.onopen = () => {
      refusals = 0;
      stopPolling();
      options.onState("live");
      if (everOpen) options.onMissed();
      everOpen = true;
    };
    opened.onerror = () => {
      // The browser itself tries again after a lost connection, but not after an answer that is no stream.
      if (opened.readyState !== EventSource.CLOSED) {
        options.onState(navigator.onLine ? "lost" : "offline");
        startPolling();
        return;
      }
      options.onState(navigator.onLine ? "polling" : "offline");
      startPolling();
      const delay = Math.min(REOPEN_MS[0] * 4 ** refusals++, REOPEN_MS[1]);
      clearTimeout(reopen);
      reopen = setTimeout(open, everOpen ? delay : REOPEN_MS[1]);
    };
    for (const type of options.types)
      opened.addEventListener(type, (message) => {
        options.onEvent({ type, data: parsed((message as MessageEvent<string>).data) });
      });
  };
  const online = (): void => {
    options.onMissed();
    open();
  };
  const offline = (): void => options.onState("offline");
  window.addEventListener("online", online);
  window.addEventListener("offline", offline);
  options.onState("connecting");
  open();
  return () => {
    window.removeEventListener("online", online);
    window.removeEventListener("offline", offline);
    clearTimeout(reopen);
    stopPolling();
    source?.close();
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
