// The router as components use it.
import { createContext, useContext, useEffect, useSyncExternalStore } from "react";
import type { Place, Router } from "./router.ts";

export const RouterContext = createContext<Router | undefined>(undefined);

export function useRouter(): Router {
  const router = useContext(RouterContext);
  if (router === undefined) throw new Error("useRouter outside of a RouterContext");
  return router;
}

export function usePlace(): Place {
  const router = useRouter();
  return useSyncExternalStore(router.subscribe, router.place);
}

const TITLE_SEPARATOR = " · ";

/** Names the page in the window's title, before the name of the whole. */
export function useTitle(title: string): void {
  useEffect(() => {
    const whole = document.title.split(TITLE_SEPARATOR).at(-1) ?? "";
    document.title = title === "" || title === whole ? whole : `${title}${TITLE_SEPARATOR}${whole}`;
  }, [title]);
}

/** Sets words of the query in place: what is typed or chosen belongs to the address, but not to the history. */
export function useQueryWords(): (words: Readonly<Record<string, string | undefined>>) => void {
  const router = useRouter();
  return (words) => {
    const { path, search } = router.place();
    const query = new URLSearchParams(search);
    for (const [name, value] of Object.entries(words))
      if (value === undefined || value === "") query.delete(name);
      else query.set(name, value);
    const text = query.toString();
    router.go(text === "" ? path : `${path}?${text}`, { replace: true });
  };
}
