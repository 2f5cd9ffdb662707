// The depot's pages: where they begin in the browser.
import { mountPages } from "../shared/index.ts";
import { PAGES } from "./pages.ts";
import { Shell } from "./shell.tsx";

mountPages({ base: "", pages: PAGES, shell: (page) => <Shell>{page}</Shell> });
