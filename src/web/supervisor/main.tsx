// The Supervisor's pages: where they begin in the browser.
import { mountPages } from "../shared/index.ts";
import { PAGES } from "./pages.ts";
import { Shell } from "./shell.tsx";
import { SessionContext } from "./told/hooks.ts";
import { createSession } from "./told/session.ts";

const session = createSession({
  url: "/ui/data/stream",
  fetch: (address, options) => fetch(address, options),
  now: Date.now,
  random: Math.random,
});

mountPages({
  base: "/ui",
  pages: PAGES,
  shell: (page) => (
    <SessionContext value={session}>
      <Shell>{page}</Shell>
    </SessionContext>
  ),
});
