// The live stream as components use it: one for the whole page, whoever wants its events.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import { useCache } from "../data/hooks.ts";
import { followStream, type LiveEvent, type LiveState } from "./stream.ts";

type Listener = (event: LiveEvent) => void;

interface Live {
  readonly state: LiveState;
  subscribe(listener: Listener): () => void;
  reopen(): void;
}

const LiveContext = createContext<Live>({
  state: "polling",
  subscribe: () => () => undefined,
  reopen: () => undefined,
});

export interface LiveProviderProps {
  readonly url: string;
  readonly types: readonly string[];
  /** Which of the known data an event makes old, by key (address). */
  readonly touches: (event: LiveEvent) => (key: string) => boolean;
  readonly children: ReactNode;
}

/** `types` and `touches` are those of the first drawing. */
export function LiveProvider({ url, types, touches, children }: LiveProviderProps): ReactNode {
  const cache = useCache();
  const [state, setState] = useState<LiveState>("connecting");
  const listeners = useRef(new Set<Listener>());
  const fixed = useRef({ types, touches });
  const [opening, setOpening] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each opening is a stream of its own
  useEffect(
    () =>
      followStream({
        url,
        types: fixed.current.types,
        onState: setState,
        onMissed: () => cache.refresh(),
        onEvent(event) {
          cache.refresh(fixed.current.touches(event));
          for (const listener of listeners.current) listener(event);
        },
      }),
    [url, cache, opening],
  );
  const live = useMemo<Live>(
    () => ({
      state,
      subscribe(listener) {
        listeners.current.add(listener);
        return () => listeners.current.delete(listener);
      },
      reopen: () => setOpening((count) => count + 1),
    }),
    [state],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLiveState(): LiveState {
  return useContext(LiveContext).state;
}

/** Gives what opens the stream anew: when the reader has become somebody else, other things are theirs to see. */
export function useReopenStream(): () => void {
  return useContext(LiveContext).reopen;
}

/** Hears every event of the stream. */
export function useLiveEvents(listener: Listener): void {
  const { subscribe } = useContext(LiveContext);
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => subscribe((event) => latest.current(event)), [subscribe]);
}

const STATES: Readonly<Record<LiveState, { readonly text: string; readonly look: string }>> = {
  connecting: { text: "Connecting", look: "" },
  live: { text: "Live", look: "live-on" },
  lost: { text: "Connection lost, trying again", look: "live-lost" },
  polling: { text: "Looks again every 15 seconds", look: "" },
  offline: { text: "Offline", look: "live-off" },
};

/** Says whether what is shown keeps itself current. */
export function LiveMark(): ReactNode {
  const { text, look } = STATES[useLiveState()];
  return (
    <span className={`live ${look}`} role="status">
      {text}
    </span>
  );
}
