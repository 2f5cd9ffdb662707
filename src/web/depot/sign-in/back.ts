// Where a reader goes after signing in: to a page of this depot and nowhere else.

/** The path, if it is one of this server: `/`, then neither a second one nor a backslash, which browsers take for one. */
export function safeBack(path: string | null): string {
  if (path === null || !/^\/(?![/\\])[!-[\]-~]*$/.test(path) || path.length > 500) return "/";
  return path === "/sign-in" || path.startsWith("/sign-in?") ? "/" : path;
}
