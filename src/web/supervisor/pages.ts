// Every page of the Supervisor, one line each, below `/ui`.
import { page } from "../shared/router/pages.ts";

export const PAGES = [page("/", () => import("./status/page.tsx"))];
