// What the Supervisor tells, as components use it.
import { createContext, useCallback, useContext, useLayoutEffect, useSyncExternalStore } from "react";
import type { Connection, Session } from "./session.ts";
import type { DocumentKind, Hello, PageDocuments, TimelineEntry } from "./shapes.ts";
import type { Documents } from "./store.ts";
import type { Topic } from "./topics.ts";

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("useSession outside of a SessionContext");
  return session;
}

/** Follows a topic while the component is there; whether all of it has been told. */
export function useTopic(topic: Topic): boolean {
  const session = useSession();
  // What is called an effect runs after the frame is painted; what a page needs is asked for before that.
  useLayoutEffect(() => session.follow(topic), [session, topic]);
  return useSyncExternalStore(
    session.listen,
    useCallback(() => session.isTold(topic), [session, topic]),
  );
}

export function useConnection(): Connection {
  const session = useSession();
  return useSyncExternalStore(session.listen, session.connection);
}

export function useHello(): Hello | undefined {
  const session = useSession();
  return useSyncExternalStore(session.listen, session.hello);
}

/** All documents of a kind. Their topic is to be followed apart. */
export function useDocuments<Kind extends DocumentKind>(kind: Kind): Documents<Kind> {
  const { store } = useSession();
  return useSyncExternalStore(
    useCallback((listener) => store.listen(kind, listener), [store, kind]),
    useCallback(() => store.documents(kind), [store, kind]),
  );
}

/** One document; `name` is empty where there is only one of the kind. */
export function useDocument<Kind extends DocumentKind>(
  kind: Kind,
  name: string,
): PageDocuments[Kind] | undefined {
  const { store } = useSession();
  return useSyncExternalStore(
    useCallback((listener) => store.listen(kind, listener), [store, kind]),
    useCallback(() => store.document(kind, name), [store, kind, name]),
  );
}

/** The events told, the oldest first. */
export function useTimeline(): readonly TimelineEntry[] {
  const { store } = useSession();
  return useSyncExternalStore(
    useCallback((listener) => store.listenEvents(listener), [store]),
    useCallback(() => store.events(), [store]),
  );
}
