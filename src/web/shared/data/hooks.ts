// Data as components use it.
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { type Known, type Load, ResourceCache } from "./cache.ts";
import type { Problem } from "./problem.ts";
import { fetchJson, isAbort, problemIn } from "./request.ts";

export const CacheContext = createContext<ResourceCache>(new ResourceCache());

export function useCache(): ResourceCache {
  return useContext(CacheContext);
}

const NOTHING: Known<never> = { data: undefined, problem: undefined, isLoading: false, at: 0 };

/** A thing by its key, read with `load`; nothing without a key. */
export function useResource<Data>(key: string | undefined, load: Load<Data>): Known<Data> {
  const cache = useCache();
  const latest = useRef(load);
  latest.current = load;
  const subscribe = useCallback(
    (listener: () => void) =>
      key === undefined ? () => undefined : cache.use(key, (signal) => latest.current(signal), listener),
    [cache, key],
  );
  const peek = (): Known<Data> => (key === undefined ? NOTHING : cache.peek<Data>(key));
  // React subscribes when it has painted; what a page needs is asked for before that.
  useLayoutEffect(() => subscribe(() => undefined), [subscribe]);
  return useSyncExternalStore(subscribe, peek);
}

/** Why something that is shown may be out of date. */
export function useStaleProblem(): Problem | undefined {
  const cache = useCache();
  return useSyncExternalStore(
    useCallback((listener) => cache.listenStale(listener), [cache]),
    useCallback(() => cache.staleProblem(), [cache]),
  );
}

/** The JSON at an address of the API; nothing without one. */
export function useJson<Data>(url: string | undefined): Known<Data> {
  return useResource<Data>(url, (signal) => fetchJson<Data>(url ?? "", signal));
}

/** What is known of a thing; until anything is known of another one that takes its place, of the one before. */
export function useLastShown<Data>(known: Known<Data>): Known<Data> {
  const [last, setLast] = useState(known);
  const isBlank = known.data === undefined && known.problem === undefined;
  if (!isBlank && known !== last) setLast(known);
  return isBlank && last.data !== undefined ? { ...last, isLoading: true } : known;
}

/** A value that follows another after it has stood still for `delayMs`: for typing. */
export function useSettled<Value>(value: Value, delayMs: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMs);
    return () => clearTimeout(timer);
  }, [value, delayMs]);
  return settled;
}

export interface Action<Input> {
  readonly isRunning: boolean;
  readonly problem: Problem | undefined;
  run(input: Input): Promise<boolean>;
  clear(): void;
}

/** Something that is done once at a time, such as a write. `run` says whether it succeeded; else `problem` says why not. */
export function useAction<Input = void>(
  act: (input: Input, signal: AbortSignal) => Promise<unknown>,
): Action<Input> {
  const [state, setState] = useState<{ isRunning: boolean; problem: Problem | undefined }>({
    isRunning: false,
    problem: undefined,
  });
  const latest = useRef(act);
  latest.current = act;
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const run = useCallback(async (input: Input) => {
    if (running.current !== undefined) return false;
    const controller = new AbortController();
    running.current = controller;
    setState({ isRunning: true, problem: undefined });
    try {
      await latest.current(input, controller.signal);
      setState({ isRunning: false, problem: undefined });
      return true;
    } catch (error) {
      if (!isAbort(error)) setState({ isRunning: false, problem: problemIn(error) });
      return false;
    } finally {
      running.current = undefined;
    }
  }, []);
  const clear = useCallback(() => setState({ isRunning: false, problem: undefined }), []);
  return { ...state, run, clear };
}

/** Whether the browser believes to have a connection. */
export function useOnline(): boolean {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener("online", listener);
      window.addEventListener("offline", listener);
      return () => {
        window.removeEventListener("online", listener);
        window.removeEventListener("offline", listener);
      };
    },
    () => navigator.onLine,
  );
}
