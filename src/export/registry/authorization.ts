// What a registry wants to see before it takes anything: a token from the place its challenge names, or name and password
// (distribution specification, "Authentication"; RFC 9110 §11).
import { Secret } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { exportErrors } from "../errors.ts";
import { isPassing, PassingRefusal, textUpTo } from "./refusal.ts";

export interface Credentials {
  readonly username: string;
  readonly password: Secret<string>;
}

export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Reads a WWW-Authenticate header; undefined when it says nothing that is known. */
export function parseChallenge(header: string | null): Challenge | undefined {
  const match = header?.match(/^\s*(Bearer|Basic)(?:\s+(.*))?$/i);
  if (!match) return undefined;
  const parameters = new Map<string, string>();
  for (const [, key = "", quoted, plain] of (match[2] ?? "").matchAll(
    /([A-Za-z_]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))/g,
  ))
    parameters.set(key.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "");
  return { scheme: (match[1] ?? "").toLowerCase(), parameters };
}

/** Value of an Authorization header for name and password. */
export function basic({ username, password }: Credentials): Secret<string> {
  return new Secret(`Basic ${Buffer.from(`${username}:${password.reveal()}`).toString("base64")}`);
}

/** A registry's answer to a request for a token is small. */
const MAX_TOKEN_ANSWER_BYTES = 256 * 1024;

/**
 * Gets what to send in an Authorization header after this challenge. Throws HAB-EXP-005 when the credentials are refused,
 * HAB-EXP-006 when the place that gives tokens cannot be reached.
 */
export async function answerChallenge(
  challenge: Challenge,
  scopes: readonly string[],
  credentials: Credentials | undefined,
  base: string,
  signal: AbortSignal,
): Promise<Secret<string>> {
  if (challenge.scheme === "basic") {
    if (credentials === undefined)
      throw new HabError(exportErrors.registryRefused, `${base} wants a user name and a password`);
    return basic(credentials);
  }
  const realm = realmOf(challenge, base);
  const service = challenge.parameters.get("service");
  if (service !== undefined) realm.searchParams.set("service", service);
  for (const scope of scopes) realm.searchParams.append("scope", scope);
  const response = await fetch(realm, {
    headers: credentials === undefined ? {} : { authorization: basic(credentials).reveal() },
    signal,
  });
  const text = await textUpTo(response, MAX_TOKEN_ANSWER_BYTES);
  if (!response.ok) {
    const what = `${realm.host} gives no token for ${base} (${response.status})`;
    throw isPassing(response.status)
      ? new PassingRefusal(exportErrors.registryFailed, what)
      : new HabError(exportErrors.registryRefused, what);
  }
  const token = tokenIn(text);
  if (token === undefined)
    throw new HabError(exportErrors.registryFailed, `${realm.host} answered without a token`);
  return new Secret(`Bearer ${token}`);
}

/** A password goes by https only, or to a registry that is spoken to without it on this machine. */
function realmOf(challenge: Challenge, base: string): URL {
  const text = challenge.parameters.get("realm") ?? "";
  const realm = URL.canParse(text) ? new URL(text) : undefined;
  if (realm?.protocol === "https:" || (realm?.protocol === "http:" && base.startsWith("http:"))) return realm;
  throw new HabError(
    exportErrors.registryRefused,
    `${base} names no place that gives tokens by https: '${text.slice(0, 200)}'`,
  );
}

function tokenIn(text: string): string | undefined {
  try {
    const answer = JSON.parse(text) as { token?: unknown; access_token?: unknown };
    const token = answer.token ?? answer.access_token;
    return typeof token === "string" && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
