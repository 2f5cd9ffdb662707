// What happens in the depot while a page is open, and which of the things shown it makes old.
import type { LiveEvent } from "../../shared/index.ts";

export const LIVE_URL = "/v1/depot/stream";

export const LIVE_TYPES = ["upload", "promotion", "demotion", "request", "decision", "rollback"] as const;

/** Which addresses of the API may answer otherwise after an event: those that name its origin, and those that name none. */
export function touchedBy(event: LiveEvent): (key: string) => boolean {
  const { origin } = (event.data ?? {}) as { readonly origin?: unknown };
  if (typeof origin !== "string") return () => true;
  const encoded = encodeURIComponent(origin);
  return (key) => {
    const path = key.split("?", 1)[0] ?? "";
    const parts = path.split("/");
    const namesOrigin = /^\/v1\/depot\/(pkgs|channels|origins)\/(?!search\/)./.test(path);
    return !namesOrigin || parts.includes(encoded);
  };
}
