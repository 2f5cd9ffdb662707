// How a route is declared: method, path, who may call it, and what its parameters must look like. The declaration is
// data, so one table mounts them all, none can forget to say who may call it, and a description can be made from it.
import type { z } from "zod";
import type { AnswerCache } from "./answer-cache.ts";
import type { BlobStore } from "./blobs/blob-store.ts";
import type { Role } from "./roles.ts";
import type { DepotSecrets } from "./secrets.ts";
import type { Account } from "./store/accounts.ts";
import type { Actor } from "./store/audit.ts";
import type { DepotDatabase } from "./store/database.ts";

/** What all handlers share. */
export interface Depot {
  readonly database: DepotDatabase;
  readonly blobs: BlobStore;
  readonly cache: AnswerCache;
  readonly secrets: DepotSecrets;
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
    };

/** One authenticated and parsed request. */
export interface Call<Params, Query> {
  readonly depot: Depot;
  readonly request: Request;
  readonly params: Params;
  readonly query: Query;
  readonly account: Account | undefined;
  /** Lifts the server's idle limit from this request; the handler keeps deadlines of its own. */
  liftIdleLimit(): void;
  /** Who is written into the audit. Refuses with 401 when nobody is authenticated. */
  actor(): Actor;
}

export interface Route<Params = unknown, Query = unknown> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/v1`, parameters as `:name`. */
  readonly path: string;
  readonly access: Access;
  readonly params: z.ZodType<Params>;
  readonly query: z.ZodType<Query>;
  /** The answer to parameters that fit no schema: 404 where not given. */
  readonly badParams?: { readonly status: number; readonly text: string };
  /** Compat: refusals that come before authentication. */
  readonly before?: (params: Params) => void;
  readonly handle: (call: Call<Params, Query>) => Promise<Response> | Response;
}

/** Declares a route; the types of its handler follow from its schemas. */
export function route<Params, Query>(declared: Route<Params, Query>): Route {
  return declared as unknown as Route;
}
