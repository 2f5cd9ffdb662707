// What one reader may know of an event: members of its origin all of it; others that a package they may see came into a
// channel or left it, but not who did it. Asked when the event is sent, not when it happened.
import { authenticate } from "../authentication.ts";
import { roleIn } from "../roles.ts";
import type { Depot } from "../route.ts";
import type { Client } from "../sign-in/client.ts";
import { type EventData, type EventRow, publicAmong } from "../store/events.ts";
import type { EventKind } from "../store/schema-promotion.ts";

/** Kinds that tell of packages; the others concern members alone. */
const ABOUT_PACKAGES: readonly EventKind[] = ["upload", "promotion", "demotion", "rollback"];

/** What everybody may know of them, in this order. */
const PUBLIC_KEYS = ["event", "origin", "channel", "at", "idents", "count", "action", "state"] as const;

/** For how long an answer about rights is shared among readers. */
const SHARED_MS = 1000;

export type ReaderView =
  | { readonly kind: "shown"; readonly data: string }
  | { readonly kind: "hidden" }
  /** The reader's token is not valid any more. */
  | { readonly kind: "refused" };

/** Who listens: what they said with the request, and what is known of where it came from. */
export interface Reader {
  readonly headers: Headers;
  readonly client: Client;
}

export type EventViews = (event: EventRow, reader: Reader) => Promise<ReaderView>;

/** Makes the function that says what a reader sees. Readers with the same credentials share its questions for a second. */
export function eventViews(depot: Depot): EventViews {
  const shared = new Map<string, { readonly until: number; readonly answer: Promise<unknown> }>();
  const share = <Answer>(key: string, ask: () => Promise<Answer>): Promise<Answer> => {
    const now = depot.now();
    const known = shared.get(key);
    if (known !== undefined && known.until > now) return known.answer as Promise<Answer>;
    for (const [each, { until }] of shared) if (until <= now) shared.delete(each);
    const answer = ask();
    shared.set(key, { until: now + SHARED_MS, answer });
    return answer;
  };

  const standing = async (
    { headers, client }: Reader,
    origin: string,
  ): Promise<"refused" | "member" | "other"> => {
    const said = [headers.get("authorization"), headers.get("cookie"), client.proxyAccount];
    const credentials = said.map((each) => each ?? "").join("\n");
    if (credentials.trim() === "") return "other";
    return await share(`${credentials}\n${origin}`, async () => {
      const signedIn = await authenticate(depot, headers, client);
      if (signedIn === null) return "refused";
      return (await roleIn(depot.database.db, origin, signedIn?.caller)) === undefined ? "other" : "member";
    });
  };

  const publicData = async (event: EventRow): Promise<string | undefined> => {
    if (!ABOUT_PACKAGES.includes(event.kind)) return undefined;
    const data = JSON.parse(event.data) as EventData;
    // What was deleted cannot be looked up any more.
    const seen = data["was_public"] === true ? undefined : await publicAmong(depot.database.db, data.idents);
    const idents = data.idents.filter(({ ident, target }) => seen?.has(`${ident} ${target}`) ?? true);
    if (idents.length === 0) return undefined;
    // Of what is not listed nobody knows whether it is public: its number says nothing to others.
    const all: Record<string, unknown> = { ...data, idents, count: idents.length };
    return JSON.stringify(Object.fromEntries(PUBLIC_KEYS.map((key) => [key, all[key]])));
  };

  return async (event, reader) => {
    const held = await standing(reader, event.origin);
    if (held === "refused") return { kind: "refused" };
    if (held === "member") return { kind: "shown", data: event.data };
    const data = await share(`event ${event.seq}`, () => publicData(event));
    return data === undefined ? { kind: "hidden" } : { kind: "shown", data };
  };
}
