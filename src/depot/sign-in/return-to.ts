// Where a browser goes after signing in: a path of this depot, never another site, or whoever sends somebody a link to the
// sign-in could choose where the person ends up believing to be here.
import { z } from "zod";

/** `/`, then no second one (`//elsewhere` is another host), and no backslash, which browsers read as a slash. */
const PATH = /^\/(?![/\\])[!-[\]-~]*$/;

export const returnToQuery = z.object({ return_to: z.string().max(500).regex(PATH).optional() });

/** The path asked for, or the first page. */
export function returnTo(path: string | undefined): string {
  return path !== undefined && PATH.test(path) ? path : "/";
}
