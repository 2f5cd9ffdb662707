// The depot's pages: where they begin in the browser.
import { mountPages } from "../shared/index.ts";
import { PAGES } from "./pages.ts";
import { Shell } from "./shell.tsx";

// The original's pages had their addresses behind a `#`: links to them lead to the same here.
if (location.hash.startsWith("#/")) history.replaceState(null, "", location.hash.slice(1));

mountPages({ base: "", pages: PAGES, shell: (page) => <Shell>{page}</Shell> });
