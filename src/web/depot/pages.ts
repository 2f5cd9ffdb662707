// Every page of the depot, one line each. The addresses are those of the original's pages where it had the same.
import { page } from "../shared/router/pages.ts";

export const PAGES = [page("/", () => import("./home/page.tsx"))];
