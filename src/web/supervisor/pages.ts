// Every page of the Supervisor, one line each, below `/ui`.
import { page } from "../shared/router/pages.ts";

export const PAGES = [
  page("/", () => import("./overview/page.tsx")),
  page("/services", () => import("./services/list-page.tsx")),
  page("/services/:name", () => import("./services/page.tsx")),
  page("/services/:name/:tab", () => import("./services/page.tsx")),
  page("/groups", () => import("./groups/list-page.tsx")),
  page("/groups/:group", () => import("./groups/page.tsx")),
  page("/ring", () => import("./ring/page.tsx")),
  page("/events", () => import("./events/page.tsx")),
];
