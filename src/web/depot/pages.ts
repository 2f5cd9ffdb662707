// Every page of the depot, one line each. The addresses are those of the original's pages where it had the same.
import { page } from "../shared/router/pages.ts";

export const PAGES = [
  page("/", () => import("./home/page.tsx")),
  page("/sign-in", () => import("./sign-in/page.tsx")),
  page("/sign-in/device", () => import("./sign-in/device.tsx")),
  page("/profile", () => import("./profile/page.tsx")),
  page("/origins", () => import("./origins/page.tsx")),
  page("/origins/:origin/channels", () => import("./channels/list-page.tsx")),
  page("/origins/:origin/channels/:channel", () => import("./channels/page.tsx")),
  page("/origins/:origin/requests", () => import("./requests/list-page.tsx")),
  page("/origins/:origin/requests/:id", () => import("./requests/page.tsx")),
  page("/origins/:origin/keys", () => import("./keys/page.tsx")),
  page("/origins/:origin/members", () => import("./members/page.tsx")),
  page("/origins/:origin/audit", () => import("./audit/page.tsx")),
  page("/origins/:origin/settings", () => import("./settings/page.tsx")),
  page("/pkgs/:origin", () => import("./origin/page.tsx")),
  page("/pkgs/:origin/:name", () => import("./package/page.tsx")),
  page("/pkgs/:origin/:name/latest", () => import("./package/latest-page.tsx")),
  page("/pkgs/:origin/:name/:version", () => import("./package/version-page.tsx")),
  page("/pkgs/:origin/:name/:version/:release", () => import("./release/page.tsx")),
];
