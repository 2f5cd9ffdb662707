// Every page of the depot, one line each. The addresses are those of the original's pages where it had the same.
import { page } from "../shared/router/pages.ts";

export const PAGES = [
  page("/", () => import("./home/page.tsx")),
  page("/pkgs/:origin", () => import("./origin/page.tsx")),
  page("/pkgs/:origin/:name", () => import("./package/page.tsx")),
  page("/pkgs/:origin/:name/latest", () => import("./package/latest-page.tsx")),
  page("/pkgs/:origin/:name/:version", () => import("./package/version-page.tsx")),
  page("/pkgs/:origin/:name/:version/:release", () => import("./release/page.tsx")),
];
