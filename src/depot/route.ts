// How a route is declared: method, path, who may call it, and what its parameters must look like. The declaration is
// data, so one table mounts them all, none can forget to say who may call it, and a description can be made from it.
import type { z } from "zod";
import { Refusal } from "./answers.ts";
import type { SignedIn } from "./authentication.ts";
import type { BlobStore } from "./blobs/blob-store.ts";
import type { ContentsOfHarts } from "./contents/contents.ts";
import type { EventFeed } from "./events/feed.ts";
import type { ListenerPlaces } from "./events/places.ts";
import type { EventViews } from "./events/view.ts";
import type { FixedAccounts } from "./fixed-accounts.ts";
import type { KeptAnswers } from "./kept-answers.ts";
import type { Caller, Role } from "./roles.ts";
import type { Verb } from "./scopes.ts";
import type { DepotSecrets } from "./secrets.ts";
import type { Client } from "./sign-in/client.ts";
import type { SignIn } from "./sign-in/index.ts";
import type { Actor } from "./store/audit.ts";
import type { DepotDatabase } from "./store/database.ts";
import type { WebhookTargets } from "./webhooks/targets.ts";

/** What all handlers share. */
export interface Depot {
  readonly database: DepotDatabase;
  readonly blobs: BlobStore;
  readonly cache: KeptAnswers;
  readonly contents: ContentsOfHarts;
  readonly secrets: DepotSecrets;
  /** Accounts and tokens of `--accounts`. */
  readonly fixedAccounts: FixedAccounts;
  readonly signIn: SignIn;
  readonly events: EventFeed;
  /** What one reader may know of an event. */
  readonly eventViews: EventViews;
  readonly listeners: ListenerPlaces;
  /** Where webhooks may go. */
  readonly webhookTargets: WebhookTargets;
  /** Registries whose credentials may be tried out: type → address. */
  readonly registries: ReadonlyMap<string, string>;
  /** Milliseconds since 1970. */
  now(): number;
  /** One line for the operator. Holds no secret. */
  log(line: string): void;
}

/**
 * Who may call a route. `anyone`: what they see is decided by visibility. `session`: an account, else 401. A role: in
 * the origin of the path, else 401 without an account and 403 below the role.
 */
export type Access =
  | "anyone"
  | "session"
  | {
      readonly role: Role;
      /** Compat: some channel routes answer 401 for both (reference/depot-api.md §6, 401*). */
      readonly refusedAs?: 401;
      /** Compat: 404 for an origin that does not exist, where the original's stale roles lead there (§20.3). */
      readonly unknownOrigin?: 404;
    };

/**
 * A body of an answer: JSON of a schema, a text without a Content-Type (which may be empty), the bytes of a hart, a
 * stream of events, or nothing.
 */
export type AnswerBody = z.ZodType | "text" | "hart" | "events" | "empty";

/** Answers of a handler by status. Those that every route may give are not repeated (openapi.ts). */
export type Answers = Readonly<Record<number, AnswerBody>>;

/** One authenticated and parsed request. */
export interface Call<Params, Query, Body = unknown> {
  readonly depot: Depot;
  readonly request: Request;
  /** Where it comes from. */
  readonly address: string;
  readonly params: Params;
  readonly query: Query;
  readonly account: Caller | undefined;
  /** The caller, with how they said who they are. */
  readonly signedIn: SignedIn | undefined;
  readonly client: Client;
  /** The JSON body, by the route's schema. Refuses with 400, 408 or 413. */
  json(): Promise<Body>;
  /**
   * Under this name the answer may be kept for everybody who asks the same (kept-answers.ts); undefined when the sender
   * has said who they are.
   */
  readonly openAddress: string | undefined;
  /** Lifts the server's idle limit from this request; the handler keeps deadlines of its own. */
  liftIdleLimit(): void;
  /** Who is written into the audit. Refuses with 401 when nobody is authenticated. */
  actor(): Actor;
}

export interface Route<Params = unknown, Query = unknown, Body = unknown> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/v1`, parameters as `:name`. */
  readonly path: string;
  /** What it does, in one line for the API's description. */
  readonly summary: string;
  readonly access: Access;
  /** What a scoped token must be allowed; without it reading needs nothing, and writing a token without a scope. */
  readonly verb?: Verb;
  readonly params: z.ZodType<Params>;
  readonly query: z.ZodType<Query>;
  /** The answer to parameters that fit no schema: 404 where not given. */
  readonly badParams?: { readonly status: number; readonly text: string };
  /** Text of the 400 that answers a query which fits no schema; says which value where not given. */
  readonly badQuery?: string;
  /** Schema of the JSON body. */
  readonly body?: z.ZodType<Body>;
  /** Schema of a JSON body that may be left out. */
  readonly optionalBody?: z.ZodType;
  /** A body that is not JSON of a schema. */
  readonly rawBody?: "text" | "hart";
  readonly answers: Answers;
  /** Compat: refusals that come before authentication. */
  readonly before?: (params: Params, query: Readonly<Record<string, string>>) => void;
  readonly handle: (call: Call<Params, Query, Body>) => Promise<Response> | Response;
}

/** Declares a route; the types of its handler follow from its schemas. */
export function route<Params, Query, Body>(declared: Route<Params, Query, Body>): Route {
  return declared as unknown as Route;
}

/** The caller of a route whose access is not `anyone`: the app has refused everybody else. */
export function callerOf({ account }: { readonly account: Caller | undefined }): Caller {
  if (account === undefined) throw new Refusal(401);
  return account;
}
