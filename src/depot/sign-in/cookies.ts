// Cookies as browsers take them (RFC 6265, and the prefix `__Host-` of its successor, which ties one to a host and https).

export interface CookieOptions {
  readonly isSecure: boolean;
  readonly maxAgeSeconds: number;
  /** `Lax` where it must come back with a redirection from another site. */
  readonly sameSite: "Strict" | "Lax";
}

/** The value for `Set-Cookie`. Readable by no script, sent to this host only. */
export function setCookie(name: string, value: string, options: CookieOptions): string {
  const { isSecure, maxAgeSeconds, sameSite } = options;
  return [
    `${cookieName(name, isSecure)}=${value}`,
    "Path=/",
    `Max-Age=${Math.floor(maxAgeSeconds)}`,
    "HttpOnly",
    `SameSite=${sameSite}`,
    ...(isSecure ? ["Secure"] : []),
  ].join("; ");
}

/** The value of a cookie; undefined when there is none, or several of one name. */
export function cookie(headers: Headers, name: string, isSecure: boolean): string | undefined {
  const wanted = `${cookieName(name, isSecure)}=`;
  const values = (headers.get("cookie") ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(wanted))
    .map((pair) => pair.slice(wanted.length));
  return values.length === 1 ? values[0] : undefined;
}

function cookieName(name: string, isSecure: boolean): string {
  return isSecure ? `__Host-${name}` : name;
}
