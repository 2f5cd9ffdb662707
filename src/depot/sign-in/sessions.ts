// Sessions of people who have signed in: begun, recognised, kept alive by use, ended. The secret is in the browser's
// cookie (or, for clients of the original, in a bearer token) and here only as a hash.
import type { Secret } from "../../crypto/index.ts";
import type { Depot } from "../route.ts";
import type { Account } from "../store/accounts.ts";
import { recordAudit } from "../store/audit.ts";
import { timestampOf } from "../store/database.ts";
import type { SessionRow } from "../store/schema.ts";
import {
  deleteEndedSessions,
  deleteSession,
  insertSession,
  sessionOfHash,
  sessionsOf,
  touchSession,
} from "../store/sessions.ts";
import { newToken, tokenHash } from "../tokens.ts";
import type { Client } from "./client.ts";
import { cookie, setCookie } from "./cookies.ts";

export const SESSION_COOKIE = "hab_session";

/** Between two notes that a session was used: not every request is to be a write. */
const TOUCH_MS = 5 * 60_000;

/** Sessions of one account; a new one ends the oldest beyond. */
const MAX_SESSIONS_PER_ACCOUNT = 100;

/** Compat: how long the original's session of its pages holds (reference/depot-api.md §3.2). */
const CLIENT_SESSION_MS = 259_200_000;

const MAX_USER_AGENT_LENGTH = 300;

export interface SessionStart {
  readonly account: Account;
  /** `password`, or the name of a provider. */
  readonly way: string;
  readonly kind: SessionRow["kind"];
  readonly client: Client;
  readonly request: Request;
}

/** Begins a session. The secret is shown once. */
export async function startSession(depot: Depot, start: SessionStart): Promise<Secret<string>> {
  const { account, way, kind, client, request } = start;
  const secret = newToken();
  const now = depot.now();
  const totalMs = kind === "client" ? CLIENT_SESSION_MS : depot.signIn.config.sessions.totalMs;
  const idleMs = kind === "client" ? CLIENT_SESSION_MS : depot.signIn.config.sessions.idleMs;
  const old = cookie(request.headers, SESSION_COOKIE, client.isSecure);
  await depot.database.write(async (writing) => {
    await deleteEndedSessions(writing);
    // A browser has one session: who signs in anew leaves none behind.
    if (kind === "browser" && old !== undefined)
      await writing.db.deleteFrom("sessions").where("secret_hash", "=", tokenHash(old)).execute();
    const others = await sessionsOf(writing.db, account.id, timestampOf(now));
    for (const { id } of others.slice(0, Math.max(0, others.length - MAX_SESSIONS_PER_ACCOUNT + 1)))
      await deleteSession(writing, account.id, id);
    await insertSession(writing, {
      account_id: account.id,
      secret_hash: tokenHash(secret.reveal()),
      kind,
      way,
      address: client.address,
      user_agent: printable(request.headers.get("user-agent") ?? ""),
      idle_until: timestampOf(now + Math.min(idleMs, totalMs)),
      expires_at: timestampOf(now + totalMs),
    });
    await recordAudit(
      writing,
      { accountId: account.id, accountName: account.name, trigger: "sign-in", address: client.address },
      { operation: "sign-in", subject: account.name, details: { way } },
    );
  });
  return secret;
}

function printable(text: string): string {
  return text.replace(/[^ -~]/g, "?").slice(0, MAX_USER_AGENT_LENGTH);
}

/** `Set-Cookie` for a browser that has signed in. It asks for the page itself, so `Strict` also holds after a redirection. */
export function sessionCookie(depot: Depot, secret: Secret<string>, { isSecure }: Client): string {
  return setCookie(SESSION_COOKIE, secret.reveal(), {
    isSecure,
    maxAgeSeconds: depot.signIn.config.sessions.totalMs / 1000,
    sameSite: "Strict",
  });
}

/** `Set-Cookie` for a browser that has signed out. */
export function endedSessionCookie({ isSecure }: Client): string {
  return setCookie(SESSION_COOKIE, "", { isSecure, maxAgeSeconds: 0, sameSite: "Strict" });
}

export interface FoundSession {
  readonly session: SessionRow;
  readonly account: Account;
}

/** The session of a browser's cookie, if it holds. */
export async function sessionOfCookie(
  depot: Depot,
  headers: Headers,
  client: Client,
): Promise<FoundSession | undefined> {
  if (!headers.has("cookie")) return undefined;
  const value = cookie(headers, SESSION_COOKIE, client.isSecure);
  return value === undefined ? undefined : await findSession(depot, "browser", tokenHash(value));
}

/** A session that holds, by the hash of its secret. Notes its use. */
export async function findSession(
  depot: Depot,
  kind: SessionRow["kind"],
  secretHash: string,
): Promise<FoundSession | undefined> {
  const now = depot.now();
  const found = await sessionOfHash(depot.database.db, kind, secretHash, timestampOf(now));
  if (found === undefined) return undefined;
  const { session } = found;
  if (kind === "browser" && session.seen_at < timestampOf(now - TOUCH_MS)) {
    const end = Date.parse(`${session.expires_at}Z`);
    const idleUntil = timestampOf(Math.min(now + depot.signIn.config.sessions.idleMs, end));
    await depot.database.write((writing) => touchSession(writing, session.id, idleUntil));
  }
  return found;
}
